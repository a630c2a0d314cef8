"""Posting a call for funding and changing what is said of it; its deadline in the calendar moves with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from summit_service import db, journal, markup, settings, zones
from summit_service.accounts.actor import Actor, check_acts_for, check_signed_in
from summit_service.events.actions import deadlines
from summit_service.events.details import Details as EventDetails
from summit_service.funding import queries, rules
from summit_service.funding.queries import CallView
from summit_service.funding.rules import Details
from summit_service.funding.tables import FundingCall
from summit_service.members import queries as members
from summit_service.members.tables import Organisation


async def post(details: Details, *, organisation: str = "", actor: Actor, now: datetime) -> CallView:
    """Bring a call to the network; published, its deadline stands in the shared calendar.

    What a new organisation posts waits until the secretariat has confirmed it. Raises NotSignedIn, NotAllowed,
    or Invalid with every fault.
    """
    check_signed_in(actor)
    bringer = await members.organisation_for(organisation, actor)
    check_acts_for(actor, bringer.id)
    clean = rules.checked(details)
    rules.check_ahead(rules.deadline_of(clean), now=now)
    row = FundingCall(
        organisation=bringer.id,
        state=rules.first_state(is_new=bringer.is_new, is_trusted=actor.is_secretariat),
        created_by=actor.person_id,
        created_at=now,
        changed_at=now,
        **columns_of(clean),
    )
    async with db.transaction():
        await _insert(row)
        if row.state == "published":
            await set_deadline(row, bringer, actor=actor, now=now)
        await journal.note("funding.posted", actor, row.slug, row.title, now=now)
    return await queries.call_by_slug(row.slug, viewer=actor)


async def change(slug: str, changes: Mapping[str, Any], *, actor: Actor, now: datetime) -> CallView:
    """Change the named fields of `Details`; a change that changes nothing writes nothing.

    Raises NotFound, NotAllowed, Conflict for what is withdrawn, Invalid with every fault.
    """
    async with db.transaction():
        row, bringer = await queries.locked(slug, actor)
        rules.check_state(row.state, "waiting", "returned", "published")
        if row.state == "returned":
            check_acts_for(actor, bringer.id)
        before = queries.details_of(row)
        after = rules.checked(replace(before, **changes))
        if rules.deadline_of(after) != row.deadline_instant:
            rules.check_ahead(rules.deadline_of(after), now=now)
        state = row.state
        if state == "returned":
            state = rules.first_state(is_new=bringer.is_new, is_trusted=actor.is_secretariat)
        if after != before or state != row.state:
            for name, value in columns_of(after).items():
                setattr(row, name, value)
            row.state, row.reason, row.changed_at = state, "", max(now, row.changed_at)
            await row.save()
            if state == "published":
                await set_deadline(row, bringer, actor=actor, now=now)
            await journal.note("funding.changed", actor, row.slug, row.title, now=now)
    return await queries.call_by_slug(slug, viewer=actor)


async def set_deadline(row: FundingCall, bringer: Organisation, *, actor: Actor, now: datetime) -> None:
    """Its deadline in the calendar as the call has it now, in the caller's transaction."""
    event = _event_of(row)
    if row.event is None:
        row.event = await deadlines.post(event, organisation=bringer, actor=actor, now=now)
        await row.save()
    else:
        await deadlines.move(row.event, event, organisation=bringer, actor=actor, now=now)


def columns_of(details: Details) -> dict[str, Any]:
    """The details as they are kept, with what is found by."""
    names = ("title", "funder", "url", "currency", "deadline_at", "timezone", "summary")
    return {
        **{name: getattr(details, name) for name in names},
        "amount": int(details.amount) if details.amount else None,
        "countries": f",{','.join(details.countries)}," if details.countries else "",
        "deadline_instant": rules.deadline_of(details),
        "search": rules.search_text(details),
    }


def _event_of(row: FundingCall) -> EventDetails:
    """A whole day, so that it stands at the top of that day in every calendar."""
    details = queries.details_of(row)
    day = rules.last_day(details).isoformat()
    until = zones.long_deadline(rules.deadline_of(details), details.timezone)
    address = f"{settings.current().base_url}/funding/{row.slug}"
    return EventDetails(
        summary=f"Deadline: {details.title}",
        description=f"{details.funder}. Apply by {until}.\n\n{details.summary}",
        starts_at=day,
        ends_at=day,
        timezone=details.timezone,
        all_day=True,
        mode="online",
        online_url=details.url if len(details.url) <= 255 else "",
        url=address,
        categories=(rules.CATEGORY,),
    )


async def _insert(row: FundingCall) -> None:
    """A new call with an address of its own for ever: two of one title at once get different ones."""
    base, number = markup.slug(row.title), 0
    while True:
        number += 1
        row.slug = base if number == 1 else f"{base}-{number}"
        is_taken = await FundingCall.exists().where(FundingCall.slug == row.slug)
        if is_taken or row.slug in rules.RESERVED_SLUGS:
            continue
        try:
            with db.unique_violations():
                async with db.current_transaction().savepoint():
                    await row.save()
            return
        except db.UniqueViolation:
            continue
