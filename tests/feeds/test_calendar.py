"""What a subscriber is promised, as tests named after the complaints that they keep away."""

from __future__ import annotations

import gzip
import logging
from datetime import UTC, date, datetime, timedelta

import brotli
import httpx
import pytest
import zstandard

from summit_service import db
from summit_service.accounts.actor import OPERATOR
from summit_service.events import actions, queries
from summit_service.events.tables import Event, FeedVersion
from summit_service.events.watching import watch
from summit_service.feeds import cache
from tests import libical, parsers
from tests.clients import Clock
from tests.counting import count_queries
from tests.factories import make_organisation
from tests.factories_events import FIRST_THURSDAYS, make_event

READERS = (parsers.by_icalendar, parsers.by_vobject, parsers.by_ical_js, libical.by_libical)


async def fetch(client: httpx.AsyncClient, path: str = "/calendar.ics", **headers: str) -> httpx.Response:
    given = {"Accept-Encoding": "identity"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return await client.get(path, headers=given)


async def titles(client: httpx.AsyncClient, path: str = "/calendar.ics") -> list[str]:
    return [entry.summary for entry in parsers.by_icalendar((await fetch(client, path)).content)]


async def test_moved_event_moves_in_calendars(client: httpx.AsyncClient, clock: Clock) -> None:
    event = await make_event(await make_organisation(), now=clock.now)
    before = await fetch(client)
    later = clock.advance(hours=2)

    await actions.change_event(event.slug, {"starts_at": "2026-04-20T09:30"}, actor=OPERATOR, now=later)

    after = await fetch(client)
    (old,), (new,) = parsers.by_icalendar(before.content), parsers.by_icalendar(after.content)
    assert (new.uid, new.sequence) == (old.uid, old.sequence + 1)
    assert new.start == datetime(2026, 4, 20, 8, 30, tzinfo=UTC)
    assert {"LAST-MODIFIED:20260302T110000Z", "DTSTAMP:20260302T110000Z"} <= set(
        parsers.unfolded(after.content)
    )
    assert after.headers["etag"] != before.headers["etag"]
    assert after.headers["last-modified"] == "Mon, 02 Mar 2026 11:00:00 GMT"


async def test_unchanged_feed_is_the_same_bytes_an_hour_later(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    await make_event(await make_organisation(), now=clock.now)
    before = await fetch(client)
    clock.advance(hours=1)

    after = await fetch(client)

    assert after.content == before.content
    assert after.headers["etag"] == before.headers["etag"]


async def test_unchanged_feed_is_the_same_bytes_from_an_empty_cache(client: httpx.AsyncClient) -> None:
    await make_event(await make_organisation())
    before = await fetch(client)
    cache.shelf().kept.clear()

    assert (await fetch(client)).content == before.content


async def test_cancelled_event_does_not_look_as_if_it_takes_place(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    event = await make_event(
        await make_organisation(), now=clock.now, starts_at="2027-04-20T09:00", ends_at=""
    )
    paths = (
        "/calendar.ics",
        f"/events/{event.slug}.ics",
        f"/organisations/{event.organisation.slug}/calendar.ics",
    )

    await actions.cancel_event(event.slug, reason="The speaker is ill.", actor=OPERATOR, now=clock.now)

    for path in paths:
        for read in READERS:
            (entry,) = read((await fetch(client, path)).content)
            assert (entry.status, entry.sequence) == ("CANCELLED", 1)
            assert entry.summary == "Cancelled: Listening on the ward round"
            assert "The speaker is ill." in entry.description
    clock.advance(days=90)
    assert await titles(client) == ["Cancelled: Listening on the ward round"]
    before = await fetch(client)
    clock.advance(days=1)
    after = await fetch(client, If_Modified_Since=before.headers["last-modified"])
    assert (after.status_code, parsers.by_icalendar(after.content)) == (200, [])


async def test_ended_event_stays_for_a_year(client: httpx.AsyncClient, clock: Clock) -> None:
    await make_event(await make_organisation(), starts_at="2025-03-03T09:00", ends_at="2025-03-03T10:00")

    assert await titles(client) == ["Listening on the ward round"]
    clock.advance(days=2)
    assert await titles(client) == []


@pytest.mark.parametrize(
    ("zone", "days"),
    [
        ("Europe/Berlin", ["2026-03-28", "2026-03-30", "2026-10-24", "2026-10-26"]),
        ("Europe/London", ["2026-03-28", "2026-03-30", "2026-10-24", "2026-10-26"]),
        ("America/Sao_Paulo", ["2018-11-03", "2018-11-05", "2019-02-16", "2026-01-15"]),
        ("Asia/Kolkata", ["2026-01-15", "2026-07-15"]),
        ("Pacific/Auckland", ["2026-04-04", "2026-04-06", "2026-09-26", "2026-09-28"]),
        ("America/Nuuk", ["2026-03-27", "2026-03-30", "2026-10-23", "2026-10-26"]),
        ("America/Noronha", ["2026-01-15", "2026-07-15"]),
        ("Africa/Cairo", ["2026-04-23", "2026-04-25", "2026-10-29", "2026-10-31"]),
    ],
)
async def test_no_event_is_an_hour_off(client: httpx.AsyncClient, zone: str, days: list[str]) -> None:
    organisation = await make_organisation()
    made = [
        await make_event(
            organisation,
            summary=f"On {day}",
            timezone=zone,
            starts_at=f"{day}T12:00",
            ends_at=f"{day}T13:30",
        )
        for day in days
    ]

    for event in made:
        body = (await fetch(client, f"/events/{event.slug}.ics")).content
        assert body.count(f"BEGIN:VTIMEZONE\r\nTZID:{zone}\r\n".encode()) == 1
        for read in READERS:
            (entry,) = read(body)
            assert (entry.start, entry.end) == (event.starts, event.ends)


async def test_zone_keeps_the_name_that_was_chosen(client: httpx.AsyncClient) -> None:
    await make_event(
        await make_organisation(), timezone="Europe/London", starts_at="2026-07-01T09:00", ends_at=""
    )

    lines = parsers.unfolded((await fetch(client)).content)

    assert "DTSTART;TZID=Europe/London:20260701T090000" in lines
    assert "TZID:Europe/London" in lines


async def test_no_time_floats(client: httpx.AsyncClient) -> None:
    organisation = await make_organisation()
    await make_event(organisation)
    await make_event(organisation, timezone="Etc/UTC", summary="In UTC")
    await make_event(organisation, all_day=True, starts_at="2026-08-14", ends_at="2026-08-16", summary="Days")

    body = (await fetch(client)).content.decode()

    for line in body.split("BEGIN:VEVENT", 1)[1].replace("\r\n ", "").split("\r\n"):
        if line.startswith(("DTSTART", "DTEND", "DTSTAMP", "LAST-MODIFIED", "CREATED")):
            assert line.endswith("Z") or ";TZID=" in line or ";VALUE=DATE:" in line


async def test_days_do_not_end_a_day_early(client: httpx.AsyncClient) -> None:
    await make_event(await make_organisation(), all_day=True, starts_at="2026-08-14", ends_at="2026-08-16")

    body = (await fetch(client)).content

    assert b"DTSTART;VALUE=DATE:20260814\r\nDTEND;VALUE=DATE:20260817\r\n" in body
    for read in READERS:
        (entry,) = read(body)
        assert (entry.start, entry.end) == (date(2026, 8, 14), date(2026, 8, 17))


async def test_event_without_an_end_has_a_length(client: httpx.AsyncClient) -> None:
    event = await make_event(await make_organisation(), ends_at="")

    (entry,) = parsers.by_ical_js((await fetch(client)).content)

    assert entry.end == event.ends == event.starts + timedelta(hours=1)
    assert "09:00–10:00" in (await client.get(f"/events/{event.slug}")).text.replace("&ndash;", "–")


@pytest.mark.parametrize("damage", [{"vevent": ""}, {"vevent": "BEGIN:VEVENT"}, {"timezone": "Mars/Phobos"}])
async def test_damaged_row_leaves_the_others(
    client: httpx.AsyncClient, damage: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    organisation = await make_organisation()
    broken = await make_event(organisation, summary="Broken")
    await make_event(organisation, summary="Sound")
    columns = {getattr(Event, name): value for name, value in damage.items()}
    await Event.update(columns).where(Event.id == broken.id)

    with caplog.at_level(logging.ERROR):
        answer = await fetch(client)

    assert answer.status_code == 200
    assert [entry.summary for entry in parsers.by_ical_js(answer.content)] == ["Sound"]


async def test_damaged_row_is_logged_with_its_id(
    client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    event = await make_event(await make_organisation())
    await Event.update({Event.vevent: "nonsense"}).where(Event.id == event.id)

    await fetch(client)

    assert f"event_id={event.id}" in "".join(capsys.readouterr())


async def test_members_only_event_is_in_no_public_feed(client: httpx.AsyncClient) -> None:
    organisation = await make_organisation(slug="centre")
    hidden = await make_event(organisation, summary="Hidden", visibility="members")
    await make_event(organisation, summary="Open")

    assert await titles(client) == ["Open"]
    assert await titles(client, "/organisations/centre/calendar.ics") == ["Open"]
    assert (await fetch(client, f"/events/{hidden.slug}.ics")).status_code == 404


async def test_feed_has_the_events_of_its_page(client: httpx.AsyncClient) -> None:
    british = await make_organisation("British Centre", country="GB", slug="british")
    french = await make_organisation("French Centre", country="FR", slug="french")
    await make_event(british, summary="Taught online", mode="online", categories=("teaching",))
    await make_event(british, summary="Research", categories=("research",))
    await make_event(french, summary="Cours", language="fr", categories=("teaching",))

    for query, expected in (
        ("", {"Taught online", "Research", "Cours"}),
        ("?category=teaching", {"Taught online", "Cours"}),
        ("?organisation=british", {"Taught online", "Research"}),
        ("?country=FR", {"Cours"}),
        ("?country=gb&category=research", {"Research"}),
        ("?language=fr", {"Cours"}),
        ("?mode=online", {"Taught online"}),
        ("?category=nothing", set()),
        ("?category=%25", set()),
    ):
        listed = (await client.get(f"/events{query}")).text
        assert set(await titles(client, f"/calendar.ics{query}")) == expected
        assert {
            title for title in ("Taught online", "Research", "Cours") if f">{title}</a>" in listed
        } == expected


async def test_empty_feed_is_a_calendar_still(client: httpx.AsyncClient) -> None:
    answer = await fetch(client)

    assert answer.status_code == 200
    for read in READERS:
        assert read(answer.content) == []


async def test_series_has_the_dates_that_were_announced(client: httpx.AsyncClient) -> None:
    await make_event(
        await make_organisation(),
        starts_at="2026-01-01T12:30",
        ends_at="2026-01-01T13:30",
        recurrence=FIRST_THURSDAYS,
        excluded=("2026-01-01T12:30",),
    )

    (times,) = parsers.times_by_ical_js((await fetch(client)).content)

    assert [f"{moment:%m-%d}" for moment in times if moment.year == 2026] == [
        "02-05", "03-05", "04-02", "05-07", "06-04", "07-02", "09-03", "10-01", "11-05",
    ]  # fmt: skip
    assert f"{times[1]:%H:%M} {times[2]:%H:%M}" == "12:30 11:30"


async def test_second_of_a_repeated_hour_is_the_second(client: httpx.AsyncClient) -> None:
    event = await make_event(
        await make_organisation(),
        starts_at="2026-10-25T01:30",
        ends_at="2026-10-25T02:30",
        repeated_hour="second",
    )

    for read in READERS:
        (entry,) = read((await fetch(client)).content)
        assert (entry.start, entry.end) == (event.starts, event.ends)
    assert event.starts == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("coding", "unpack"),
    [
        ("identity", bytes),
        ("gzip", gzip.decompress),
        ("br", brotli.decompress),
        ("zstd", lambda body: zstandard.ZstdDecompressor().decompress(body)),
    ],
)
@pytest.mark.parametrize("path", ["/calendar.ics", "/events.atom"])
async def test_each_coding_has_the_same_feed_and_an_etag_of_its_own(
    client: httpx.AsyncClient, coding: str, unpack: object, path: str
) -> None:
    # long enough for what compresses pages to compress it once more
    await make_event(await make_organisation(), description=" ".join(map(str, range(1_500))))
    plain = await fetch(client, path)

    async with client.stream("GET", path, headers={"Accept-Encoding": coding}) as answer:
        raw = b"".join([part async for part in answer.aiter_raw()])

    assert callable(unpack)
    assert unpack(raw) == plain.content
    assert answer.headers.get("content-encoding", "identity") == coding
    assert (answer.headers["etag"] == plain.headers["etag"]) == (coding == "identity")
    assert answer.headers["content-type"] in {"text/calendar; charset=utf-8", "application/atom+xml"}
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["cache-control"] == "public, max-age=300"


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", "identity"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=1, br;q=0.1", "gzip"),
        ("br;q=0, *", "zstd"),
        ("*", "br"),
        ("deflate", "identity"),
        ("gzip;q=0", "identity"),
        ("identity, gzip;q=0.5", "identity"),
        ("gzip;q=lots", "identity"),
    ],
)
async def test_coding_is_what_the_client_prefers(
    client: httpx.AsyncClient, accepted: str, coding: str
) -> None:
    async with client.stream("GET", "/calendar.ics", headers={"Accept-Encoding": accepted}) as answer:
        assert answer.headers.get("content-encoding", "identity") == coding


async def test_known_etag_is_answered_with_an_empty_304(client: httpx.AsyncClient) -> None:
    await make_event(await make_organisation())
    first = await client.get("/calendar.ics")

    for given in (first.headers["etag"], f'"other", W/{first.headers["etag"]}', "*"):
        answer = await client.get("/calendar.ics", headers={"If-None-Match": given})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == first.headers["etag"]
    other = await client.get(
        "/calendar.ics",
        headers={"If-None-Match": '"other"', "If-Modified-Since": first.headers["last-modified"]},
    )
    assert other.status_code == 200


async def test_known_time_is_answered_with_an_empty_304(client: httpx.AsyncClient, clock: Clock) -> None:
    event = await make_event(await make_organisation(), now=clock.now)
    first = await client.get("/calendar.ics")
    known = {"If-Modified-Since": first.headers["last-modified"]}

    answer = await client.get("/calendar.ics", headers=known)
    # Another change in the very same second must not be hidden.
    await actions.change_event(event.slug, {"summary": "Other"}, actor=OPERATOR, now=clock.now)
    hidden = await client.get("/calendar.ics", headers=known)
    clock.advance(seconds=10)
    nonsense = await client.get("/calendar.ics", headers={"If-Modified-Since": "yesterday"})

    assert (answer.status_code, answer.content) == (304, b"")
    assert hidden.status_code == 200
    assert nonsense.status_code == 200


async def test_head_has_the_headers_without_the_calendar(client: httpx.AsyncClient) -> None:
    await make_event(await make_organisation())
    get = await fetch(client)

    head = await client.head("/calendar.ics", headers={"Accept-Encoding": "identity"})

    assert (head.status_code, head.content) == (200, b"")
    for name in ("etag", "last-modified", "content-length", "content-type", "cache-control"):
        assert head.headers[name] == get.headers[name]


async def test_304_costs_one_read_a_second_for_all(client: httpx.AsyncClient) -> None:
    await make_event(await make_organisation())
    ticks = [100.0]
    watch().clock = lambda: ticks[0]
    etag = (await client.get("/calendar.ics")).headers["etag"]

    with count_queries() as first:
        for _ in range(20):
            answer = await client.get("/calendar.ics", headers={"If-None-Match": etag})
            assert answer.status_code == 304
    ticks[0] += 1.5
    with count_queries() as second:
        for _ in range(20):
            await client.get("/calendar.ics", headers={"If-None-Match": etag})

    assert (first.number, second.number) == (0, 1)


async def test_change_elsewhere_shows_within_a_second(client: httpx.AsyncClient) -> None:
    event = await make_event(await make_organisation())
    ticks = [100.0]
    watch().clock = lambda: ticks[0]
    before = await fetch(client)
    # As another process would do it: the rows, and the number, without a word to this one.
    changed = (await vevent_of(event.id)).replace("ward round", "ward")
    await Event.update({Event.vevent: changed, Event.noted_in: 9}).where(Event.id == event.id)
    await FeedVersion.update({FeedVersion.version: FeedVersion.version + 1}).where(FeedVersion.id == 1)

    within = await fetch(client)
    ticks[0] += 1.0
    after = await fetch(client)

    assert within.content == before.content
    assert "SUMMARY:Listening on the ward\r\n" in after.text


async def test_200_for_unchanged_data_reads_no_events(client: httpx.AsyncClient) -> None:
    await make_event(await make_organisation())
    ticks = [100.0]
    watch().clock = lambda: ticks[0]
    await client.get("/calendar.ics")
    ticks[0] += 1.5

    with count_queries() as queries_made:
        for _ in range(10):
            assert (await client.get("/calendar.ics")).status_code == 200

    assert queries_made.number == 1


async def test_feed_asks_as_often_for_3_events_as_for_1(
    client: httpx.AsyncClient, database: db.Engine
) -> None:
    organisation = await make_organisation()
    await make_event(organisation, summary="One")
    with count_queries() as for_one:
        await client.get("/calendar.ics")
    for title in ("Two", "Three"):
        await make_event(await make_organisation(f"Host of {title}"), summary=title)
    cache.shelf().kept.clear()

    with count_queries() as for_three:
        await client.get("/calendar.ics")

    assert for_three.number == for_one.number > 0


async def test_calendar_says_what_it_is_and_how_often_to_look(client: httpx.AsyncClient) -> None:
    lines = parsers.unfolded((await fetch(client, "/calendar.ics?category=teaching")).content)

    assert "NAME:Empathy in Healthcare Network: teaching" in lines
    assert "X-WR-CALNAME:Empathy in Healthcare Network: teaching" in lines
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in lines
    assert "X-PUBLISHED-TTL:PT1H" in lines
    assert "COLOR:seagreen" in lines
    assert "SOURCE;VALUE=URI:http://127.0.0.1:8000/calendar.ics?category=teaching" in lines
    assert not any(line.startswith("METHOD") for line in lines)


async def test_unknown_feed_is_a_404(client: httpx.AsyncClient) -> None:
    assert (await client.get("/organisations/nobody/calendar.ics")).status_code == 404
    assert (await client.get("/events/nothing.ics")).status_code == 404


async def vevent_of(event_id: int) -> str:
    row = await Event.select(Event.vevent).where(Event.id == event_id).first()
    assert row is not None
    return str(row["vevent"])


def test_entries_are_kept_as_long_as_is_promised() -> None:
    assert (queries.CANCELLED_KEPT.days, queries.ENDED_KEPT.days) == (90, 365)
