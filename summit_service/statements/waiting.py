"""What of the joint statements waits: for the secretariat, and for the organisations that were asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from summit_service import zones
from summit_service.accounts.actor import Actor
from summit_service.journal.queries import ERASED
from summit_service.members import queries as members
from summit_service.statements import (
    comments,
    deadlines,
    delegations,
    disputes,
    queries,
    rules,
    second_person,
)
from summit_service.statements.disputes import WaitingDispute
from summit_service.statements.instead import unable_among, unwilling_among
from summit_service.statements.tables import SigningRequest, Statement
from summit_service.statements.undeliverable import lost_among
from summit_service.waiting import Waiting, at_most

SOON = timedelta(days=2)
MOST = 20


async def for_secretariat(now: datetime) -> list[Waiting]:
    """Disputes, wrong persons, undeliverable requests, and what each statement needs next."""
    statements = await queries.all_statements()
    asked = await queries.open_requests(statements)
    unanswered = [request for one in asked.values() for request in one]
    lost = await lost_among(unanswered)
    found = [_dispute(row) for row in await disputes.waiting_disputes()]
    for statement in statements:
        found += _next_step(statement, asked.get(statement.id, []), now)
    found += await _to_confirm(statements)
    found += await _to_answer(statements)
    titles = {statement.id: statement for statement in statements}
    undeliverable = [_undeliverable(request, titles[request.statement]) for request in lost]
    found += at_most(undeliverable, MOST, rest=_more_undeliverable)
    wrong = await queries.asked_wrongly()
    spared = {request.id for request in (*lost, *wrong)}
    others = [request for request in unanswered if request.id not in spared]
    return found + await _nobody_who_answers(wrong, others, titles, now)


async def _nobody_who_answers(
    wrong: Sequence[Any], requests: Sequence[SigningRequest], titles: Mapping[int, Statement], now: datetime
) -> list[Waiting]:
    """Where we ask the wrong person, or one who signs no more for the organisation, or has stopped our reminders."""
    left = await unable_among(requests, at=now)
    quiet = await unwilling_among([request for request in requests if request.id not in left])
    told = [request for request in requests if request.id in left or request.id in quiet]
    slugs = await members.slugs_of({request.organisation for request in (*wrong, *told)})
    kept = [
        _left(request, titles[request.statement], slugs)
        if request.id in left
        else _unwilling(request, titles[request.statement])
        for request in told
    ]
    return [_wrong_person(row, slugs) for row in wrong] + at_most(kept, MOST, rest=_more_to_ask)


def _left(request: SigningRequest, statement: Statement, slugs: Mapping[int, str]) -> Waiting:
    sentence = (
        f"{request.person_name} was asked to answer “{statement.title}” for {request.organisation_name} and does not "
        "sign for it any more. Nobody can answer until somebody else is asked."
    )
    url = _instead(statement, request, slugs)
    return Waiting(
        1, sentence, url, "Ask somebody else", since=request.created_at, which=f"request {request.id}"
    )


def _unwilling(request: SigningRequest, statement: Statement) -> Waiting:
    sentence = (
        f"{request.person_name} has stopped our reminders and has not answered “{statement.title}” for "
        f"{request.organisation_name}. Write to them yourself."
    )
    url = f"/desk/statements/{statement.slug}"
    return Waiting(2, sentence, url, "See the board", since=request.created_at, which=f"request {request.id}")


def _more_to_ask(count: int) -> Waiting:
    told = "1 more organisation waits" if count == 1 else f"{count} more organisations wait"
    return Waiting(
        1, f"{told} for another signatory, or for your own reminder.", "/desk/statements", "See the boards"
    )


def _instead(statement: Statement, request: SigningRequest, slugs: Mapping[int, str]) -> str:
    board = f"/desk/statements/{statement.slug}"
    slug = slugs.get(request.organisation)
    return f"{board}/asked/{slug}" if slug else board


async def _to_confirm(statements: Sequence[Statement]) -> list[Waiting]:
    """Texts that one of the secretariat wants to freeze, where that takes two."""
    if not await second_person.is_needed():
        return []
    proposed = await second_person.proposals_among(statements)
    return [
        Waiting(
            1,
            f"The text of “{statement.title}” is to be frozen, and a second person confirms it.",
            f"/desk/statements/{statement.slug}/freeze",
            "Confirm",
            since=proposed[statement.id].created_at,
        )
        for statement in statements
        if statement.id in proposed
    ]


async def _to_answer(statements: Sequence[Statement]) -> list[Waiting]:
    """Comments without an answer, once their time is over: without it the text cannot be frozen."""
    revised = [statement for statement in statements if statement.state == "revising"]
    unanswered = await comments.waiting_among(revised)
    return [
        Waiting(
            2,
            f"{_comments(count)} on “{statement.title}”, which is being revised.",
            f"/desk/statements/{statement.slug}/comments",
            "Answer them",
            since=statement.updated_at,
            count=count,
        )
        for statement in revised
        if (count := unanswered.get(statement.id, 0))
    ]


def _comments(count: int) -> str:
    return "1 comment without an answer" if count == 1 else f"{count} comments without an answer"


async def for_contact(actor: Actor, *, now: datetime) -> list[Waiting]:
    """Who was named to answer for an organisation whose main contact this person is; the mailed link confirms."""
    return [
        Waiting(
            1,
            f"{one.name} is named to answer “{one.title}” for {one.organisation}. The link to confirm or refuse is in "
            f"our mail to you of {zones.short_day(one.proposed_at.date())}.",
            f"/statements/{one.slug}",
            "Read about it",
            since=one.proposed_at,
            which=f"delegation {one.id}",
        )
        for one in await delegations.to_confirm(actor, now=now, limit=MOST)
    ]


async def for_member(actor: Actor, *, now: datetime) -> list[Waiting]:
    """Statements without the answer of an organisation that this person represents."""
    open_ones = [
        row
        for row in await queries.public_statements()
        if rules.is_open(row.state, deadlines.end_of(row), now=now)
    ]
    asked = await queries.open_requests(open_ones)
    return [
        _not_answered(request, statement, now)
        for statement in open_ones
        for request in asked[statement.id]
        if request.organisation in actor.represents
    ]


def _not_answered(request: SigningRequest, statement: Statement, now: datetime) -> Waiting:
    sentence = (
        f"{request.organisation_name} has not answered “{statement.title}”. {request.person_name} has a "
        f"personal link by mail; the deadline is {_until(statement, now)}."
    )
    return Waiting(1, sentence, f"/statements/{statement.slug}", "Read about it", since=request.created_at)


def _next_step(statement: Statement, missing: Sequence[SigningRequest], now: datetime) -> list[Waiting]:
    """What brings a statement on from its state."""
    url = f"/desk/statements/{statement.slug}"
    if statement.state == "frozen":
        sentence = f"“{statement.title}” is frozen. Its signatories have not been asked yet."
        return [Waiting(2, sentence, url, "Open for signing")]
    if statement.state in {"closed", "adopted"}:
        sentence = f"“{statement.title}” is closed and not published."
        return [Waiting(1, sentence, url, "Publish", since=statement.closes_at)]
    return [_unanswered(statement, missing, url, now)] if statement.state == "signing" else []


def _unanswered(statement: Statement, missing: Sequence[SigningRequest], url: str, now: datetime) -> Waiting:
    if not rules.is_open(statement.state, deadlines.end_of(statement), now=now):
        return Waiting(
            0,
            f"The signing of “{statement.title}” is over.",
            url,
            "Close and count",
            since=deadlines.end_of(statement),
        )
    if not missing:
        return Waiting(1, f"Everybody has answered “{statement.title}”.", url, "Close and count")
    urgency = 0 if statement.closes_at - now <= SOON else 3
    have, count = (
        ("has", missing[0].organisation_name)
        if len(missing) == 1
        else ("have", f"{len(missing)} organisations")
    )
    sentence = f"{count} {have} not answered “{statement.title}”; the deadline is {_until(statement, now)}."
    return Waiting(urgency, sentence, url, "Remind", count=len(missing))


def _until(statement: Statement, now: datetime) -> str:
    if statement.closes_at is None:
        return "not set"
    days = (statement.closes_at - now) // timedelta(days=1)
    when = zones.long_deadline(statement.closes_at, statement.closes_timezone)
    left = "within a day" if days < 1 else "in 1 day" if days == 1 else f"in {days} days"
    return f"{left} ({when})"


def _undeliverable(request: SigningRequest, statement: Statement) -> Waiting:
    """A request that has reached nobody; it is never counted as consent."""
    sentence = (
        f"The request to {request.person_name} of {request.organisation_name} to answer “{statement.title}” "
        "is undeliverable. Ask them for another address, or for another signatory."
    )
    url = f"/desk/statements/{statement.slug}"
    return Waiting(0, sentence, url, "See why", since=request.last_mailed_at, which=f"request {request.id}")


def _more_undeliverable(count: int) -> Waiting:
    told = "1 more request to sign is" if count == 1 else f"{count} more requests to sign are"
    return Waiting(0, f"{told} undeliverable.", "/desk/statements", "See the boards", count=count)


def _wrong_person(row: Any, slugs: Mapping[int, str]) -> Waiting:
    title, name, url = row.statement.title, row.organisation_name, _instead(row.statement, row, slugs)
    if row.person_name == ERASED:
        sentence = (
            f"Whoever was asked to answer “{title}” for {name} has had their data erased. Nobody can answer for it "
            "until somebody else is asked."
        )
        return Waiting(
            1, sentence, url, "Ask somebody else", since=row.wrong_person_at, which=f"request {row.id}"
        )
    said = f" They write: “{row.wrong_person_words[:200]}”" if row.wrong_person_words else ""
    sentence = f"{row.person_name} says that somebody else answers “{title}” for {name}.{said}"
    return Waiting(
        1, sentence, url, "Ask somebody else", since=row.wrong_person_at, which=f"request {row.id}"
    )


def _dispute(row: WaitingDispute) -> Waiting:
    sentence = (
        f"{row.name} disputes the answer of {row.organisation} to “{row.title}”, which waits for your word."
    )
    return Waiting(0, sentence, f"/desk/disputes/{row.id}", "Look into it")
