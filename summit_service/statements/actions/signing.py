"""Asking every member's signatory, and asking again."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from summit_service import db
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.accounts.tables import Person
from summit_service.errors import Fault, Invalid
from summit_service.mail.outbox import Mail
from summit_service.members import queries as members
from summit_service.members.tables import Organisation
from summit_service.statements import deadlines, evidence, invitations, letters, mails, policy, queries, rules
from summit_service.statements.actions import dispatching, ledger
from summit_service.statements.tables import EligibleMember, SigningRequest, Statement

Asked = tuple[Organisation, Person]


@dataclass(frozen=True, slots=True)
class Reminded:
    """Which organisations were reminded, and why the others were not."""

    reminded: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...]


async def open_for_signing(
    slug: str,
    *,
    actor: Actor,
    now: datetime,
    closes_at: str = "",
    timezone: str = "",
    waived: Sequence[str] = (),
    policy_given: str | Mapping[str, Any] | None = None,
    late_days: str = "",
    early_end_days: str | None = None,
) -> Statement:
    """Ask each member's signatory by mail; `waived` are slugs of members that are not asked.

    `late_days` is for how many days after the deadline members may join a published statement, as typed;
    `early_end_days` after how many days signing may be ended with a reason, empty for never.
    The list of members, the policy and the requests are fixed here, with one mail each, in one transaction.
    """
    check_secretariat(actor)
    given = deadlines.read(closes_at, timezone) if closes_at else None
    new_policy = policy.read(policy_given) if policy_given is not None else None
    async with db.transaction():
        statement = await queries.locked(slug)
        rules.check_next(statement.state, "signing")
        _set_deadline(statement, given, now=now)
        if new_policy is not None:
            statement.policy = json.dumps(policy.as_consulted(new_policy, json.loads(statement.policy)))
        if late_days:
            statement.policy = json.dumps(policy.with_late_days(json.loads(statement.policy), late_days))
        if early_end_days is not None:
            given_policy = json.loads(statement.policy)
            statement.policy = json.dumps(policy.with_early_end(given_policy, early_end_days))
        asked, spared = await _sort_members(waived)
        _check_policy(statement, asked, now=now)
        await _freeze_list(statement, [organisation for organisation, _ in asked], spared)
        due = await _ask(statement, asked, now=now)
        await ledger.move(
            statement,
            "signing",
            await _opening_facts(statement),
            now=now,
            actor=actor,
            opened_at=now,
            policy=statement.policy,
            closes_wall=statement.closes_wall,
            closes_timezone=statement.closes_timezone,
            closes_at=statement.closes_at,
            ends_early_at=None,
        )
        await dispatching.dispatch(statement, due, now=now)
    return statement


def _set_deadline(statement: Statement, given: deadlines.Deadline | None, *, now: datetime) -> None:
    if given is not None:
        statement.closes_wall, statement.closes_timezone, statement.closes_at = (
            given.wall,
            given.timezone,
            given.at,
        )
    if statement.closes_at is None:
        raise Invalid.one("closes_at", "Say until when members may sign.")
    rules.check_deadline(statement.closes_at, now=now)


async def _sort_members(waived: Sequence[str]) -> tuple[list[Asked], list[Organisation]]:
    """Who is asked, with the person; who is waived. Raises Conflict naming those who have nobody."""
    prospects = await invitations.prospects()
    known = {prospect.organisation.slug for prospect in prospects}
    wrong = [slug for slug in waived if slug not in known]
    if wrong:
        raise Invalid(
            [Fault("waived", f"No member organisation has the address “{slug[:80]}”.") for slug in wrong]
        )
    spared = [prospect.organisation for prospect in prospects if prospect.organisation.slug in waived]
    rest = [prospect for prospect in prospects if prospect.organisation.slug not in waived]
    without = [prospect.organisation.name for prospect in rest if prospect.person is None]
    asked = [(prospect.organisation, prospect.person) for prospect in rest if prospect.person is not None]
    rules.check_somebody_signs(without, eligible=len(prospects), asked=len(asked))
    return asked, spared


def _check_policy(statement: Statement, asked: Sequence[Asked], *, now: datetime) -> None:
    """The policy fits who is asked and until when."""
    rule = json.loads(statement.policy)
    rules.check_silence(rule.get("silence_days"), statement.closes_at, now=now)
    rules.check_blocking(rule.get("blocking", []), {organisation.slug for organisation, _ in asked})


async def _freeze_list(statement: Statement, asked: list[Organisation], waived: list[Organisation]) -> None:
    rows = [
        EligibleMember(
            text_set=statement.text_set,
            organisation=organisation.id,
            name=_nfc(organisation.name),
            country=organisation.country,
            is_waived=is_waived,
        )
        for group, is_waived in ((asked, False), (waived, True))
        for organisation in group
    ]
    await EligibleMember.insert(*rows)


async def _ask(statement: Statement, asked: Sequence[Asked], *, now: datetime) -> list[dispatching.Due]:
    """Insert the requests; the mails that ask, for when the opening is written down."""
    text_set = await queries.text_set_of(statement)
    text_hash = text_set.sha256 if text_set else ""
    before = await queries.signed_before(statement)
    await SigningRequest.insert(
        *(
            SigningRequest(
                statement=statement.id,
                text_set=statement.text_set,
                organisation=organisation.id,
                organisation_name=_nfc(organisation.name),
                person=person.id,
                person_name=_nfc(person.name),
                created_at=now,
                mails=1,
                last_mailed_at=now,
            )
            for organisation, person in asked
        )
    )
    made = {request.organisation: request for request in await queries.requests_of(statement)}
    due: list[dispatching.Due] = []
    for organisation, person in asked:
        zone = letters.zone_of(person, organisation, statement)
        ask = mails.signing_again if organisation.id in before else mails.signing_request
        mail = ask(statement, made[organisation.id], person, text_hash=text_hash, zone=zone, n="1")
        due.append((mail, organisation.id))
    return due


def _nfc(name: str) -> str:
    return unicodedata.normalize("NFC", name)


async def _count_mail(request: SigningRequest, *, now: datetime) -> None:
    changed: dict[Any, Any] = {SigningRequest.mails: request.mails + 1, SigningRequest.last_mailed_at: now}
    await SigningRequest.update(changed).where(SigningRequest.id == request.id)


async def _opening_facts(statement: Statement) -> dict[str, Any]:
    text_set = await queries.text_set_of(statement)
    eligible = await queries.eligible_of(statement)
    return {
        "text_set": text_set.sha256 if text_set else "",
        "closes_at": evidence.moment(statement.closes_at),
        "policy": json.loads(statement.policy),
        "eligible": [
            {
                "organisation": row.organisation,
                "name": row.name,
                "country": row.country,
                "waived": row.is_waived,
            }
            for row in eligible
        ],
    }


async def remind(slug: str, *, actor: Actor, now: datetime) -> Reminded:
    """One mail to each who has not answered: one a day to a person, and six in all with the invitation."""
    check_secretariat(actor)
    async with db.transaction():
        statement = await queries.locked(slug)
        rules.check_open(statement.state, deadlines.end_of(statement), now=now)
        plan = await invitations.reminder_plan(statement, now=now)
        await _remind(statement, plan.due, now=now, actor=actor)
    return Reminded(tuple(request.organisation_name for request, _ in plan.due), plan.skipped)


async def _remind(
    statement: Statement,
    plan: Sequence[tuple[SigningRequest, Person]],
    *,
    now: datetime,
    actor: Actor | None = None,
) -> None:
    """One mail to each, and one entry for the round; none for nobody."""
    due = [(await _reminder(statement, request, person), request.organisation) for request, person in plan]
    facts = {"organisations": [request.organisation for request, _ in plan]}
    await dispatching.dispatch(statement, due, now=now, kind="reminded", facts=facts, actor=actor)
    for request, _ in plan:
        await _count_mail(request, now=now)


async def _reminder(statement: Statement, request: SigningRequest, person: Person) -> Mail:
    text_set = await queries.text_set_of(statement)
    organisation = await members.organisation_by_id(request.organisation)
    return mails.signing_reminder(
        statement,
        request,
        person,
        text_hash=text_set.sha256 if text_set else "",
        zone=letters.zone_of(person, organisation, statement) if organisation else statement.closes_timezone,
        in_reply_to=await invitations.thread_of(request),
    )


async def remind_as_wished(now: datetime) -> int:
    """One mail to each whose day has come and who has not answered; the wish is over with it."""
    due = (SigningRequest.remind_from <= now) & (SigningRequest.statement.state == "signing")
    rows = await SigningRequest.select(SigningRequest.id, SigningRequest.statement.slug).where(due)
    reminded = 0
    for slug in sorted({row["statement.slug"] for row in rows}):
        async with db.transaction():
            statement = await queries.locked(slug)
            plan = await invitations.reminder_plan(statement, now=now)
            wished = [(r, p) for r, p in plan.due if r.remind_from is not None]
            if not rules.is_open(statement.state, deadlines.end_of(statement), now=now):
                continue
            await _remind(statement, wished, now=now)
            for request, _ in wished:
                await SigningRequest.update({SigningRequest.remind_from: None}).where(
                    SigningRequest.id == request.id
                )
            reminded += len(wished)
    return reminded
