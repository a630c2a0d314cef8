"""Single dates moved or cancelled: what is taken, what holds when the series changes, and their order."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from summit_service.errors import Invalid, NotFound
from summit_service.events import overrides
from summit_service.events.overrides import Override
from summit_service.events.rules import check_details
from tests.factories_events import FIRST_THURSDAYS, make_details

SERIES, SPAN = check_details(
    make_details(starts_at="2026-01-01T12:30", ends_at="2026-01-01T13:30", recurrence=FIRST_THURSDAYS)
)
MAY = date(2026, 5, 7)
MOVED = Override(day=MAY, starts_at="2026-05-08T15:00", ends_at="2026-05-08T16:00")
OFF = Override(day=date(2026, 6, 4), is_cancelled=True)


def moved(**changes: str) -> Override:
    given = {"starts_at": "2026-05-08T15:00", "ends_at": "", "location": "", "reason": ""} | changes
    return overrides.check_move(SERIES, MAY, **given)


def test_moved_date_keeps_its_length_where_no_end_is_given() -> None:
    assert moved() == MOVED


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"starts_at": "tomorrow"}, "starts_at", "Give a day and a time"),
        ({"starts_at": ""}, "starts_at", "Give a day and a time"),
        ({"ends_at": "2026-05-08T15:00"}, "ends_at", "The end is not after the start"),
        ({"starts_at": "2026-03-29T01:30"}, "starts_at", "does not exist"),
        ({"starts_at": "2026-10-25T01:30"}, "starts_at", "twice"),
        ({"location": "x" * 301}, "location", "300"),
        ({"reason": "x" * 1001}, "reason", "1,000"),
    ],
)
def test_move_with_a_fault_says_where(changes: dict[str, str], field: str, words: str) -> None:
    with pytest.raises(Invalid) as refusal:
        moved(**changes)

    assert words in refusal.value.by_field()[field]


def test_move_to_where_it_is_anyway_is_no_change() -> None:
    assert overrides.changes_nothing(SERIES, moved(starts_at="2026-05-07T12:30"))
    assert not overrides.changes_nothing(SERIES, moved(starts_at="2026-05-07T12:30", location="Room 2"))


@pytest.mark.parametrize(
    "when", ["2026-05-08", "2026-08-06", "2026-05-07T09:00", "2026-05-0", "../etc", "²" * 9]
)
def test_what_is_no_date_of_the_series_is_not_found(when: str) -> None:
    with pytest.raises(NotFound):
        overrides.day_of(SERIES, when)


def test_date_is_found_by_its_day_and_by_its_wall_time() -> None:
    assert {overrides.day_of(SERIES, when) for when in ("2026-05-07", "2026-05-07T12:30")} == {MAY}


def test_dates_stand_where_they_are_now() -> None:
    found = overrides.dates(
        SERIES,
        [MOVED, OFF],
        after=datetime(2026, 5, 1, tzinfo=UTC),
        before=datetime(2026, 7, 31, tzinfo=UTC),
        limit=10,
    )

    assert [(one.wall, one.own_day, one.is_cancelled) for one in found] == [
        ("2026-05-08T15:00", MAY, False),
        ("2026-06-04T12:30", OFF.day, True),
        ("2026-07-02T12:30", None, False),
    ]


def test_date_moved_before_the_series_widens_what_it_is_found_by() -> None:
    early = Override(day=date(2026, 1, 1), starts_at="2025-12-18T12:30", ends_at="2025-12-18T13:30")

    earliest, span = overrides.reach(SERIES, SPAN, [early])

    assert earliest == datetime(2025, 12, 18, 12, 30, tzinfo=UTC)
    assert (span.starts, span.last) == (SPAN.starts, None)


@pytest.mark.parametrize(
    ("changes", "held"),
    [
        ({"starts_at": "2026-01-01T14:00", "ends_at": "2026-01-01T15:00"}, [MOVED, OFF]),
        ({"timezone": "Asia/Tokyo"}, [MOVED, OFF]),
        ({"recurrence": "FREQ=MONTHLY;BYDAY=1TH;BYMONTH=1,6"}, [OFF]),
        ({"recurrence": "FREQ=MONTHLY;BYDAY=1TH;UNTIL=20260601"}, [MOVED]),
        ({"excluded": ("2026-05-07T12:30",)}, [OFF]),
        ({"recurrence": ""}, []),
        ({"starts_at": "2026-01-01", "ends_at": "2026-01-01", "all_day": True}, [OFF]),
    ],
)
def test_what_the_changed_series_has_no_date_for_is_set_aside_and_not_lost(
    changes: dict[str, object], held: list[Override]
) -> None:
    changed, _ = check_details(
        make_details(
            **{"starts_at": "2026-01-01T12:30", "ends_at": "2026-01-01T13:30", "recurrence": FIRST_THURSDAYS}
            | changes
        )
    )

    live, aside = overrides.live(changed, [OFF, MOVED]), overrides.set_aside(changed, [OFF, MOVED])

    assert live == held
    assert sorted([*live, *aside], key=lambda one: one.day) == [MOVED, OFF]
