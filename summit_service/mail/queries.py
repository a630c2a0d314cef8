"""Reads about the outbox: what became of the mails about a thing, and whether mail leaves in time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from piccolo.columns.combination import WhereRaw
from piccolo.custom_types import Combinable
from piccolo.query.functions import Count

from summit_service.mail.tables import BouncingAddress, MailerStatus, OutboxMessage, ReceivedMail

STATES = ("queued", "sending", "deferred", "accepted", "returned", "uncertain", "failed", "stopped")
"""Those of the rows, and `returned`: accepted by the next server, and then it came back."""
UNDER_WAY = ("queued", "sending", "deferred")
ANSWER = "answer"
"""The kind of what a person wrote to the address at which a mail is answered."""
WAITS = ReceivedMail.seen_at.is_null() & (ReceivedMail.kind != ANSWER)
LONGEST_WAIT = timedelta(minutes=10)
LONGEST_SILENCE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Health:
    """How the mailer does. `oldest_due_at` is since when the mail that has waited longest could have left."""

    is_well: bool
    sentence: str
    waiting: int
    oldest_due_at: datetime | None
    seen_at: datetime | None
    paused_at: datetime | None
    pause_reason: str


async def health(*, now: datetime) -> Health:
    """Whether mail leaves in time, and if not, why, in a sentence."""
    due = OutboxMessage.state.is_in(list(UNDER_WAY)) & (OutboxMessage.due_at <= now)
    waiting = await OutboxMessage.count().where(due)
    first = await OutboxMessage.objects().where(due).order_by(OutboxMessage.due_at).first()
    oldest = first.due_at if first is not None else None
    status = await status_row()
    complaint = _complaint(status, waiting, oldest, now)
    calm = f"{_mails(waiting)} and will leave in a moment." if waiting else "Nothing waits to be sent."
    return Health(
        is_well=not complaint,
        sentence=complaint or calm,
        waiting=waiting,
        oldest_due_at=oldest,
        seen_at=status.seen_at,
        paused_at=status.paused_at,
        pause_reason=status.pause_reason,
    )


async def status_row() -> MailerStatus:
    """What the mailers have said about themselves; an empty row before the first of them ran."""
    return await MailerStatus.objects().where(MailerStatus.id == 1).first() or MailerStatus(id=1)


def _complaint(status: MailerStatus, waiting: int, oldest: datetime | None, now: datetime) -> str:
    if status.paused_at is not None:
        return f"Sending is paused: {status.pause_reason}"
    if not waiting or oldest is None or now - oldest < LONGEST_WAIT:
        return ""
    if status.seen_at is None or now - status.seen_at > LONGEST_SILENCE:
        return f"{_mails(waiting)} and no mailer is running."
    return f"{_mails(waiting)}, the oldest since {oldest:%Y-%m-%d %H:%M} UTC."


def _mails(number: int) -> str:
    return "1 mail waits" if number == 1 else f"{number} mails wait"


async def mails_about(about: str) -> list[OutboxMessage]:
    """Every mail about a thing, the newest first."""
    return (
        await OutboxMessage.objects()
        .where(OutboxMessage.about == about)
        .order_by(OutboxMessage.id, ascending=False)
    )


async def mail_by_id(identifier: int) -> OutboxMessage | None:
    """One row of the outbox."""
    return await OutboxMessage.objects().where(OutboxMessage.id == identifier).first()


async def counts_by_state() -> dict[str, int]:
    """How many mails are in each state; every state is named."""
    query = OutboxMessage.select(OutboxMessage.state, Count(alias="n")).group_by(OutboxMessage.state)
    rows = await query.where(OutboxMessage.returned_at.is_null())
    returned = await OutboxMessage.count().where(OutboxMessage.returned_at.is_not_null())
    return dict.fromkeys(STATES, 0) | {row["state"]: row["n"] for row in rows} | {"returned": returned}


TO_LOOK_AT = ("failed", "uncertain", "returned")


def unseen(state: str, *, until: datetime | None = None) -> Combinable:
    """Mails in one of TO_LOOK_AT, by that moment, that nobody of the desk has seen; not those that are erased."""
    at = OutboxMessage.returned_at if state == "returned" else OutboxMessage.settled_at
    found = at.is_not_null() & OutboxMessage.looked_at.is_null() & (OutboxMessage.recipient_email != "")
    if state != "returned":
        found = found & (OutboxMessage.state == state) & OutboxMessage.returned_at.is_null()
    return found if until is None else found & (at <= until)


async def unseen_counts() -> dict[str, int]:
    """How many in each of TO_LOOK_AT wait for somebody of the desk."""
    return {state: int(await OutboxMessage.count().where(unseen(state))) for state in TO_LOOK_AT}


def shown_state(row: OutboxMessage) -> str:
    """The state that a person is told, one of STATES."""
    return "returned" if row.returned_at is not None else str(row.state)


async def kinds() -> list[str]:
    """Every kind of mail that is in the outbox, sorted."""
    rows = await OutboxMessage.select(OutboxMessage.kind).group_by(OutboxMessage.kind)
    return sorted(row["kind"] for row in rows)


async def mails_by_id(identifiers: Sequence[int]) -> list[OutboxMessage]:
    """These rows, in the order of their ids; those that are not there are left out."""
    if not identifiers:
        return []
    mine = OutboxMessage.id.is_in(list(identifiers))
    return list(await OutboxMessage.objects().where(mine).order_by(OutboxMessage.id))


async def outbox(
    *,
    states: Sequence[str] = (),
    kind: str = "",
    search: str = "",
    before: int | None = None,
    limit: int = 50,
) -> list[OutboxMessage]:
    """A page of the outbox, the newest first; `before` is the id of the last row of the page above."""
    query = OutboxMessage.objects().order_by(OutboxMessage.id, ascending=False).limit(limit)
    if states:
        query = query.where(_in_states(states))
    if kind:
        query = query.where(OutboxMessage.kind == kind)
    if search.strip():
        query = query.where(_like(search))
    if before is not None:
        query = query.where(OutboxMessage.id < before)
    return await query


async def unread_mails(limit: int = 100) -> list[ReceivedMail]:
    """What came back and waits for a person, the oldest first; answers are taken by whatever they answer."""
    return list(await ReceivedMail.objects().where(WAITS).order_by(ReceivedMail.id).limit(limit))


async def unread_count() -> int:
    """How many of them there are."""
    return int(await ReceivedMail.count().where(WAITS))


async def bouncing_addresses() -> list[BouncingAddress]:
    """The addresses of which a server said that they are not there, the newest first."""
    return list(await BouncingAddress.objects().order_by(BouncingAddress.id, ascending=False))


async def bouncing_keys() -> frozenset[str]:
    """The same as keys, to compare with."""
    rows = await BouncingAddress.select(BouncingAddress.email_key)
    return frozenset(row["email_key"] for row in rows)


def _in_states(states: Sequence[str]) -> Any:
    came_back = OutboxMessage.returned_at.is_not_null()
    in_state = OutboxMessage.state.is_in(list(states)) & OutboxMessage.returned_at.is_null()
    return (in_state | came_back) if "returned" in states else in_state


def _like(search: str) -> WhereRaw:
    """Case-blind on both databases; the reader's % and _ mean themselves."""
    pattern = "%" + re.sub(r"([\\%_])", r"\\\1", search.strip().lower()) + "%"
    return WhereRaw(
        "(lower(recipient_email) LIKE {} ESCAPE '\\' OR lower(recipient_name) LIKE {} ESCAPE '\\')",
        pattern,
        pattern,
    )
