"""What a signing link opens: whose letter it is, and whether it can be answered now."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from summit_service import links
from summit_service.accounts.tables import Person
from summit_service.links import Link
from summit_service.members.rules import is_one_person
from summit_service.members.tables import Organisation, Role
from summit_service.statements import deadlines, queries, rules
from summit_service.statements.tables import Response, SigningRequest, Statement, TextSet
from summit_service.statements.tallying import SIGNING, WITHDRAWN

PURPOSE = "sign"
SUPERSEDED = "superseded"
CAN_ANSWER = frozenset({"open", "answered"})
CAN_JOIN, CAN_WITHDRAW = "can_join", "can_withdraw"
AFTERWARDS = frozenset({CAN_JOIN, CAN_WITHDRAW})
"""What is left to do after publication: sign late, where the policy lets members, or withdraw a signature."""
DELEGATED = "delegated"
DISPUTED = "disputed"
FOREIGN = frozenset({DELEGATED, DISPUTED})
"""Ends after which whoever holds the link has no business with the request: it names nobody, and shows no text."""
EXPLAINED = frozenset({SUPERSEDED, *FOREIGN})
"""Ends of a link that have a page of their own; a link that was ended for another reason opens nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a signing link opens.

    `standing` is open, answered, closed, superseded, cancelled, delegated, disputed, can_join or can_withdraw.

    `before` is a signature of the organisation to an earlier text.
    `request` has its rows resolved; `zone` is the one in which this person is told a time.
    """

    standing: str
    link: Link
    request: SigningRequest
    statement: Statement
    text_set: TextSet
    organisation: Organisation
    person: Person
    zone: str
    answer: Response | None
    before: queries.Before | None

    @property
    def is_own(self) -> bool:
        """Whether a member who is one person is asked themselves: their name is not printed twice."""
        return is_one_person(self.organisation.kind, self.request.organisation_name, self.request.person_name)

    printed: str
    """The name below the text, where the last answer is a signature; empty otherwise."""


async def letter_of(token: str, *, now: datetime) -> Letter | None:
    """What the link opens; None for unknown, malformed, expired and revoked ones, each after one look-up.

    While answers are taken, None too for somebody who does not sign for the organisation any more.
    """
    link = await links.find(PURPOSE, token)
    if link is None or is_dead(link, now=now):
        return None
    request: Any = await SigningRequest.objects().where(SigningRequest.id == int(link.subject)).first()
    if request is None:
        return None
    await _resolve(request)
    answer = (
        await Response.objects()
        .where(Response.request == request.id)
        .order_by(Response.id, ascending=False)
        .first()
    )
    standing = _standing(link, request, answer, now=now)
    if standing in CAN_ANSWER | AFTERWARDS and not await may_sign(request):
        if standing in CAN_ANSWER:
            return None
        standing = "closed"
    return Letter(
        standing=standing,
        link=link,
        request=request,
        statement=request.statement,
        text_set=request.text_set,
        organisation=request.organisation,
        person=request.person,
        zone=zone_of(request.person, request.organisation, request.statement),
        answer=answer,
        printed=await _printed(request.statement, answer),
        before=(await queries.signed_before(request.statement)).get(request.organisation.id),
    )


async def _resolve(request: Any) -> None:
    """Set the rows that it names in their places: one by one, which costs less than to put a join of them together."""
    request.statement = await Statement.objects().where(Statement.id == request.statement).first()
    request.text_set = await TextSet.objects().where(TextSet.id == request.text_set).first()
    request.organisation = await Organisation.objects().where(Organisation.id == request.organisation).first()
    request.person = await Person.objects().where(Person.id == request.person).first()


async def _printed(statement: Statement, answer: Response | None) -> str:
    if answer is None or answer.kind not in SIGNING:
        return ""
    return queries.printed_name(answer, await queries.corrections_of(statement))


async def may_sign(request: Any) -> bool:
    """Whether the person still signs for the organisation; a link outlives no role."""
    return bool(
        await Role.exists().where(
            Role.person == request.person.id,
            Role.organisation == request.organisation.id,
            Role.kind.is_in(["signatory", "alternate"]),
            Role.is_proposed == False,  # noqa: E712 - becomes SQL
            Role.ended_at.is_null(),
        )
    )


def zone_of(person: Person, organisation: Organisation, statement: Statement) -> str:
    """The zone in which a person is told a time: their own, their organisation's, or that of the deadline."""
    return str(person.timezone or organisation.timezone or statement.closes_timezone)


def is_dead(link: Link, *, now: datetime) -> bool:
    """Whether the link opens nothing at all: expired, or ended for a reason that has no page."""
    is_expired = link.expires_at is not None and link.expires_at <= now
    return is_expired or (link.ended_at is not None and link.ended_reason not in EXPLAINED)


def _standing(link: Link, request: Any, answer: Response | None, *, now: datetime) -> str:
    statement = request.statement
    if statement.state == "cancelled":
        return "cancelled"
    if link.ended_reason in {DELEGATED, DISPUTED}:
        return str(link.ended_reason)
    if (
        link.ended_at is not None
        or statement.state == "reworking"
        or statement.text_set != request.text_set.id
    ):
        return "superseded"
    if statement.state == "published":
        return _after_publication(statement, answer, now=now)
    if not rules.is_open(statement.state, deadlines.end_of(statement), now=now):
        return "closed"
    return "answered" if answer and not is_taken_off(answer) else "open"


def _after_publication(statement: Statement, answer: Response | None, *, now: datetime) -> str:
    if answer is not None and answer.kind in SIGNING:
        return CAN_WITHDRAW
    end = rules.late_end(statement.closes_at, json.loads(statement.policy).get("late_days"))
    return CAN_JOIN if end is not None and now < end else "closed"


def is_taken_off(answer: Response) -> bool:
    """Whether a dispute has ended the answer, so that the question is open again."""
    return bool(answer.kind == WITHDRAWN and answer.method != "mailed_link")
