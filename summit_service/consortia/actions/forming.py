"""A lead brings organisations together for a call, takes an invitation back, hands the lead on."""

from __future__ import annotations

from datetime import datetime

from summit_service import db
from summit_service.accounts.actor import Actor, check_acts_for, check_signed_in
from summit_service.consortia import mails, queries, rules
from summit_service.consortia.actions import writing
from summit_service.consortia.tables import Consortium, ConsortiumMember
from summit_service.errors import Conflict
from summit_service.funding import queries as funding
from summit_service.funding import rules as funding_rules
from summit_service.mail import outbox
from summit_service.members import queries as members

LEADS_ALREADY = "{} leads a consortium for this call already."
NOBODY = "Nobody represents {} yet, so nobody can answer. Ask the secretariat to name somebody."


async def begin(call: str, title: str, *, organisation: str = "", actor: Actor, now: datetime) -> int:
    """Begin a consortium for a call, led by an organisation (slug or name) of the actor's; its number.

    Raises NotSignedIn, NotFound, NotAllowed, Invalid, Conflict once the deadline has passed or where it leads one.
    """
    check_signed_in(actor)
    lead = await members.organisation_for(organisation, actor)
    check_acts_for(actor, lead.id)
    clean = rules.checked_title(title)
    found = await funding.call_by_slug(call, viewer=actor)
    funding_rules.check_open(found.state, found.deadline, now=now)
    row = Consortium(call=found.id, lead=lead.id, title=clean, created_at=now, changed_at=now)
    row.told_deadline = found.deadline
    async with db.transaction():
        try:
            with db.unique_violations():
                async with db.current_transaction().savepoint():
                    await row.save()
        except db.UniqueViolation:
            raise Conflict(LEADS_ALREADY.format(lead.name)) from None
        place = ConsortiumMember(
            consortium=row.id, organisation=lead.id, state="in", invited_at=now, answered_at=now
        )
        place.invited_by = place.answered_by = actor.person_id
        await place.save()
        await writing.note(row, "began", actor=actor, now=now, organisation=lead)
    return int(row.id)


async def invite(consortium_id: int, organisation: str, words: str, *, actor: Actor, now: datetime) -> None:
    """Invite an organisation (slug or name); its representatives get a mail.

    Raises NotFound for who is not in it, NotAllowed for partners, Invalid, Conflict where it is in or invited already,
    where nobody could answer, and once the deadline has passed.
    """
    clean = rules.checked_words(words)
    async with db.transaction():
        row = await writing.locked_lead(consortium_id, actor, now=now)
        invited = await members.organisation_called(organisation)
        one = await queries.brief_of(row.id)
        rules.check_forming(row.state)
        funding_rules.check_open(one.call_state, one.deadline, now=now)
        place = await queries.place_of(row.id, invited.id)
        count = sum(map(len, (await queries.organisations_in([row.id], *rules.OPEN_STATES)).values()))
        rules.check_invitable(
            invited.name, place.state if place else None, standing=invited.standing, count=count
        )
        made = ConsortiumMember(
            consortium=row.id,
            organisation=invited.id,
            state="invited",
            words=clean,
            invited_by=actor.person_id,
            invited_at=now,
        )
        await made.save()
        number = await writing.note(row, "invited", actor=actor, now=now, organisation=invited)
        if not await queries.representatives_of({invited.id}):
            raise Conflict(NOBODY.format(invited.name))
        await writing.tell(
            one,
            {invited.id},
            lambda person: mails.consortium_invited(
                one, person, organisation=invited.name, words=clean, place_id=made.id, number=number
            ),
            now=now,
        )


async def take_back(consortium_id: int, organisation: str, *, actor: Actor, now: datetime) -> None:
    """Take back an invitation that is not answered; its mail is stopped where it has not left."""
    async with db.transaction():
        row = await writing.locked_lead(consortium_id, actor, now=now)
        invited = await members.organisation_called(organisation)
        place = await queries.place_of(row.id, invited.id)
        rules.check_invited(place.state if place else None)
        if place is not None:
            place.state, place.ended_at = "taken_back", now
            await place.save()
            await outbox.stop(
                mails.about_invitation(place.id), reason="The invitation was taken back.", now=now
            )
            await writing.note(row, "taken_back", actor=actor, now=now, organisation=invited)


async def hand_over(consortium_id: int, organisation: str, *, actor: Actor, now: datetime) -> None:
    """Let a partner lead from now on; the lead before stays a partner. Raises Conflict for who is not in it."""
    async with db.transaction():
        row = await writing.locked_lead(consortium_id, actor, now=now)
        chosen = await members.organisation_called(organisation)
        place = await queries.place_of(row.id, chosen.id)
        if place is None or place.state != "in":
            raise Conflict(f"{chosen.name} is not in this consortium.")
        if chosen.id == row.lead:
            return
        if await Consortium.exists().where((Consortium.call == row.call) & (Consortium.lead == chosen.id)):
            raise Conflict(LEADS_ALREADY.format(chosen.name))
        row.lead, row.changed_at = chosen.id, now
        await row.save()
        await writing.note(row, "led", actor=actor, now=now, organisation=chosen)
