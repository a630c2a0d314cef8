"""What an agenda shows of a released programme."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from summit_service.agendas import rules
from summit_service.errors import Conflict, NotFound
from summit_service.summits.rules.programme import SessionPlan
from summit_service.summits.rules.snapshot import Header, Item, Snapshot

NINE = datetime(2026, 9, 14, 8, tzinfo=UTC)
"""Nine in the morning in London."""


def plan(name: str, start: int, end: int, *, is_cancelled: bool = False) -> SessionPlan:
    """A session from `start` to `end`, in minutes after nine."""
    starts, ends = NINE + timedelta(minutes=start), NINE + timedelta(minutes=end)
    return SessionPlan(
        id=name,
        uid=f"uid-{name}",
        title=name.title(),
        kind="talk",
        starts_at=(starts + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"),
        ends_at=(ends + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"),
        starts=starts,
        ends=ends,
        is_cancelled=is_cancelled,
    )


def snapshot(*plans: SessionPlan, removed: tuple[SessionPlan, ...] = ()) -> Snapshot:
    days = (date(2026, 9, 14), date(2026, 9, 15))
    header = Header(
        year=2026,
        title="Summit",
        theme="",
        venue="",
        timezone="Europe/London",
        starts_on=days[0],
        ends_on=days[1],
    )
    items, gone = (
        tuple(Item(session=one, sequence=0, created_at=NINE, changed_at=NINE) for one in each)
        for each in (plans, removed)
    )
    return Snapshot(header, (), (), (), items, gone)


def test_view_has_the_starred_sessions_by_hour_with_what_overlaps() -> None:
    found = snapshot(
        plan("late", 60, 120), plan("early", 0, 60), plan("beside", 30, 90), plan("other", 0, 500)
    )

    view = rules.view_of(found, {"uid-late", "uid-early", "uid-beside"})

    (day,) = view.days
    assert day.day == date(2026, 9, 14)
    assert [(line.session.id, line.overlaps) for line in day.lines] == [
        ("early", ("Beside",)),
        ("beside", ("Early", "Late")),
        ("late", ("Beside",)),
    ]


def test_view_warns_of_no_overlap_with_what_is_cancelled() -> None:
    found = snapshot(plan("here", 0, 60), plan("off", 0, 60, is_cancelled=True))

    view = rules.view_of(found, {"uid-here", "uid-off"})

    assert [line.overlaps for line in view.days[0].lines] == [(), ()]


def test_view_puts_a_session_after_midnight_in_utc_on_the_day_of_the_hall() -> None:
    night = plan("night", 15 * 60 - 30, 15 * 60)

    view = rules.view_of(snapshot(night), {"uid-night"})

    assert [day.day for day in view.days] == [date(2026, 9, 14)]


def test_view_says_what_is_no_longer_in_the_programme() -> None:
    view = rules.view_of(snapshot(removed=(plan("gone", 0, 60),)), {"uid-gone"})

    assert (view.days, [session.id for session in view.gone]) == ((), ["gone"])


def test_session_to_star_is_refused_when_it_is_not_in_the_programme() -> None:
    with pytest.raises(NotFound):
        rules.session_to_star(snapshot(removed=(plan("gone", 0, 60),)), "gone")


def test_agenda_has_an_end() -> None:
    rules.check_room_for(rules.MOST_STARS - 1)

    with pytest.raises(Conflict):
        rules.check_room_for(rules.MOST_STARS)


def test_two_changes_in_one_second_have_seconds_of_their_own() -> None:
    first = rules.next_change(NINE - timedelta(days=1), NINE)
    second = rules.next_change(first, NINE + timedelta(milliseconds=5))

    assert (first, second) == (NINE, NINE + timedelta(seconds=1))
