"""An organisation wants to apply for a call with others, changes its mind, and is forgotten in time."""

from __future__ import annotations

from datetime import datetime

from summit_service import db, journal
from summit_service.accounts.actor import Actor, check_acts_for, check_manages, check_signed_in
from summit_service.funding import queries, rules
from summit_service.funding.rules import Interest
from summit_service.funding.tables import FundingCall, FundingInterest
from summit_service.members import queries as members


async def join_in(
    call: str, interest: Interest, *, organisation: str = "", actor: Actor, now: datetime
) -> None:
    """Say that an organisation (slug or name) wants to apply, and how; said again, the words change.

    Raises NotSignedIn, NotFound, NotAllowed, Conflict once the deadline has passed, Invalid with every fault.
    """
    check_signed_in(actor)
    wishing = await members.organisation_for(organisation, actor)
    check_acts_for(actor, wishing.id)
    clean = rules.checked_interest(interest)
    async with db.transaction():
        row = await _locked(call, actor)
        rules.check_open(row.state, row.deadline_instant, now=now)
        found = await _standing(row.id, wishing.id)
        if found is None:
            found = FundingInterest(call=row.id, organisation=wishing.id, created_at=now)
        if (found.role, found.brings, found.contact) != (clean.role, clean.brings, clean.contact):
            found.role, found.brings, found.contact = clean.role, clean.brings, clean.contact
            found.person, found.changed_at = actor.person_id, now
            await found.save()
            await journal.note("funding.joined", actor, row.slug, row.title, now=now, detail=wishing.name)


async def step_back(call: str, *, organisation: str = "", actor: Actor, now: datetime) -> None:
    """Take back that an organisation wants to apply: its words are gone at once. Twice is once."""
    check_signed_in(actor)
    wishing = await members.organisation_for(organisation, actor)
    check_manages(actor, wishing.id)
    async with db.transaction():
        row = await _locked(call, actor)
        found = await _standing(row.id, wishing.id)
        if found is not None:
            found.withdrawn_at, found.brings, found.contact = now, "", ""
            await found.save()
            await journal.note(
                "funding.stepped_back", actor, row.slug, row.title, now=now, detail=wishing.name
            )


async def forget_contacts(now: datetime) -> int:
    """Housekeeping: a year after a deadline nobody needs whom to write to; how many were erased."""
    over = FundingInterest.call.deadline_instant <= rules.contacts_end_before(now)
    rows = await FundingInterest.select(FundingInterest.id).where(over & (FundingInterest.contact != ""))
    ids = [row["id"] for row in rows]
    if ids:
        await FundingInterest.update({FundingInterest.contact: ""}).where(FundingInterest.id.is_in(ids))
    return len(ids)


async def _locked(slug: str, actor: Actor) -> FundingCall:
    found = await queries.call_by_slug(slug, viewer=actor)
    row = await db.for_update(FundingCall.objects().where(FundingCall.id == found.id)).first()
    if row is None:
        raise RuntimeError("a call is never deleted")
    return row


async def _standing(call_id: int, organisation_id: int) -> FundingInterest | None:
    return (
        await FundingInterest.objects()
        .where(
            (FundingInterest.call == call_id)
            & (FundingInterest.organisation == organisation_id)
            & FundingInterest.withdrawn_at.is_null()
        )
        .first()
    )
