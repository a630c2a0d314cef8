"""A day of the programme as a table: rooms across, hours down, each session one cell over its hours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import zip_longest

from summit_service.summits.rules.programme import RoomPlan
from summit_service.summits.rules.snapshot import Item

STEP, TALLEST = 15, 180
"""Minutes: the heights of rows go in such steps, up to the tallest."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A session, or (without an item) an empty place."""

    item: Item | None
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """From one boundary to the next. `minutes` is its height in steps; in a quiet row no session begins."""

    label: str
    minutes: int
    cells: tuple[Cell, ...]
    is_quiet: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A room and how many columns it takes: more than one where sessions overlap in it."""

    room: str
    lanes: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A whole day."""

    day: date
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def days_of(items: Iterable[Item]) -> tuple[date, ...]:
    """The days on which sessions begin, in order."""
    return tuple(sorted({_day(item) for item in items}))


def grid_of(items: Iterable[Item], *, day: date, rooms: Sequence[RoomPlan]) -> Grid:
    """The sessions that begin on that day. One that has the hour to itself spans all rooms."""
    order = {room.name: index for index, room in enumerate(rooms)}
    found = sorted((item for item in items if _day(item) == day), key=lambda item: _order(item, order))
    alone = set(_alone(found))
    columns, lane_of = _lanes(found, alone, order)
    width = sum(column.lanes for column in columns) or 1
    moments = sorted({moment for item in found for moment in (item.session.starts, item.session.ends)})
    labels = {
        moment: wall[-5:]
        for item in found
        for moment, wall in (
            (item.session.ends, item.session.ends_at),
            (item.session.starts, item.session.starts_at),
        )
    }
    table = _Table(moments, width)
    for item in found:
        table.put(
            item, 0 if item.session.uid in alone else lane_of[item.session.uid], item.session.uid in alone
        )
    return Grid(day, tuple(columns), tuple(table.rows(labels)))


def _day(item: Item) -> date:
    return datetime.fromisoformat(item.session.starts_at).date()


def _order(item: Item, order: dict[str, int]) -> tuple[datetime, int, datetime]:
    return (item.session.starts, order.get(item.session.room, len(order)), item.session.ends)


def _alone(items: Sequence[Item]) -> Iterable[str]:
    """The UIDs of the sessions beside which nothing else runs; `items` are in order of their beginning."""
    latest_end = datetime.min.replace(tzinfo=UTC)
    following = [item.session.starts for item in items[1:]]
    for item, next_start in zip_longest(items, following):
        is_free_before = latest_end <= item.session.starts
        if is_free_before and (next_start is None or item.session.ends <= next_start):
            yield item.session.uid
        latest_end = max(latest_end, item.session.ends)


def _lanes(
    items: Sequence[Item], alone: set[str], order: dict[str, int]
) -> tuple[list[Column], dict[str, int]]:
    """The rooms of the day, and for each session its column: the first free one of its room."""
    ends: dict[str, list[datetime]] = {}
    lanes: dict[str, tuple[str, int]] = {}
    for item in items:
        if item.session.uid in alone and not item.session.room:
            continue
        free = ends.setdefault(item.session.room, [])
        lane = next((n for n, end in enumerate(free) if end <= item.session.starts), len(free))
        free[lane : lane + 1] = [item.session.ends]
        lanes[item.session.uid] = (item.session.room, lane)
    columns: list[Column] = []
    first: dict[str, int] = {}
    for room in sorted(ends, key=lambda name: order.get(name, len(order))):
        first[room] = sum(column.lanes for column in columns)
        columns.append(Column(room, len(ends[room])))
    return columns, {uid: first[room] + lane for uid, (room, lane) in lanes.items()}


class _Table:
    """The cells while they are laid out: which are covered by a session from above or from the left."""

    def __init__(self, moments: list[datetime], width: int) -> None:
        self.moments = moments
        self.width = width
        self.row_of = {moment: index for index, moment in enumerate(moments)}
        self.cells: list[dict[int, Cell]] = [{} for _ in moments]
        self.covered: list[set[int]] = [set() for _ in moments]

    def put(self, item: Item, column: int, is_wide: bool) -> None:
        first, last = self.row_of[item.session.starts], self.row_of[item.session.ends]
        columns = self.width if is_wide else 1
        self.cells[first][column] = Cell(item, last - first, columns)
        for row in range(first, last):
            self.covered[row].update(range(column, column + columns))

    def rows(self, labels: dict[datetime, str]) -> Iterable[Row]:
        for index, (moment, until) in enumerate(zip(self.moments, self.moments[1:], strict=False)):
            minutes = int((until - moment).total_seconds() // 60)
            cells = tuple(self._cells(index))
            yield Row(labels[moment], _height(minutes), cells, not any(cell.item for cell in cells))

    def _cells(self, row: int) -> Iterable[Cell]:
        empty = 0
        for column in range(self.width):
            if column not in self.covered[row]:
                empty += 1
                continue
            if empty:
                yield Cell(None, 1, empty)
                empty = 0
            if column in self.cells[row]:
                yield self.cells[row][column]
        if empty:
            yield Cell(None, 1, empty)


def _height(minutes: int) -> int:
    return min(TALLEST, max(STEP, -(-minutes // STEP) * STEP))
