"""Addresses, the paths that a sign-in may lead to, and the limits on mails and tokens."""

from __future__ import annotations

import pytest

from summit_service.accounts import rules
from summit_service.accounts.addresses import email_address, email_key
from summit_service.errors import Conflict, Invalid


@pytest.mark.parametrize(
    "path", ["/me", "/events/a-day?x=1#p3", "/organisations/é", "/desk", "/events?q=a%20b", "/sign-inside"]
)
def test_local_path_of_ours_is_kept(path: str) -> None:
    assert rules.local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "me",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        "/a\x00b",
        "/a\u202eb",
        "/" + "a" * 500,
        "/sign-in",
        "/sign-in?next=/sign-in",
        "/sign-in/secret",
        "/sign-out",
        "//[",
    ],
)
def test_local_path_of_another_place_becomes_the_own_page(path: str) -> None:
    assert rules.local_path(path) == "/me"


def test_link_path_for_the_own_page_has_no_query() -> None:
    assert rules.link_path("/me") == "/sign-in/{token}"


def test_link_path_keeps_where_to_go_and_no_second_placeholder() -> None:
    path = rules.link_path("/events?q={token}&page=2")

    assert path == "/sign-in/{token}?next=/events%3Fq%3D%7Btoken%7D%26page%3D2"


@pytest.mark.parametrize(("sent", "may"), [(0, True), (4, True), (5, False), (6, False)])
def test_may_be_mailed_up_to_five_times(sent: int, may: bool) -> None:
    assert rules.may_be_mailed(sent) is may


@pytest.mark.parametrize("seconds", [0.0, 0.003, 0.2499, 0.25, 0.3, 0.7])
def test_wait_after_fills_up_to_whole_paces(seconds: float) -> None:
    wait = rules.wait_after(seconds)

    assert 0 < wait <= 0.25
    assert (seconds + wait) / 0.25 == pytest.approx(round((seconds + wait) / 0.25))


def test_check_can_have_token_at_the_limit() -> None:
    rules.check_can_have_token(19)

    with pytest.raises(Conflict, match="You have 20 API tokens"):
        rules.check_can_have_token(20)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari on iPhone",
        ),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14) Version/18.0 Safari/605.1", "Safari on Mac"),
        ("", "A browser"),
    ],
)
def test_browser_in_a_few_words(agent: str, words: str) -> None:
    assert rules.browser(agent) == words


def test_email_address_in_its_normal_form() -> None:
    assert email_address("  Anna.Berg@Members.EXAMPLE ") == "Anna.Berg@members.example"
    assert email_key(" Anna.Berg@Members.EXAMPLE ") == "anna.berg@members.example"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "The e-mail address is missing."),
        ("   ", "The e-mail address is missing."),
        ("anna", "“anna” is not an e-mail address; one looks like name@example.org."),
        ("anna@localhost", "“anna@localhost” is not an e-mail address; one looks like name@example.org."),
        ("a\r\nBcc: b@x.org", "“aBcc: b@x.org” is not an e-mail address; one looks like name@example.org."),
        (
            "änna@members.example",
            "“änna@members.example” is not an e-mail address; one looks like name@example.org.",
        ),
        ("a" * 300 + "@x.org", "The e-mail address has 306 characters; at most 254 are possible."),
    ],
)
def test_email_address_that_cannot_be_mailed_to_is_refused(typed: str, sentence: str) -> None:
    with pytest.raises(Invalid) as fault:
        email_address(typed, field="contact_email")

    assert fault.value.by_field() == {"contact_email": sentence}
