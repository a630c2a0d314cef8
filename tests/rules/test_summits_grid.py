"""A day as a table: every session once, over its hours, in its room."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given, strategies

from summit_service.summits.rules.grid import Grid, days_of, grid_of
from summit_service.summits.rules.intake import read_programme
from summit_service.summits.rules.programme import RoomPlan
from summit_service.summits.rules.snapshot import Item
from tests.factories_summits import session

NOW = datetime(2026, 3, 2, tzinfo=UTC)
ROOMS = (RoomPlan("Great Hall"), RoomPlan("Garden Room"), RoomPlan("Library"))


def items(*sessions: dict[str, Any]) -> list[Item]:
    read = read_programme({"sessions": list(sessions)}, year=2026, timezone="Europe/London").sessions
    found = []
    for number, plan in enumerate(read):
        known = {name: getattr(plan, name) for name in plan.__slots__} | {"uid": f"{number}@host"}
        found.append(Item(session=type(plan)(**known), sequence=0, created_at=NOW, changed_at=NOW))
    return found


def grid(*sessions: dict[str, Any]) -> Grid:
    return grid_of(items(*sessions), day=date(2026, 9, 14), rooms=ROOMS)


def at(title: str, starts: str, ends: str, room: str = "") -> dict[str, Any]:
    return session(title, room=room, starts_at=f"2026-09-14T{starts}", ends_at=f"2026-09-14T{ends}")


def drawn(found: Grid) -> list[tuple[str, list[str]]]:
    """Each row with its cells: `title rows x columns`, or dots for what is empty."""
    return [
        (
            row.label,
            [
                f"{cell.item.session.title} {cell.rows}x{cell.columns}" if cell.item else "." * cell.columns
                for cell in row.cells
            ],
        )
        for row in found.rows
    ]


def test_sessions_at_once_stand_in_their_rooms() -> None:
    found = grid(at("B", "09:00", "10:00", "Library"), at("A", "09:00", "10:30", "Great Hall"))

    assert [column.room for column in found.columns] == ["Great Hall", "Library"]
    assert drawn(found) == [("09:00", ["A 2x1", "B 1x1"]), ("10:00", ["."])]


def test_session_that_is_alone_spans_all_rooms() -> None:
    found = grid(
        at("Opening", "09:00", "10:00", "Great Hall"),
        at("Lunch", "12:00", "13:00"),
        at("A", "10:00", "11:00", "Garden Room"),
        at("B", "10:00", "11:00", "Library"),
    )

    assert [column.room for column in found.columns] == ["Great Hall", "Garden Room", "Library"]
    assert drawn(found) == [
        ("09:00", ["Opening 1x3"]),
        ("10:00", [".", "A 1x1", "B 1x1"]),
        ("11:00", ["..."]),
        ("12:00", ["Lunch 1x3"]),
    ]
    assert [row.is_quiet for row in found.rows] == [False, False, True, False]


def test_sessions_that_overlap_in_one_room_stand_side_by_side() -> None:
    found = grid(at("A", "09:00", "11:00", "Library"), at("B", "10:00", "12:00", "Library"))

    assert [(column.room, column.lanes) for column in found.columns] == [("Library", 2)]
    assert drawn(found) == [("09:00", ["A 2x1", "."]), ("10:00", ["B 2x1"]), ("11:00", ["."])]


def test_session_without_a_room_beside_others_has_a_column_of_its_own() -> None:
    found = grid(at("A", "09:00", "10:00", "Library"), at("Online", "09:00", "10:00"))

    assert [column.room for column in found.columns] == ["Library", ""]


def test_session_over_midnight_stays_on_the_day_it_begins() -> None:
    night = session("Dance", starts_at="2026-09-14T22:00", ends_at="2026-09-15T01:00")

    assert days_of(items(night)) == (date(2026, 9, 14),)
    assert drawn(grid(night)) == [("22:00", ["Dance 1x1"])]


def test_rows_grow_in_steps_up_to_a_limit() -> None:
    found = grid(at("Short", "09:00", "09:05"), at("Odd", "09:05", "09:55"), at("Long", "10:00", "17:00"))

    assert [row.minutes for row in found.rows] == [15, 60, 15, 180]


@given(
    strategies.lists(
        strategies.tuples(
            strategies.integers(0, 20),
            strategies.integers(1, 8),
            strategies.sampled_from(["", "Great Hall", "Library"]),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_every_session_stands_once_and_the_table_is_full(given_sessions: list[tuple[int, int, str]]) -> None:
    start = datetime(2026, 9, 14, 8, tzinfo=UTC)
    sessions = []
    for number, (offset, length, room) in enumerate(given_sessions):
        begins = start + timedelta(minutes=30 * offset)
        ends = begins + timedelta(minutes=30 * length)
        sessions.append(
            session(
                str(number), room=room, starts_at=f"{begins:%Y-%m-%dT%H:%M}", ends_at=f"{ends:%Y-%m-%dT%H:%M}"
            )
        )

    found = grid(*sessions)

    shown = [cell.item.session.title for row in found.rows for cell in row.cells if cell.item]
    assert sorted(shown) == sorted(str(number) for number in range(len(sessions)))
    width = sum(column.lanes for column in found.columns) or 1
    area = sum(cell.rows * cell.columns for row in found.rows for cell in row.cells)
    assert area == width * len(found.rows)
