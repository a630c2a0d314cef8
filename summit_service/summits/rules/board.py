"""The draft's day as a board of even steps: rooms across, quarters of an hour down, and moving a session on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from summit_service import zones
from summit_service.errors import Fault, Invalid
from summit_service.summits.rules.programme import RoomPlan, SessionPlan

STEP = 15
FIRST, LAST = 8 * 60, 18 * 60
LONGEST = 24 * 60
"""Minutes: of a step, of the day's first and last row where no session asks for more, and of the longest session."""


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a session stands: wall times of the edition's zone, and a room or none."""

    starts_at: str
    ends_at: str
    room: str

    def text(self) -> str:
        """As a form carries it, to see whether somebody else has moved the session meanwhile."""
        return f"{self.starts_at}/{self.ends_at}/{self.room}"


def slot_of(session: SessionPlan) -> Slot:
    """Where it stands now."""
    return Slot(session.starts_at, session.ends_at, session.room)


def length_of(slot: Slot) -> int:
    """Minutes from its first to its last wall time."""
    taken = datetime.fromisoformat(slot.ends_at) - datetime.fromisoformat(slot.starts_at)
    return int(taken.total_seconds() // 60)


def read_slot(*, day: str, start: str, minutes: str, room: str) -> Slot:
    """What was typed or dropped; raises Invalid with a fault for each field that cannot be."""
    faults: list[Fault] = []
    begins = _wall(day, start)
    if begins is None:
        faults.append(Fault("start", "Write the start as hours and minutes, such as 09:30."))
    if not minutes.strip().isdecimal() or len(minutes) > 5 or not 1 <= int(minutes) <= LONGEST:
        faults.append(Fault("minutes", f"Write the length in minutes, from 1 to {LONGEST:,}."))
    if faults or begins is None:
        raise Invalid(faults)
    ends = begins + timedelta(minutes=int(minutes))
    return Slot(zones.wall_text(begins), zones.wall_text(ends), room.strip())


def _wall(day: str, start: str) -> datetime | None:
    try:
        return datetime.combine(
            date.fromisoformat(day.strip()), time.fromisoformat(start.strip()).replace(tzinfo=None)
        )
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Cell:
    """A session over some rows; or, without one, a free place."""

    session: SessionPlan | None
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Column:
    """A room (none: no room yet) and how many columns it takes: more than one where its sessions overlap."""

    room: str
    lanes: int


@dataclass(frozen=True, slots=True)
class Board:
    """A day: each row is STEP minutes, from `first` (minutes of the day) on."""

    day: date
    first: int
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


def days_between(first: date, last: date, sessions: Iterable[SessionPlan]) -> tuple[date, ...]:
    """The days of the edition, and those outside it on which a session stands."""
    own = {first + timedelta(days=number) for number in range((last - first).days + 1)}
    return tuple(sorted(own | {_day(session) for session in sessions}))


def board_of(sessions: Iterable[SessionPlan], *, day: date, rooms: Sequence[RoomPlan]) -> Board:
    """The sessions that begin on that day, those that run past midnight cut there."""
    found = sorted(
        (one for one in sessions if _day(one) == day), key=lambda one: (one.starts_at, one.ends_at)
    )
    spans = {one.id: _rows_of(one) for one in found}
    first = min([FIRST, *(start for start, _ in spans.values())])
    last = max([LAST, *(end for _, end in spans.values())])
    columns, column_of = _lay_out(found, spans, [*(room.name for room in rooms), ""])
    width = sum(column.lanes for column in columns)
    cells: list[list[Cell | None]] = [[Cell(None)] * width for _ in range((last - first) // STEP)]
    for one in found:
        top, bottom = ((minute - first) // STEP for minute in spans[one.id])
        for row in range(top, bottom):
            cells[row][column_of[one.id]] = None
        cells[top][column_of[one.id]] = Cell(one, bottom - top)
    rows = tuple(
        (_clock(first + STEP * index), tuple(cell for cell in row if cell is not None))
        for index, row in enumerate(cells)
    )
    return Board(day, first, columns, rows)


def _day(session: SessionPlan) -> date:
    return datetime.fromisoformat(session.starts_at).date()


def _rows_of(session: SessionPlan) -> tuple[int, int]:
    """From the step in which it begins to the end of that in which it ends, in minutes of its day."""
    starts = datetime.fromisoformat(session.starts_at)
    begin = starts.hour * 60 + starts.minute
    end = min(begin + length_of(slot_of(session)), 24 * 60)
    top = begin // STEP * STEP
    return top, max(top + STEP, -(-end // STEP) * STEP)


def _lay_out(
    found: Sequence[SessionPlan], spans: dict[str, tuple[int, int]], rooms: Sequence[str]
) -> tuple[tuple[Column, ...], dict[str, int]]:
    lanes: dict[str, list[int]] = {room: [] for room in rooms}
    placed: dict[str, tuple[str, int]] = {}
    for one in found:
        ends, (top, bottom) = lanes[one.room], spans[one.id]
        lane = next((number for number, end in enumerate(ends) if end <= top), len(ends))
        ends[lane : lane + 1] = [bottom]
        placed[one.id] = (one.room, lane)
    columns = tuple(Column(room, max(1, len(lanes[room]))) for room in rooms)
    left = {column.room: sum(one.lanes for one in columns[:index]) for index, column in enumerate(columns)}
    return columns, {session: left[room] + lane for session, (room, lane) in placed.items()}


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
