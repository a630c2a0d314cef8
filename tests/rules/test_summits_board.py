"""A day of the draft as a board of even steps."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from summit_service.errors import Invalid
from summit_service.summits.rules.board import Board, board_of, days_between, length_of, read_slot, slot_of
from summit_service.summits.rules.intake import read_programme
from summit_service.summits.rules.programme import Programme
from tests.factories_summits import programme, session

DAY = date(2026, 9, 14)


def read(*sessions: dict[str, Any]) -> Programme:
    named = [{"id": f"s{number}", **one} for number, one in enumerate(sessions)]
    return read_programme(programme(*named), year=2026, timezone="Europe/London")


def board(*sessions: dict[str, Any]) -> Board:
    found = read(*sessions)
    return board_of(found.sessions, day=DAY, rooms=found.rooms)


def titles(shown: Board) -> dict[str, tuple[str, int]]:
    """Of each session the row in which it begins and over how many rows it goes."""
    return {
        cell.session.title: (label, cell.rows)
        for label, cells in shown.rows
        for cell in cells
        if cell.session is not None
    }


def test_board_has_a_column_for_each_room_and_one_for_none() -> None:
    shown = board(
        session("A"), session("B", room="", starts_at="2026-09-14T07:50", ends_at="2026-09-14T08:20")
    )

    assert [(column.room, column.lanes) for column in shown.columns] == [
        ("Great Hall", 1),
        ("Library", 1),
        ("", 1),
    ]
    assert (shown.first, shown.rows[0][0], shown.rows[-1][0]) == (465, "07:45", "17:45")
    assert titles(shown) == {"A": ("09:00", 4), "B": ("07:45", 3)}


def test_board_gives_sessions_that_overlap_in_a_room_columns_of_their_own() -> None:
    later = session("B", starts_at="2026-09-14T09:30", ends_at="2026-09-14T10:30")

    assert [column.lanes for column in board(session("A"), later).columns] == [2, 1, 1]


def test_board_cuts_what_runs_past_midnight() -> None:
    shown = board(session("Dance", starts_at="2026-09-14T22:00", ends_at="2026-09-15T02:00"))

    assert (titles(shown), shown.rows[-1][0]) == ({"Dance": ("22:00", 8)}, "23:45")


@given(
    some.lists(
        some.tuples(
            some.integers(0, 1400), some.integers(1, 600), some.sampled_from(["Great Hall", "Library", ""])
        ),
        max_size=12,
    )
)
def test_each_row_of_a_board_is_as_wide_as_its_head(given_sessions: list[tuple[int, int, str]]) -> None:
    sessions = [
        session(f"S{number}", starts_at=_wall(begin), ends_at=_wall(begin + length), room=room)
        for number, (begin, length, room) in enumerate(given_sessions)
    ]

    shown = board(*sessions) if sessions else board_of([], day=DAY, rooms=read().rooms)

    width = sum(column.lanes for column in shown.columns)
    covered = [0] * len(shown.rows)
    for index, (_, cells) in enumerate(shown.rows):
        for cell in cells:
            for row in range(index, index + cell.rows):
                covered[row] += 1
    assert set(covered) == {width}
    assert len(titles(shown)) == len(sessions)


def _wall(minutes: int) -> str:
    day, rest = divmod(minutes, 1440)
    return f"2026-09-{14 + day}T{rest // 60:02}:{rest % 60:02}"


def test_days_between_has_those_outside_the_edition_too() -> None:
    late = session("Late", starts_at="2026-09-18T09:00", ends_at="2026-09-18T10:00")

    found = days_between(DAY, date(2026, 9, 15), read(late).sessions)

    assert [day.day for day in found] == [14, 15, 18]


def test_read_slot_makes_wall_times_of_a_day_a_start_and_a_length() -> None:
    slot = read_slot(day="2026-09-14", start="23:30", minutes="45", room=" Library ")

    assert (slot.text(), length_of(slot)) == ("2026-09-14T23:30/2026-09-15T00:15/Library", 45)
    assert slot_of(read(session()).sessions[0]).text() == "2026-09-14T09:00/2026-09-14T10:00/Great Hall"


def test_read_slot_tells_each_fault_by_its_field() -> None:
    with pytest.raises(Invalid) as refused:
        read_slot(day="2026-09-14", start="nine", minutes="0", room="")

    assert [fault.field for fault in refused.value.faults] == ["start", "minutes"]
