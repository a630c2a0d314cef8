"""What a reader is shown of a statement, and the secretariat's board of answers and mails."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from summit_service.accounts.actor import Actor
from summit_service.mail.tables import OutboxMessage
from summit_service.members import queries as members
from summit_service.members.rules import Confirmation
from summit_service.statements import counting, deadlines, letters, mails, queries, reading, remarks, rules
from summit_service.statements.queries import Signature
from summit_service.statements.standings import Standing
from summit_service.statements.tables import (
    Response,
    ResponsePrivate,
    SigningRequest,
    Statement,
    TextSet,
    TextVersion,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A statement as this reader may see it; `state` is what counts now, written down or not."""

    statement: Statement
    state: str
    policy: dict[str, Any]
    versions: list[TextVersion]
    text_set: TextSet | None
    text: TextVersion | None
    tally: dict[str, Any] | None
    signatures: list[Signature]
    no_objection: list[str]
    """Organisations whose silence was counted so by the rule; they have not signed."""
    chain_head: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One organisation on the board. `differs` is the name that was typed, where another is on record."""

    organisation: str
    slug: str
    person: str
    answer: str
    is_open: bool
    """Whether somebody else could be asked: nothing was answered, or it was taken off."""
    capacity: str
    answered_at: datetime | None
    reason: str
    differs: str
    mails: int
    mailed_at: datetime | None
    mail_kind: str
    mail_state: str
    server_reply: str
    printed: str
    """The name as it stands below the text, where that is another than the one we know."""
    before: int
    """The number of an earlier text that the organisation had signed; 0 where it had signed none."""
    confirmed: Confirmation | None
    """Who let the person sign for the organisation; None where that is not on record."""
    remarks: list[str]
    """Sentences: who handed it on, that we ask the wrong person, when a reminder is wanted, a dispute."""


async def view_of(statement: Statement, actor: Actor, *, now: datetime, with_signatures: bool = True) -> View:
    """The statement for somebody who may read it; only the secretariat sees answers before the end.

    While the secretariat revises a text, others see the one that was circulated or frozen last.
    """
    versions = await reading.versions_for(statement, actor)
    text_set = await queries.text_set_of(statement)
    state = rules.seen_state(statement.state, deadlines.end_of(statement), now=now)
    sees_answers = with_signatures and (actor.is_secretariat or state in {"adopted", "published"})
    return View(
        statement=statement,
        state=state,
        policy=json.loads(statement.policy),
        versions=versions if actor.is_secretariat else _shown(versions, text_set),
        text_set=text_set,
        text=_shown_first(versions, text_set, state),
        tally=json.loads(statement.tally) if statement.tally else None,
        signatures=await queries.signatures_of(statement) if sees_answers else [],
        no_objection=await counting.raised_no_objection(statement) if statement.state == "published" else [],
        chain_head=(await queries.chain_head_of(statement))[1],
    )


def _shown(versions: Sequence[TextVersion], text_set: TextSet | None) -> list[TextVersion]:
    """Earlier versions are the secretariat's; others see what is asked about, or is discussed now."""
    ids = json.loads(text_set.version_ids) if text_set else [v.id for v in queries.newest(versions)]
    return [version for version in versions if version.id in ids]


def _shown_first(versions: Sequence[TextVersion], text_set: TextSet | None, state: str) -> TextVersion | None:
    if text_set is not None and state not in rules.WRITABLE:
        ids = json.loads(text_set.version_ids)
        return next((version for version in versions if version.id == ids[0]), None)
    newest = queries.newest(versions)
    return next((v for v in newest if v.role in rules.SIGNED_ROLES), newest[0] if newest else None)


async def lines_of(statement: Statement, standings: Sequence[Standing]) -> list[Line]:
    """The board: these of those who are asked, in their order, with all that is told of each."""
    requests = [one.request for one in standings]
    private = await private_of([one.answer for one in standings if one.answer])
    last = await _last_mails(requests)
    organisations = {request.organisation for request in requests}
    before = await queries.signed_before(statement, organisations)
    said = await remarks.remarks_on(standings)
    confirmed = await members.confirmations_of({request.person for request in requests}, organisations)
    slugs = await members.slugs_of(organisations)
    return [
        _line(
            one,
            private,
            last.get(mails.about(request)),
            before.get(request.organisation),
            confirmed.get((request.person, request.organisation)),
            said.get(request.id, []),
            slugs[request.organisation],
        )
        for one, request in zip(standings, requests, strict=True)
    ]


async def private_of(answers: Sequence[Response]) -> dict[str, dict[str, Any]]:
    """The private parts of these answers that are not erased, by record."""
    if not answers:
        return {}
    ids = [answer.record_id for answer in answers]
    rows = await ResponsePrivate.objects().where(ResponsePrivate.record_id.is_in(ids))
    return {row.record_id: json.loads(row.private) for row in rows}


@dataclass(frozen=True, slots=True)
class _LastMail:
    """What the board says of the last mail about a request; whole rows of the outbox would cost more than the page."""

    kind: str
    state: str
    words: str


async def _last_mails(requests: Sequence[SigningRequest]) -> dict[str, _LastMail]:
    if not requests:
        return {}
    table = OutboxMessage
    rows = (
        await table.select(
            table.about, table.kind, table.state, table.returned_at, table.returned_words, table.server_reply
        )
        .where(table.about.is_in([mails.about(request) for request in requests]))
        .order_by(table.id)
    )
    return {
        row["about"]: _LastMail(
            row["kind"],
            row["state"] if row["returned_at"] is None else "returned",
            row["returned_words"] or row["server_reply"],
        )
        for row in rows
    }


def _line(
    standing: Standing,
    private: dict[str, dict[str, Any]],
    mail: _LastMail | None,
    before: queries.Before | None,
    confirmed: Confirmation | None,
    said: list[str],
    slug: str,
) -> Line:
    request, answer, printed = standing.request, standing.answer, standing.printed
    own = private.get(answer.record_id, {}) if answer else {}
    typed = str(own.get("name_typed", ""))
    return Line(
        organisation=request.organisation_name,
        slug=slug,
        is_open=answer is None or letters.is_taken_off(answer),
        person=request.person_name,
        answer=standing.kind,
        capacity=answer.capacity if answer else "",
        answered_at=answer.signed_at if answer else None,
        reason=str(own.get("reason", "")),
        differs="" if _same_name(typed, request.person_name) else typed,
        printed="" if _same_name(printed, request.person_name) else printed,
        mails=request.mails,
        mailed_at=request.last_mailed_at,
        mail_kind=mail.kind if mail else "",
        mail_state=mail.state if mail else "",
        before=before.n if before else 0,
        confirmed=confirmed,
        remarks=said,
        server_reply=mail.words if mail else "",
    )


def _same_name(typed: str, known: str) -> bool:
    return not typed or " ".join(typed.casefold().split()) == " ".join(known.casefold().split())
