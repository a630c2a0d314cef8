"""Circulating a draft: who is asked to comment, what they read last, and what their link opens."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from summit_service import links
from summit_service.accounts.actor import Actor
from summit_service.accounts.tables import Person
from summit_service.links import Link
from summit_service.members import queries as members
from summit_service.members.rules import is_standing_of_member
from summit_service.members.tables import Organisation, Role
from summit_service.statements import policy, queries, rules
from summit_service.statements.comment_tables import Comment
from summit_service.statements.tables import LedgerEntry, Statement, TextVersion

PURPOSE = "comment"


@dataclass(frozen=True, slots=True)
class Asked:
    """A person who is asked to comment for an organisation."""

    organisation: Organisation
    person: Person

    def subject(self, statement: Statement, circulated: int) -> str:
        """What the link in their mail opens; `circulated` is the number of the circulation's ledger entry."""
        return f"{statement.id}:{self.organisation.id}:{self.person.id}:{circulated}"


@dataclass(frozen=True, slots=True)
class Opened:
    """What a circulation link opens: a draft, and for whom its holder comments.

    `has_ended` is true when the statement was circulated anew since, or was given up, or its holder `has_left`: has no
    role in the organisation any more, or that is no member. Then nothing is shown of what either has said.
    """

    statement: Statement
    organisation: Organisation
    actor: Actor
    has_ended: bool
    has_left: bool = False


async def asked() -> list[Asked]:
    """The representatives and signatories of every member, each once for each organisation."""
    organisations = {one.id: one for one in await members.all_members()}
    mine: Any = Role.organisation.is_in(list(organisations) or [0])
    mine = mine & Role.ended_at.is_null() & Role.is_proposed.eq(False)
    rows: Any = await Role.objects(Role.person).where(mine).order_by(Role.id)
    found = {(row.organisation, row.person.id): row.person for row in rows}
    return [Asked(organisations[organisation], person) for (organisation, _), person in found.items()]


async def commenters(statement: Statement) -> list[Asked]:
    """Those who are asked for an organisation that has said something about the draft."""
    rows = await Comment.select(Comment.organisation).where(Comment.statement == statement.id)
    speakers = {row["organisation"] for row in rows}
    return [one for one in await asked() if one.organisation.id in speakers]


async def circulations(statement: Statement) -> list[LedgerEntry]:
    """Each time that members were asked to comment, the first one first; its `seq` is in that time's links."""
    mine = (LedgerEntry.statement == statement.id) & (LedgerEntry.kind == "consulting")
    return list(await LedgerEntry.objects().where(mine).order_by(LedgerEntry.seq))


async def freezable_from(statement: Statement) -> datetime | None:
    """When the days end that members have for the draft that was circulated last; None where they have none."""
    days = policy.consultation_days(statement.policy)
    if not days:
        return None
    sent = await circulations(statement)
    return sent[-1].created_at + timedelta(days=days) if sent else None


async def last_circulated(statement: Statement) -> list[TextVersion]:
    """The versions that members were asked to comment on last; none before the first time."""
    entries = await circulations(statement)
    if not entries:
        return []
    texts = {(text["lang"], text["n"]) for text in json.loads(entries[-1].content)["body"].get("texts", [])}
    return [v for v in await queries.versions_of(statement) if (v.language, v.n) in texts]


async def seen_before(
    statement: Statement, organisations: Iterable[int], text: TextVersion
) -> TextVersion | None:
    """The last version in the text's language, earlier than it, that one of these organisations was mailed."""
    mine = [Link.subject.like(f"{statement.id}:{organisation}:%") for organisation in organisations]
    if not mine:
        return None
    rows = await Link.select(Link.subject).where(Link.purpose == PURPOSE, reduce(or_, mine))
    mailed = {int(row["subject"].split(":")[-1]) for row in rows}
    entries = [entry for entry in await circulations(statement) if entry.seq in mailed]
    told = [part for entry in entries for part in json.loads(entry.content)["body"].get("texts", [])]
    numbers = [part["n"] for part in told if part["lang"] == text.language and part["n"] < text.n]
    found = [v for v in await queries.versions_of(statement) if v.language == text.language]
    return next((v for v in found if numbers and v.n == numbers[-1]), None)


def counting(versions: Sequence[TextVersion]) -> TextVersion | None:
    """The text that counts among them, or else the first."""
    return next((v for v in versions if v.role in rules.SIGNED_ROLES), versions[0] if versions else None)


async def opened(token: str, *, now: datetime) -> Opened | None:
    """What the link opens; None for one that is unknown, expired or ended."""
    link = await links.find_live(PURPOSE, token, now=now)
    parts = link.subject.split(":") if link else []
    if len(parts) != 4:
        return None
    statement_id, organisation_id, person_id, circulated = map(int, parts)
    statement = await Statement.objects().where(Statement.id == statement_id).first()
    organisation = await members.organisation_by_id(organisation_id)
    person = await Person.objects().where(Person.id == person_id).first()
    if statement is None or organisation is None or person is None:
        return None
    if person.ended_at is not None:
        return None
    has_left = not await _speaks_for(organisation, person)
    actor = Actor(
        person_id=person.id,
        name=person.name,
        email=person.email,
        timezone=person.timezone,
        represents=frozenset() if has_left else frozenset({organisation.id}),
        member_of=frozenset() if has_left else frozenset({organisation.id}),
        via="link",
    )
    newest = (await circulations(statement))[-1].seq
    has_ended = has_left or circulated != newest or statement.state == "cancelled"
    return Opened(statement, organisation, actor, has_ended, has_left)


async def end_links_of(person: Person, *, reason: str, now: datetime) -> None:
    """Every link of this person to a draft opens nothing from now on; in the caller's transaction."""
    theirs = Link.subject.like(f"%:%:{person.id}:%") & (Link.purpose == PURPOSE) & Link.ended_at.is_null()
    await Link.update({Link.ended_at: now, Link.ended_reason: reason}).where(theirs)


async def _speaks_for(organisation: Organisation, person: Person) -> bool:
    """Whether the person still has a role in the organisation, and that one is a member or associate."""
    here = (Role.person == person.id) & (Role.organisation == organisation.id)
    has_role = await Role.exists().where(here, Role.ended_at.is_null(), Role.is_proposed.eq(False))
    return bool(has_role) and is_standing_of_member(organisation.standing)
