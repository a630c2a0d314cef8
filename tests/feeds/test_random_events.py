"""Random events in any zone, around changes of the clock, with any letters: four readers see what was meant."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from summit_service import ical, markup, zones
from summit_service.errors import Invalid
from summit_service.events import entries, occurrences, rules, stored
from summit_service.events.details import Details
from summit_service.events.occurrences import Span
from summit_service.events.tables import Event
from tests import libical, parsers
from tests.factories import LONG_AGO

EVENTS = 40
FIRST, LAST = date(1990, 1, 1), date(2040, 12, 31)
ZONES = zones.zone_names()
SERIES = (
    "FREQ=DAILY;COUNT=9", "FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2;COUNT=12",
    "FREQ=MONTHLY;BYDAY={nth}{day}", "FREQ=MONTHLY;BYMONTHDAY={number}", "FREQ=MONTHLY;BYDAY={day};BYSETPOS=-1",
    "FREQ=YEARLY", "FREQ=WEEKLY;UNTIL={until}",
)  # fmt: skip
READERS = (parsers.by_icalendar, parsers.by_vobject, parsers.by_ical_js, libical.by_libical)
LETTERS = (
    "aZ09 ,;:\\\"'%äßøçñ Ωμéga שלום مرحبا 你好こんにちは"
    "한국 हिन्दी 👩‍⚕️🏳️‍🌈 e\u0301 \u200d\u202e\u00ad\ufeff\u2028\u0085\t\n=^"
)

Made = tuple[Details, Span]
UNSHRUNK = settings(max_examples=2, deadline=None, phases=[Phase.generate], report_multiple_bugs=False)
"""A seed does not get simpler by being smaller."""


@UNSHRUNK
@given(st.integers(0, 2**32))
def test_readers_see_the_instants_and_texts_of_the_database(seed: int) -> None:
    chance = random.Random(seed)
    made = [_event(chance) for _ in range(EVENTS)]
    body = _calendar(made)

    assert max(len(line) for line in body.split(b"\r\n")) <= 75
    for read in READERS:
        found = {entry.uid: entry for entry in read(body)}
        for number, (details, span) in enumerate(made):
            entry = found[f"{number}@b"]
            assert (entry.start, entry.end) == _meant(details, span), (read, details)
            assert (entry.summary, entry.location) == (details.summary, details.location), (read, details)
            words = ical.clean(markup.to_text(details.description)).strip()
            assert entry.description.startswith(words), (read, details)


@UNSHRUNK
@given(st.integers(0, 2**32))
def test_readers_see_the_dates_of_the_database(seed: int) -> None:
    chance = random.Random(seed)
    made = [_event(chance, is_series=True) for _ in range(EVENTS // 3)]
    body = _calendar(made)

    for read in (parsers.times_by_ical_js, libical.times_by_libical):
        for (details, span), seen in zip(made, read(body), strict=True):
            meant = _dates(details, span)
            assert seen[: len(meant)] == meant, (read, details)
            assert len(seen) == len(meant), (read, details)


@pytest.mark.parametrize(
    ("starts_at", "timezone", "recurrence"),
    [
        ("2000-10-28T01:00", "America/Inuvik", "FREQ=MONTHLY;BYMONTHDAY=28"),
        ("2000-10-28T01:30", "Europe/London", "FREQ=DAILY;COUNT=9"),
        ("2009-10-24T00:30", "Atlantic/Azores", "FREQ=DAILY;UNTIL=20091101"),
        ("2025-10-25T02:00", "Europe/Berlin", "FREQ=YEARLY"),
    ],
)
def test_date_of_a_series_in_an_hour_that_clocks_repeat_is_its_first(
    starts_at: str, timezone: str, recurrence: str
) -> None:
    ends_at = (datetime.fromisoformat(starts_at) + timedelta(minutes=15)).strftime("%Y-%m-%dT%H:%M")
    made = rules.check_details(
        Details(
            summary="Night round", starts_at=starts_at, ends_at=ends_at, timezone=timezone,
            recurrence=recurrence, repeated_hour="first",
        )
    )  # fmt: skip
    body, meant = _calendar([made]), _dates(*made)

    assert b"RECURRENCE-ID" in body
    for read in (parsers.times_by_ical_js, libical.times_by_libical):
        assert read(body) == [meant], read


def _event(chance: random.Random, *, is_series: bool = False) -> Made:
    """One that the rules of this service take; what they refuse (an hour that was skipped) is drawn anew."""
    while True:
        try:
            return rules.check_details(_details(chance, is_series=is_series))
        except Invalid:
            continue


def _details(chance: random.Random, *, is_series: bool) -> Details:
    zone, all_day = chance.choice(ZONES), chance.random() < 0.2
    starts = _wall(chance, zone)
    if is_series:
        starts = starts.replace(year=max(2000, starts.year), day=min(starts.day, 28))
    ends = starts + timedelta(minutes=chance.choice((1, 30, 60, 90, 1440, 5000)))
    words = "".join(chance.choices(LETTERS, k=chance.randint(1, 150)))
    return Details(
        summary=f"T{words}",
        location=f"P{words[:70]}",
        description=f"D{words[::-1]}D",
        starts_at=starts.date().isoformat() if all_day else starts.strftime("%Y-%m-%dT%H:%M"),
        ends_at=ends.date().isoformat() if all_day else ends.strftime("%Y-%m-%dT%H:%M"),
        timezone=zone,
        all_day=all_day,
        repeated_hour=chance.choice(("first", "second")),
        recurrence=_series(chance, starts) if is_series else "",
    )


def _wall(chance: random.Random, zone: str) -> datetime:
    """Some day, or an hour within three of a change of the clock."""
    day = FIRST + timedelta(days=chance.randrange((LAST - FIRST).days))
    moment = datetime(day.year, day.month, day.day, chance.randrange(24), tzinfo=UTC)
    place = ZoneInfo(zone)
    if chance.random() < 0.6:
        days = (moment + timedelta(days=number) for number in range(220))
        moment = next(
            (
                at
                for at in days
                if at.astimezone(place).utcoffset() != (at + timedelta(1)).astimezone(place).utcoffset()
            ),
            moment,
        )
        moment += timedelta(hours=chance.randrange(-3, 27))
    return moment.astimezone(place).replace(tzinfo=None) + timedelta(minutes=chance.randrange(0, 60, 15))


def _series(chance: random.Random, starts: datetime) -> str:
    return chance.choice(SERIES).format(
        nth=(starts.day - 1) // 7 + 1,
        day=("MO", "TU", "WE", "TH", "FR", "SA", "SU")[starts.weekday()],
        number=starts.day,
        until=(starts + timedelta(days=chance.randrange(1, 90))).strftime("%Y%m%d"),
    )


def _calendar(made: list[Made]) -> bytes:
    texts = []
    for number, (details, span) in enumerate(made):
        row = Event(
            organisation=1, uid=f"{number}@b", slug=f"event-{number}", created_at=LONG_AGO, changed_at=LONG_AGO,
            **stored.columns_of(details, span),
        )  # fmt: skip
        texts.append(entries.render(row, span=span, organisation="Centre").encode())
    used = {details.timezone for details, _ in made if not details.all_day}
    return ical.calendar(texts, zones=used, name="All")


def _meant(details: Details, span: Span) -> tuple[datetime | date, datetime | date]:
    if details.all_day:
        last = date.fromisoformat(details.ends_at)
        return date.fromisoformat(details.starts_at), last + timedelta(days=1)
    return span.starts, span.ends


def _dates(details: Details, span: Span) -> list[datetime | date]:
    found = occurrences.occurrences(
        details,
        after=span.starts - timedelta(days=2),
        before=span.starts + timedelta(days=366 * 30),
        limit=24,
    )
    return [one.day if details.all_day else one.starts for one in found]
