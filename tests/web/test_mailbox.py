"""The demo's mailbox: what it shows, and that it is there in the demo alone."""

from __future__ import annotations

from datetime import datetime, timedelta

import httpx
import pytest

from summit_service import settings
from summit_service.mail.delivery import deliver_due
from summit_service.mail.sinks import Folder
from tests.mail.letters import invitation, know_letters, letter, post

CALENDAR = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUMMIT_DEMO", "yes")
    settings.current.cache_clear()
    know_letters()


async def deliver(now: datetime) -> None:
    await deliver_due(now, Folder(settings.current().mailbox_dir))


@pytest.mark.parametrize("path", ["/mailbox", "/mailbox/1", "/mailbox/1/html", "/mailbox/1/invite.ics"])
async def test_mailbox_is_nowhere_outside_the_demo(
    client: httpx.AsyncClient, now: datetime, path: str
) -> None:
    know_letters()
    await post(letter(calendar=CALENDAR, calendar_method="REQUEST"), now=now)
    await deliver(now)

    answer = await client.get(path)

    assert answer.status_code == 404


async def test_mailbox_is_nowhere_when_mails_go_to_a_server(
    demo: None, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUMMIT_SMTP_URL", "smtp://127.0.0.1:1025")
    settings.current.cache_clear()

    answer = await client.get("/mailbox")

    assert answer.status_code == 404


async def test_mailbox_without_mails_says_so(demo: None, client: httpx.AsyncClient) -> None:
    answer = await client.get("/mailbox")

    assert answer.status_code == 200
    assert "No mail has been sent yet." in answer.text


async def test_mailbox_lists_the_newest_first_and_finds_a_reader(
    demo: None, client: httpx.AsyncClient, now: datetime
) -> None:
    await post(letter(to_name="Ánna Berg", context={"title": "First <b>", "words": "-"}), now=now)
    await post(letter(to_name="Bea Cole", context={"title": "Second", "words": "-"}), now=now)
    await deliver(now)

    whole = (await client.get("/mailbox")).text
    found = (await client.get("/mailbox", params={"q": "ánna"})).text
    nobody = (await client.get("/mailbox", params={"q": "zoe"})).text

    assert whole.index("Second") < whole.index("First &lt;b&gt;")
    assert "First &lt;b&gt;" in found
    assert "Second" not in found
    assert "No mail was sent to anybody like that." in nobody


async def test_mailbox_has_pages(demo: None, client: httpx.AsyncClient, now: datetime) -> None:
    for number in range(52):
        await post(letter(context={"title": f"Mail no {number:02}", "words": "-"}), now=now)
    await deliver(now)

    first = (await client.get("/mailbox")).text
    second = (await client.get("/mailbox", params={"before": 3})).text

    assert first.count("Mail no") == 50
    assert "before=3" in first
    assert second.count("Mail no") == 2
    assert (await client.get("/mailbox", params={"before": "x"})).status_code == 400


async def test_letter_is_framed_without_scripts_and_its_links_leave_the_frame(
    demo: None, client: httpx.AsyncClient, now: datetime
) -> None:
    identifier = await post(invitation(), now=now)
    await deliver(now)

    outer = await client.get(f"/mailbox/{identifier}")
    inner = await client.get(f"/mailbox/{identifier}/html")

    assert f'src="/mailbox/{identifier}/html"' in outer.text
    assert 'sandbox="allow-top-navigation-by-user-activation"' in outer.text
    assert "frame-src 'self'" in outer.headers["content-security-policy"]
    assert '<base target="_top">' in inner.text
    assert "default-src 'none'; style-src 'unsafe-inline'" in inner.headers["content-security-policy"]
    assert "frame-ancestors 'self'" in inner.headers["content-security-policy"]
    assert inner.headers["x-frame-options"] == "SAMEORIGIN"
    assert len(inner.headers.get_list("content-security-policy")) == 1


async def test_letter_as_text_has_links_that_can_be_pressed(
    demo: None, client: httpx.AsyncClient, now: datetime
) -> None:
    identifier = await post(invitation(), now=now)
    await deliver(now)

    text = (await client.get(f"/mailbox/{identifier}", params={"view": "text"})).text
    headers = (await client.get(f"/mailbox/{identifier}", params={"view": "headers"})).text

    assert '&lt;<a href="http://127.0.0.1:8000/sign/' in text
    assert "auto-generated" in headers


async def test_letter_with_a_calendar_entry_offers_it(
    demo: None, client: httpx.AsyncClient, now: datetime
) -> None:
    identifier = await post(letter(calendar=CALENDAR, calendar_method="REQUEST"), now=now)
    without = await post(letter(), now=now + timedelta(seconds=1))
    await deliver(now + timedelta(seconds=1))

    outer = await client.get(f"/mailbox/{identifier}")
    entry = await client.get(f"/mailbox/{identifier}/invite.ics")
    none = await client.get(f"/mailbox/{without}/invite.ics")

    assert f"/mailbox/{identifier}/invite.ics" in outer.text
    assert entry.text == CALENDAR
    assert entry.headers["content-type"].startswith("text/calendar")
    assert none.status_code == 404


async def test_letter_that_is_not_there_is_told(demo: None, client: httpx.AsyncClient) -> None:
    answer = await client.get("/mailbox/99")

    assert answer.status_code == 404
    assert "There is no such mail in the mailbox." in answer.text
