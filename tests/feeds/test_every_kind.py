"""Every kind of feed: read alike by four readers, open to calendar services, packed once."""

from __future__ import annotations

from datetime import timedelta
from urllib.robotparser import RobotFileParser

import httpx
import pytest

from summit_service import ical
from summit_service.agendas import actions as agendas
from summit_service.agendas import queries as agenda_queries
from summit_service.events import actions as events
from summit_service.feeds import actions, queries, stored
from summit_service.feeds.stored import StoredCalendar
from summit_service.registrations.actions import seats
from tests import libical, parsers
from tests.clients import Clock
from tests.factories import make_organisation, representative_of
from tests.factories_events import make_event
from tests.factories_registrations import email_of, make_edition, register, registration_of
from tests.factories_summits import programme, release, session

READERS = (parsers.by_vobject, parsers.by_ical_js, libical.by_libical)
ROBOTS = ("Google-Calendar-Importer", "Googlebot", "Microsoft.Exchange", "bingbot", "*")


async def addresses(clock: Clock) -> dict[str, int]:
    """One feed of each kind, and how many entries it has."""
    centre = await make_organisation(slug="centre", country="FR")
    once = await make_event(
        centre, summary="Écoute, “soin”; 聞く 👩‍⚕️", categories=("teaching",), mode="online"
    )
    series = await make_event(
        centre,
        summary="Each Monday",
        starts_at="2026-10-12T18:00",
        ends_at="2026-10-12T19:00",
        recurrence="FREQ=WEEKLY;COUNT=4",
    )
    anna = await representative_of(centre, name="Anna Berg", email=email_of("Anna Berg"))
    await events.cancel_date(series.slug, "2026-10-19", actor=anna, now=clock.now)
    edition = await make_edition()
    await release(programme(session("Rounds"), session("Other", room="Library")), now=clock.now)
    await register("Anna Berg", now=clock.now)
    holder = seats.holder((await registration_of("Anna Berg")).id)
    device = await agendas.open_for(holder, edition.id, now=clock.now)
    await agendas.star(2026, "rounds", token=device, now=clock.now)
    own, ended = [await actions.make_feed(name, actor=anna, now=clock.now) for name in ("Own", "Ended")]
    last = (await queries.feeds_of(anna.person_id or 0))[-1]
    await actions.end_feed(last.id, actor=anna, now=clock.now)
    clock.now += timedelta(minutes=5)
    return {
        "/calendar.ics": 3,
        "/calendar.ics?category=teaching&country=FR&mode=online&q=ecoute": 1,
        "/organisations/centre/calendar.ics": 3,
        f"/events/{once.slug}.ics": 1,
        "/summits/2026/programme.ics": 2,
        f"/feeds/{agenda_queries.calendar_token(device)}.ics": 1,
        f"/feeds/{own}.ics": 5,
        f"/feeds/{ended}.ics": 1,
    }


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_every_kind_of_feed_is_read_alike_open_to_services_and_packed_once(
    client: httpx.AsyncClient, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    robots = RobotFileParser()
    kinds = await addresses(clock)
    robots.parse((await client.get("/robots.txt")).text.splitlines())
    packed: list[StoredCalendar] = []
    rendered: list[ical.Entry] = []
    pack, render = stored.COMPRESSORS["gzip"], ical.vevent

    def counted(calendar: StoredCalendar) -> bytes:
        packed.append(calendar)
        return pack(calendar)

    def noted(entry: ical.Entry) -> bytes:
        rendered.append(entry)
        return render(entry)

    monkeypatch.setitem(stored.COMPRESSORS, "gzip", counted)
    monkeypatch.setattr(ical, "vevent", noted)

    for address, entries in kinds.items():
        packed.clear()
        answers = [await client.get(address, headers={"Accept-Encoding": "gzip"})]
        clock.advance(hours=1)
        rendered.clear()
        answers.append(await client.get(address, headers={"Accept-Encoding": "gzip"}))
        head = await client.head(address, headers={"Accept-Encoding": "gzip"})
        known = await client.get(
            address, headers={"Accept-Encoding": "gzip", "If-None-Match": answers[0].headers["etag"]}
        )

        body = answers[0].content
        meant = parsers.by_icalendar(body)
        assert len(meant) == entries, address
        for read in READERS:
            assert set(read(body)) == set(meant), (address, read)
        assert body == answers[1].content, address
        assert (len(packed), rendered) == (1, []), address
        assert (head.status_code, head.content) == (200, b""), address
        assert (known.status_code, known.content) == (304, b""), address
        for name, value in {
            "content-type": "text/calendar; charset=utf-8",
            "content-encoding": "gzip",
        }.items():
            assert answers[0].headers[name] == head.headers[name] == value, address
        assert b"\r\nMETHOD" not in body, address
        assert all(robots.can_fetch(robot, address) for robot in ROBOTS), address
    assert not robots.can_fetch("Googlebot", "/me")
