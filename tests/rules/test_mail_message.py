"""A message as bytes: whatever is written into it is read back as it was."""

from __future__ import annotations

import quopri
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import default
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from summit_service.mail.message import Mailbox, compose, header, quoted_printable

NAMES = some.one_of(
    some.text(max_size=300).filter(lambda text: text.isprintable()),
    some.text("AZaz09 '-.,@\"()<>=?_\\", max_size=200),
).map(lambda text: " ".join(text.split()))


def read(line: str, name: str) -> Any:
    return message_from_bytes(f"{line}\r\n".encode(), policy=default)[name]


def check_lines(header: str) -> None:
    """Within the limits of RFC 5322 and RFC 2047, and nothing that could be a header of its own."""
    lines = header.removesuffix("\r\n").split("\r\n")
    assert header.isascii()
    assert max(map(len, lines)) <= 78
    assert all(line.startswith(" ") for line in lines[1:])


@settings(max_examples=200, deadline=None)
@given(name=NAMES)
def test_name_can_be_read_back(name: str) -> None:
    ours = header("Reply-To", Mailbox(name, "anna@members.example"))

    (address,) = read(ours, "Reply-To").addresses
    assert (_display_name(ours, address), address.addr_spec) == (name, "anna@members.example")
    check_lines(ours)


def _display_name(line: str, address: Any) -> str:
    """By RFC 2047, 6.2, space between encoded words is no part of a name; Python's newer parser keeps it."""
    phrase = line.partition(": ")[2].replace("\r\n", "").rpartition(" <")[0]
    is_encoded = phrase.startswith("=?")
    return str(make_header(decode_header(phrase))) if is_encoded else str(address.display_name)


@settings(max_examples=200, deadline=None)
@given(value=NAMES)
def test_subject_can_be_read_back(value: str) -> None:
    ours = header("Subject", value)

    assert str(read(ours, "Subject")) == value
    check_lines(ours)


@pytest.mark.parametrize(
    "subject",
    [
        "Reminder: please answer by Sunday 22 March 2026, 10:00 Madrid: “Time to listen”",
        "é" * 300,
        "ab " * 99 + "abc",
        "x" * 300,
        "共感" * 150,
    ],
)
def test_long_subject_keeps_each_character(subject: str) -> None:
    ours = header("Subject", subject)

    assert str(read(ours, "Subject")) == subject
    assert str(make_header(decode_header(ours.removeprefix("Subject: ").strip()))) == subject
    check_lines(ours)


def test_ids_and_links_stand_whole() -> None:
    link = f"<https://a-very-long-name-of-a-server.network.example/unsubscribe/{'x' * 43}>"

    assert header("List-Unsubscribe", f"{link}, <mailto:a@b.example>") == (
        f"List-Unsubscribe: {link},\r\n <mailto:a@b.example>\r\n"
    )


@pytest.mark.parametrize(
    "value", ["Hello\r\nBcc: all@example.org", "a\nb", "a\rb", "a\x0bb", "a\u2028b", "a\x00"]
)
def test_header_with_a_control_character_is_refused(value: str) -> None:
    for attempt in (value, Mailbox(value, "anna@members.example"), Mailbox("Anna", value)):
        with pytest.raises(ValueError, match="may not have line breaks"):
            header("To", attempt)


def test_plain_headers_are_written_as_they_are() -> None:
    assert header("To", Mailbox("Anna Berg", "a@b.example")) == "To: Anna Berg <a@b.example>\r\n"
    assert header("To", Mailbox("", "a@b.example")) == "To: a@b.example\r\n"
    assert header("Subject", "Your place") == "Subject: Your place\r\n"
    assert header("To", Mailbox("Emp@thies", "a@b.example")) == 'To: "Emp@thies" <a@b.example>\r\n'


@settings(max_examples=200, deadline=None)
@given(text=some.text(some.one_of(some.sampled_from("ab =.\r\n\t"), some.characters(codec="utf-8"))))
def test_quoted_printable_can_be_read_back(text: str) -> None:
    made = quoted_printable(text)

    lines = made.split(b"\r\n")
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    whole = plain if plain.endswith("\n") else f"{plain}\n"
    assert quopri.decodestring(made).decode() == whole.replace("\n", "\r\n")
    assert max(map(len, lines)) <= 76
    assert not any(b"\r" in line or b"\n" in line or line == b"." for line in lines)


@settings(max_examples=200, deadline=None)
@given(text=some.text(some.sampled_from("ab =.-_\n\t"), max_size=200))
def test_plain_text_travels_as_it_is(text: str) -> None:
    made = compose([("Subject", "-")], text=f"{text}\n", html="<p>\n")

    plain, _html = message_from_bytes(made, policy=default).iter_parts()
    assert plain["Content-Transfer-Encoding"] == ("quoted-printable" if "\n--=_" in f"\n{text}" else "7bit")
    assert plain.get_payload(decode=True) == f"{text}\n".replace("\n", "\r\n").encode()


@pytest.mark.parametrize(
    "text",
    [
        "é\n",
        f"{'x' * 999}\n",
        "From Monday on\n",
        "Dear Anna\n\nFrom Monday on\n",
        "no end",
        "a\rb\n",
        "a\x00\n",
    ],
)
def test_text_that_a_server_could_change_is_quoted(text: str) -> None:
    made = compose([("Subject", "-")], text=text, html="<p>\n")

    plain, _html = message_from_bytes(made, policy=default).iter_parts()
    assert plain["Content-Transfer-Encoding"] == "quoted-printable"
    assert plain.get_content().replace("\r\n", "\n") == text.removesuffix("\n").replace("\r", "\n") + "\n"


@settings(max_examples=50, deadline=None)
@given(text=some.text(max_size=80), html=some.text(max_size=80), entry=some.text(max_size=80))
def test_no_part_can_end_another(text: str, html: str, entry: str) -> None:
    traps = "\n--=_alternative--\n--=_mixed\n"

    made = compose(
        [("Subject", "-")], text=text + traps, html=html + traps, calendar=entry + traps, method="REQUEST"
    )

    message = message_from_bytes(made, policy=default)
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar", "application/ics",
    ]  # fmt: skip
    assert [part.defects for part in message.walk()] == [[]] * 6
