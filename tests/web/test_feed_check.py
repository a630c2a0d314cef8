"""The feed check says in words what calendar apps will show, of ours and of others."""

from __future__ import annotations

from datetime import datetime

import httpx
import pytest

from summit_service import settings
from summit_service.feeds import checking
from summit_service.feeds.checking import Sent
from tests.calendar_server import answer, serving
from tests.clients import Clock, sign_in
from tests.factories import make_organisation, secretariat
from tests.factories_events import make_event

GOOD = Sent({"content-type": "text/calendar; charset=utf-8", "etag": '"1"'}, packed=10, is_conditional=True)
EVENT = ("BEGIN:VEVENT", "UID:1", "SUMMARY:Rounds", "DTSTART:20260305T090000Z", "END:VEVENT")


def feed(*lines: str, ending: str = "\r\n") -> bytes:
    return (ending.join(("BEGIN:VCALENDAR", *lines, "END:VCALENDAR")) + ending).encode()


def words(body: bytes, sent: Sent, now: datetime) -> str:
    found = checking.check(body, sent, timezone="Europe/London", now=now)
    return " ".join(f"{one.apps}: {one.sentence}" for one in found.findings)


def changed(old: str, new: str) -> bytes:
    return feed(*EVENT).replace(old.encode(), new.encode())


def test_sound_feed_has_nothing_that_stands_out(now: datetime) -> None:
    found = checking.check(feed(*EVENT), GOOD, timezone="Europe/London", now=now)

    assert [one.kind for one in found.findings] == ["good"]
    assert (found.entries, found.upcoming) == (1, ("Rounds: Thursday 5 March 2026, 09:00–10:00 UTC",))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (feed("METHOD:PUBLISH", *EVENT), "METHOD"),
        (
            changed("DTSTART:20260305T090000Z", "DTSTART;TZID=Europe/London:20260305T090000"),
            "VTIMEZONE is missing",
        ),
        (changed("T090000Z", "T090000"), "1 time has no zone"),
        (
            feed("BEGIN:VTIMEZONE", "TZID:X", "RDATE:20260101T000000", "END:VTIMEZONE", *EVENT),
            "RDATE in VTIMEZONE",
        ),
        (changed("Rounds", "R" * 90), "more than 75"),
        (feed(*EVENT, ending="\n"), "LF alone"),
        (changed("SUMMARY", "STATUS:CANCELLED\r\nSUMMARY"), "1 entry is cancelled: Google hides them"),
        (
            changed("SUMMARY", "URL:https://example.org/" + "a" * 50 + "\r\n " + "b" * 200 + "\r\nSUMMARY"),
            "1 address has more than 255 characters: Google leaves out",
        ),
        (changed("SUMMARY", "RRULE:FREQ=DAILY\r\nRDATE:20270305T090000Z\r\nSUMMARY"), "one by one (RDATE)"),
        (changed("DTSTART:", "DTSTART;TZID=GMT Standard Time:"), "names of their own (GMT Standard Time)"),
        (changed("Rounds", "Rou\u2028nds"), "U+2028"),
        (feed(*EVENT, *EVENT), "1 UIDs stand there more than once"),
        (b"<html>", "not a calendar"),
        (feed(), "apps show an empty calendar"),
    ],
)
def test_each_trap_of_writing_is_told(body: bytes, expected: str, now: datetime) -> None:
    assert expected in words(body, GOOD, now)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (Sent({"content-type": "text/html", "etag": "x"}, is_conditional=True), "sent as “text/html”"),
        (Sent({"content-type": "text/calendar"}), "no ETag and no Last-Modified"),
        (Sent({"content-type": "text/calendar", "etag": "x"}), "instead of 304"),
    ],
)
def test_each_trap_of_sending_is_told(sent: Sent, expected: str, now: datetime) -> None:
    assert expected in words(feed(*EVENT), sent, now)


def test_exception_of_a_series_is_no_uid_twice(now: datetime) -> None:
    moved = (
        "BEGIN:VEVENT",
        "UID:1",
        "RECURRENCE-ID:20260312T090000Z",
        "DTSTART:20260313T090000Z",
        "END:VEVENT",
    )
    series = (*EVENT[:3], "RRULE:FREQ=WEEKLY", *EVENT[3:])

    found = checking.check(feed(*series, *moved), GOOD, timezone="Europe/London", now=now)

    assert [one.kind for one in found.findings] == ["good"]
    assert [line.partition(",")[0] for line in found.upcoming] == [
        "Rounds: Thursday 5 March 2026", "Rounds: Friday 13 March 2026", "Rounds: Thursday 19 March 2026",
    ]  # fmt: skip


async def test_our_own_feed_is_sound(client: httpx.AsyncClient, clock: Clock) -> None:
    await make_event(await make_organisation(slug="centre"), now=clock.now)
    csrf = await sign_in(client, await secretariat(), now=clock.now)

    for address in ("/calendar.ics", "http://127.0.0.1:8000/organisations/centre/calendar.ics?x=1"):
        checked = await client.post("/desk/feed-check", data={"csrf": csrf, "address": address})

        assert checked.status_code == 200
        assert "Nothing stands out" in checked.text
        assert "Listening on the ward round: Monday 20 April 2026, 09:00–10:30 London" in checked.text


async def test_address_elsewhere_is_fetched_safely(
    client: httpx.AsyncClient, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    csrf = await sign_in(client, await secretariat(), now=clock.now)

    async def check(address: str) -> httpx.Response:
        return await client.post("/desk/feed-check", data={"csrf": csrf, "address": address})

    refused = [
        await check(one) for one in ("https://127.0.0.1/x.ics", "/feeds/abc.ics", "/me", "", "nonsense")
    ]
    monkeypatch.setenv("SUMMIT_FETCH_LOCAL", "yes")
    settings.current.cache_clear()
    async with serving() as server:
        server.answers["/x.ics"] = answer(feed("METHOD:PUBLISH", *EVENT))
        found = await check(server.url("/x.ics"))

    assert [one.status_code for one in refused] == [422] * 5
    assert found.status_code == 200
    assert "METHOD" in found.text
    assert "Rounds: Thursday 5 March 2026, 09:00–10:00 UTC" in found.text
