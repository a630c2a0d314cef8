"""Making and changing a call, and asking people to review."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from summit_service import db, journal, zones
from summit_service.accounts import queries as accounts
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.accounts.tables import Person
from summit_service.contributions import mails, queries, rules
from summit_service.contributions.queries import OpenCall
from summit_service.contributions.rules import CallForm
from summit_service.contributions.tables import Call, Reviewer
from summit_service.errors import Invalid
from summit_service.mail import outbox
from summit_service.summits import queries as summits
from summit_service.summits.tables import Edition


async def put_call(year: int, given: CallForm, *, actor: Actor, now: datetime) -> OpenCall:
    """Make the edition's call, or change it; what came in stays as it is. Raises Invalid and NotFound."""
    check_secretariat(actor)
    async with db.transaction():
        edition = await summits.locked_edition(year)
        await store_call(edition, given, now=now)
        await journal.note("summit.call_changed", actor, year, edition.title, now=now)
        return await queries.found_call(edition)


async def close_call(year: int, *, actor: Actor, now: datetime) -> OpenCall:
    """Take nothing more from this minute on; closed twice is closed once. A later day in the call opens it again."""
    check_secretariat(actor)
    async with db.transaction():
        edition = await summits.locked_edition(year)
        call = await queries.found_call(edition)
        if call.is_open(now):
            wall = zones.at_wall(now, edition.timezone).replace(second=0, microsecond=0)
            closed: dict[Any, Any] = {
                Call.closes_at: zones.wall_text(wall),
                Call.closes_instant: now.replace(second=0, microsecond=0),
                Call.updated_at: now,
            }
            await Call.update(closed).where(Call.id == call.row.id)
            await journal.note("summit.call_closed", actor, year, edition.title, now=now)
        return await queries.found_call(edition)


async def store_call(edition: Edition, given: CallForm, *, now: datetime) -> None:
    """As `put_call`, within a transaction that holds the edition's lock."""
    plan = rules.checked_call(given, timezone=edition.timezone, last_moment=summits.ends_instant(edition))
    values: dict[Any, Any] = {
        Call.intro: plan.intro,
        Call.kinds: msgspec.json.encode([(kind.name, kind.minutes) for kind in plan.kinds]).decode(),
        Call.themes: msgspec.json.encode(plan.themes).decode(),
        Call.limit_per_person: plan.limit_per_person,
        Call.most_words: plan.most_words,
        Call.closes_at: plan.closes_at,
        Call.closes_instant: plan.closes_instant,
        Call.is_blind: plan.is_blind,
        Call.updated_at: now,
    }
    if await Call.exists().where(Call.edition == edition.id):
        await Call.update(values).where(Call.edition == edition.id)
    else:
        await Call.insert(Call({**values, Call.edition: edition.id, Call.created_at: now}))


async def appoint_reviewer(year: int, email: str, *, actor: Actor, now: datetime) -> Person:
    """Ask somebody who is known to review, by mail; asked twice is asked once. Raises Invalid and NotFound."""
    check_secretariat(actor)
    async with db.transaction():
        edition = await summits.locked_edition(year)
        call = await queries.found_call(edition)
        person = await accounts.person_by_email(email)
        if person is None:
            raise Invalid.one(
                "email", "Nobody here has this address. Add the person to an organisation first."
            )
        live = (Reviewer.edition == edition.id) & (Reviewer.person == person.id) & Reviewer.ended_at.is_null()
        if not await Reviewer.exists().where(live):
            row = Reviewer(edition=edition.id, person=person.id, created_at=now)
            await row.save()
            await outbox.add(mails.review_request(person, call, number=row.id), now=now)
            await journal.note(
                "summit.reviewer_asked",
                actor,
                year,
                edition.title,
                now=now,
                subject=person.id,
                detail=person.name,
            )
        return person


async def end_reviewer(year: int, person_id: int, *, actor: Actor, now: datetime) -> None:
    """They review no more; what they wrote stays."""
    check_secretariat(actor)
    async with db.transaction():
        edition = await summits.locked_edition(year)
        await Reviewer.update({Reviewer.ended_at: now}).where(
            (Reviewer.edition == edition.id) & (Reviewer.person == person_id) & Reviewer.ended_at.is_null()
        )
        await outbox.stop(
            mails.about_reviewer(edition.id, person_id), reason="They do not review any more.", now=now
        )
        await journal.note("summit.reviewer_ended", actor, year, edition.title, now=now, subject=person_id)
