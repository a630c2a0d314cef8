"""What the link “this was not me” opens, and which answers are disputed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from summit_service import links
from summit_service.links import Link
from summit_service.mail.tables import OutboxMessage
from summit_service.statements.tables import Dispute, Response, SigningRequest, Statement

PURPOSE = "dispute"
REQUEST: Any = Dispute.response.request


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """An answer, and who was told of it; `dispute` is what was said about it last, by whomever."""

    link: Link
    answer: Response
    request: SigningRequest
    statement: Statement
    side: str
    name: str
    email: str
    dispute: Dispute | None


async def doubt_of(token: str, *, now: datetime) -> Doubt | None:
    """What the link opens; None for unknown, malformed and expired ones."""
    link = await links.find_live(PURPOSE, token, now=now)
    if link is None:
        return None
    record_id, _, side = link.subject.partition(":")
    answer = await Response.objects().where(Response.record_id == record_id).first()
    if answer is None:
        return None
    request: Any = (
        await SigningRequest.objects(SigningRequest.statement)
        .where(SigningRequest.id == answer.request)
        .first()
    )
    name, email = await _told(link, answer)
    return Doubt(
        link=link,
        answer=answer,
        request=request,
        statement=request.statement,
        side=side,
        name=name,
        email=email,
        dispute=await last_about(answer),
    )


async def _told(link: Link, answer: Response) -> tuple[str, str]:
    """To whom the mail with this link went."""
    row = await OutboxMessage.objects().where(OutboxMessage.id == link.outbox_id).first()
    return (
        (row.recipient_name, row.recipient_email)
        if row and row.recipient_email
        else (answer.signatory_name, "")
    )


async def last_about(answer: Response) -> Dispute | None:
    """What was said last about this answer."""
    mine = Dispute.response == answer.id
    return await Dispute.objects().where(mine).order_by(Dispute.id, ascending=False).first()


async def open_disputes(statement: Statement | None = None) -> list[Dispute]:
    """Those that nobody has settled, with their answers and requests resolved; of one statement, or of all."""
    waiting = Dispute.settled_at.is_null()
    if statement is not None:
        waiting = waiting & (REQUEST.statement == statement.id)
    wanted = Dispute.objects(Dispute.response, REQUEST, REQUEST.statement)
    return list(await wanted.where(waiting).order_by(Dispute.id))


async def all_about(statement: Statement) -> list[Dispute]:
    """Every dispute about a statement, settled or not, with the answer resolved; the newest first."""
    mine = Dispute.objects(Dispute.response).where(REQUEST.statement == statement.id)
    return list(await mine.order_by(Dispute.id, ascending=False))


@dataclass(frozen=True, slots=True)
class Disputed:
    """A dispute that nobody has settled, with what a board says of it; `response` is the number of the answer."""

    id: int
    response: int
    organisation: str


async def disputed_in(statement: Statement) -> list[Disputed]:
    """Those about one statement; only what its board says of them is read."""
    waiting = Dispute.settled_at.is_null() & (REQUEST.statement == statement.id)
    rows = await Dispute.select(*_ON_A_BOARD).where(waiting).order_by(Dispute.id)
    return [Disputed(**row) for row in rows]


_ON_A_BOARD = (Dispute.id, Dispute.response, Dispute.response.organisation_name.as_alias("organisation"))


@dataclass(frozen=True, slots=True)
class WaitingDispute:
    """What the desk's list says of a dispute that nobody has settled."""

    id: int
    name: str
    organisation: str
    title: str


async def waiting_disputes() -> list[WaitingDispute]:
    """Those that nobody has settled; only what a line says of them is read."""
    rows = await Dispute.select(*_LINE).where(Dispute.settled_at.is_null()).order_by(Dispute.id)
    return [WaitingDispute(**row) for row in rows]


_LINE = (
    Dispute.id,
    Dispute.name,
    Dispute.response.organisation_name.as_alias("organisation"),
    REQUEST.statement.title.as_alias("title"),
)
"""Made once: a path through three tables costs more to write down than to read."""


async def dispute_by_id(dispute_id: int) -> Dispute | None:
    """One dispute with its answer, request and statement."""
    wanted = Dispute.objects(Dispute.response, REQUEST, REQUEST.statement)
    return await wanted.where(Dispute.id == dispute_id).first()


async def told_of(answer: Response) -> Sequence[tuple[str, str]]:
    """Everybody who was told of this answer, by name and address; nobody once that was erased."""
    rows = await OutboxMessage.select(OutboxMessage.recipient_name, OutboxMessage.recipient_email).where(
        OutboxMessage.about == f"response:{answer.record_id}",
        OutboxMessage.kind.is_in(["signing_receipt", "signing_notice"]),
        OutboxMessage.recipient_email != "",
    )
    return sorted({(row["recipient_name"], row["recipient_email"]) for row in rows})
