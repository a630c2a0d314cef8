"""The number that rises with every change of any event: what feeds ask before they answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

from summit_service import db
from summit_service.events.tables import Event, FeedVersion

THE_ROW = 1
_local = count(1)
_seen_here = [0]


@dataclass(frozen=True, slots=True)
class Version:
    """The number, and the whole second that stands for its change."""

    number: int
    changed_at: datetime


BEFORE_ALL = Version(0, datetime(2000, 1, 1, tzinfo=UTC))


async def note_change(now: datetime) -> None:
    """Raise the number, in the caller's transaction and as its last act: its row is locked until the commit.

    What was written in the transaction bears 0 and gets the number, by which feeds find what they read again. Drafts
    and what waits keep their 0 until they are published: no feed has them, and one that somebody else is writing
    would be waited for, while they wait for the number.
    Each change gets a second of its own, so that a client's If-Modified-Since never hides a second change.
    """
    transaction = db.current_transaction()
    first = FeedVersion(id=THE_ROW, version=0, changed_at=BEFORE_ALL.changed_at)
    await FeedVersion.insert(first).on_conflict(target=FeedVersion.id, action="DO NOTHING")
    before = await db.for_update(FeedVersion.objects().where(FeedVersion.id == THE_ROW)).first()
    if before is None:
        raise RuntimeError("The row of the feed version is missing.")
    second = max(now.replace(microsecond=0), before.changed_at + timedelta(seconds=1))
    await FeedVersion.update(
        {FeedVersion.version: FeedVersion.version + 1, FeedVersion.changed_at: second}
    ).where(FeedVersion.id == THE_ROW)
    await Event.update({Event.noted_in: before.version + 1}).where(
        (Event.noted_in == 0) & Event.state.is_in(["published", "cancelled"])
    )
    transaction.after_commit(_tell_this_process)


async def version() -> Version:
    """The number as the database has it."""
    row = await FeedVersion.objects().where(FeedVersion.id == THE_ROW).first()
    return Version(row.version, row.changed_at) if row is not None else BEFORE_ALL


def made_here() -> int:
    """Rises when this process has committed a change; what was known before it is out of date."""
    return _seen_here[0]


def _tell_this_process() -> None:
    _seen_here[0] = next(_local)
