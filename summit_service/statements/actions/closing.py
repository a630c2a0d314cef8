"""The end of signing: counted once, held against the policy, made public."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from summit_service import db, markup
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.accounts.tables import Person
from summit_service.errors import Conflict
from summit_service.mail import outbox
from summit_service.mail.tables import OutboxMessage
from summit_service.statements import bundle, counting, deadlines, disputes, evidence, mails, queries, rules
from summit_service.statements.actions import dispatching, evidencing, ledger
from summit_service.statements.tables import Manifest, Response, SigningRequest, Statement


async def close(slug: str, *, actor: Actor, now: datetime, note: str = "") -> Statement:
    """End signing and count; the links refuse from now on. Who was asked is told when it ends before its deadline.

    Before the deadline that takes everybody's answer, or a policy that allows it and a reason: else raises Conflict
    (`still_asked`, `too_early`) or Invalid.
    """
    check_secretariat(actor)
    reason = markup.many_lines(note, field="note", longest=rules.LONGEST_NOTE, name="The note")
    async with db.transaction():
        statement = await queries.locked(slug)
        rules.check_next(statement.state, "closed")
        rules.check_closable(
            await queries.missing_of(statement),
            closes_at=statement.closes_at,
            timezone=statement.closes_timezone,
            opened_at=statement.opened_at,
            early_days=json.loads(statement.policy).get("early_end_days"),
            note=reason,
            now=now,
        )
        await _close(statement, actor=actor, now=now, note=reason)
        await _tell_ended(statement, now=now, note=reason)
    return statement


async def close_overdue(now: datetime) -> int:
    """Close and count what has come to its end; answers were refused from then on anyway."""
    ended = (Statement.closes_at <= now) | (Statement.ends_early_at <= now)
    due = (Statement.state == "signing") & ended
    closed = 0
    for row in await Statement.select(Statement.slug).where(due):
        async with db.transaction():
            statement = await queries.locked(row["slug"])
            if _is_over(statement, now):
                await _close(statement, actor=None, now=now, note="")
                await _tell_ended(statement, now=now)
                closed += 1
    return closed


async def end_consultations(now: datetime) -> int:
    """Take drafts whose day for comments has passed into revision; what comes later is taken and marked as before."""
    due = (Statement.state == "consulting") & (Statement.closes_at <= now)
    ended = 0
    for row in await Statement.select(Statement.slug).where(due):
        async with db.transaction():
            statement = await queries.locked(row["slug"])
            if statement.state == "consulting" and statement.closes_at <= now:
                await ledger.move(statement, "revising", {"by": "deadline"}, now=now)
                ended += 1
    return ended


async def settle(slug: str, *, actor: Actor, now: datetime) -> Statement:
    """Record whether the statement was adopted: the tally, held against the policy of the opening.

    Where it was not, everybody who was asked is told.
    """
    check_secretariat(actor)
    async with db.transaction():
        statement = await queries.locked(slug)
        rules.check_undisputed(await _disputed(statement))
        await _settle(statement, actor=actor, now=now)
        if statement.state == "not_adopted":
            await _tell_not_published(statement, now=now, verdict=json.loads(statement.tally)["sentence"])
    return statement


async def publish(slug: str, *, actor: Actor, now: datetime) -> Statement:
    """Make the text and its signatories public, with a signed bundle by which anybody checks them.

    Raises Conflict when the policy is not satisfied, or when the bundle does not pass its own verifier.
    """
    check_secretariat(actor)
    async with db.transaction():
        statement = await queries.locked(slug)
        if _is_over(statement, now):
            await _close(statement, actor=actor, now=now, note="")
        rules.check_undisputed(await _disputed(statement))
        if statement.state == "closed":
            counted = json.loads(statement.tally)
            if not counted["satisfied"]:
                raise Conflict(
                    f"The statement was not adopted: {counted['sentence']}", code="policy_not_satisfied"
                )
            await _settle(statement, actor=actor, now=now)
        rules.check_next(statement.state, "published")
        text_set = await queries.text_set_of(statement)
        facts = {"text_set": text_set.sha256 if text_set else "", "tally": json.loads(statement.tally)}
        await ledger.move(statement, "published", facts, now=now, actor=actor, published_at=now)
        made = await evidencing.sign(statement, now=now)
        await _announce(statement, made, text_hash=text_set.sha256 if text_set else "", now=now)
    return statement


async def cancel(slug: str, *, actor: Actor, now: datetime, note: str = "") -> Statement:
    """Give a statement up before it is published; who was asked is told by a mail, and by the page of the link."""
    check_secretariat(actor)
    reason = markup.many_lines(note, field="note", longest=rules.LONGEST_NOTE, name="The reason")
    async with db.transaction():
        statement = await queries.locked(slug)
        await ledger.move(statement, "cancelled", {"note": reason}, now=now, actor=actor)
        await _stop_asking(
            await queries.requests_of(statement), reason="the statement was cancelled", now=now
        )
        await _tell_not_published(statement, now=now, note=reason)
    return statement


def _is_over(statement: Statement, now: datetime) -> bool:
    """Whether signing has come to its end and was not counted yet."""
    return statement.state == "signing" and not rules.is_open(
        statement.state, deadlines.end_of(statement), now=now
    )


async def _tell_ended(statement: Statement, *, now: datetime, note: str = "") -> None:
    """One mail to each who was asked, when it ended before the deadline that they had been told."""
    if statement.closes_at <= now:
        return
    is_early = bool(await queries.missing_of(statement))
    due = [
        (mails.signing_ended(statement, *asked, note=note, is_early=is_early), asked[0].organisation)
        for asked in await _asked(statement)
    ]
    await dispatching.dispatch(statement, due, now=now)


async def _tell_not_published(
    statement: Statement, *, now: datetime, verdict: str = "", note: str = ""
) -> None:
    reopened = await counting.times_reopened(statement)
    due = []
    for asked in await _asked(statement):
        mail = mails.statement_not_published(statement, *asked, verdict=verdict, note=note, reopened=reopened)
        due.append((mail, asked[0].organisation))
    await dispatching.dispatch(statement, due, now=now)


async def _asked(statement: Statement) -> list[tuple[SigningRequest, Person, Response | None]]:
    """Each request about the text that was frozen last, to whom it went if they are here still, and the answer."""
    requests, answers = await queries.requests_of(statement), await queries.answers_of(statement)
    people = await _reachable(requests)
    return [
        (request, people[request.person], answers.get(request.id))
        for request in requests
        if request.person in people
    ]


async def _close(statement: Statement, *, actor: Actor | None, now: datetime, note: str) -> None:
    requests = await queries.requests_of(statement)
    answers = await queries.answers_of(statement)
    counted = await counting.facts_of_count(statement, requests, answers, at=min(now, statement.closes_at))
    tally, ended = counted["tally"], min(now, deadlines.end_of(statement) or now)
    by = (
        "deadline"
        if ended >= statement.closes_at
        else "everybody_answered"
        if not tally["unanswered"]
        else "hand"
    )
    facts: dict[str, Any] = {"by": by, "note": note, "ended_at": evidence.moment(ended), **counted}
    await ledger.move(
        statement, "closed", facts, now=now, actor=actor, closed_at=now, tally=json.dumps(tally)
    )
    unanswered = [request for request in requests if request.id not in answers]
    await _stop_asking(unanswered, reason="signing has ended", now=now)


async def _disputed(statement: Statement) -> set[str]:
    """The organisations with an answer to this text that is disputed."""
    waiting = await disputes.open_disputes(statement)
    return {
        d.response.organisation_name for d in waiting if d.response.request.text_set == statement.text_set
    }


async def _settle(statement: Statement, *, actor: Actor, now: datetime) -> None:
    counted = json.loads(statement.tally or '{"satisfied": false}')
    state = "adopted" if counted["satisfied"] else "not_adopted"
    told = await counting.outcome_of(statement) if state == "adopted" else {}
    await ledger.move(statement, state, {"tally": counted, **told}, now=now, actor=actor)


async def _stop_asking(requests: list[SigningRequest], *, reason: str, now: datetime) -> None:
    if requests:
        waiting = OutboxMessage.about.is_in([mails.about(request) for request in requests])
        await outbox.stop_matching(waiting, reason=reason, now=now)


async def _announce(statement: Statement, made: Manifest, *, text_hash: str, now: datetime) -> None:
    requests = await queries.requests_of(statement)
    organisations = {request.person: request.organisation for request in requests}
    signed, head = len(await queries.signatures_of(statement)), bundle.head_of(made)
    due: list[dispatching.Due] = []
    for number, person in (await _reachable(requests)).items():
        mail = mails.statement_published(
            statement,
            person,
            signed=signed,
            text_hash=text_hash,
            manifest_sha256=made.sha256,
            head=head,
        )
        due.append((mail, organisations[number]))
    await dispatching.dispatch(statement, due, now=now)


async def _reachable(requests: Sequence[SigningRequest]) -> dict[int, Person]:
    """Who was asked and has not left since, by id."""
    asked = Person.id.is_in([request.person for request in requests] or [0])
    return {person.id: person for person in await Person.objects().where(asked & Person.ended_at.is_null())}
