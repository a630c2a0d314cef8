"""Handing an organisation over to a successor: named by who leaves, confirmed by somebody else, done at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from summit_service import db, journal, markup
from summit_service.accounts.actions import lock_out
from summit_service.accounts.actor import Actor, check_signed_in
from summit_service.accounts.addresses import email_address, email_key
from summit_service.accounts.tables import Person
from summit_service.errors import Conflict, Fault, Invalid, NotAllowed, NotFound
from summit_service.mail import outbox
from summit_service.members import mails, queries, rules
from summit_service.members.actions.people import confirmation_by, find_or_make, give_roles
from summit_service.members.queries import Contact
from summit_service.members.tables import Handover, Organisation, Role
from summit_service.statements.actions.succession import hand_requests_over
from summit_service.waiting import Waiting

UNKNOWN = "There is no such hand-over."
MOST = 20
"""Hand-overs that a main contact is told of; an organisation with more has another trouble."""
NOTHING_LEFT = "Who leaves has no role here any more. Add the successor among the people instead."
DECIDED = "This hand-over has been decided already."


@dataclass(frozen=True, slots=True)
class Asked:
    """A hand-over with its organisation, and whether this reader may confirm it."""

    handover: Handover
    organisation: Organisation
    can_confirm: bool


async def ask(
    slug: str, *, name: str, email: str, leaver_id: int | None = None, actor: Actor, now: datetime
) -> Handover:
    """Name a successor: for oneself, or (the main contact and the secretariat) for somebody who has left.

    Where the actor may confirm it, it is done at once; else the main contact is asked, or, when they are the one
    who leaves, the secretariat. Raises NotFound, NotAllowed, Invalid, and Conflict while one waits already.
    """
    check_signed_in(actor)
    clean_name, clean_email = _checked(name, email)
    async with db.transaction():
        organisation = await _locked_organisation(slug)
        leaver = await _leaver(organisation, leaver_id or actor.person_id or 0, actor)
        rules.check_successor(email_key(leaver.email), email_key(clean_email))
        made = Handover(
            organisation=organisation.id,
            leaver=leaver.id,
            leaver_name=leaver.name,
            successor_name=clean_name,
            successor_email=clean_email,
            created_at=now,
        )
        try:
            with db.unique_violations():
                await made.save()
        except db.UniqueViolation as fault:
            raise Conflict("A successor has been named already, and waits to be confirmed.") from fault
        if await _can_confirm(actor, organisation, made):
            await _hand_over(made, organisation, leaver, actor=actor, now=now)
        else:
            await _tell_confirmers(made, organisation, leaver, now=now)
            await _note("handover_asked", organisation, leaver, actor=actor, now=now)
        return made


def _checked(name: str, email: str) -> tuple[str, str]:
    faults: list[Fault] = []
    clean_name = clean_email = ""
    try:
        clean_name = markup.one_line(name, field="name", longest=rules.LONGEST_NAME, name="The name")
    except Invalid as fault:
        faults.extend(fault.faults)
    try:
        clean_email = email_address(email)
    except Invalid as fault:
        faults.extend(fault.faults)
    if faults:
        raise Invalid(faults)
    return clean_name, clean_email


async def _locked_organisation(slug: str) -> Organisation:
    found = await db.for_update(Organisation.objects().where(Organisation.slug == slug)).first()
    if found is None:
        raise NotFound("There is no such organisation.")
    return found


async def _leaver(organisation: Organisation, person_id: int, actor: Actor) -> Person:
    """Who leaves; somebody with a role there."""
    is_own = person_id == actor.person_id
    if is_own and actor.is_secretariat and not await queries.roles_of(person_id, organisation.id):
        raise Invalid.one("leaver", "Say who leaves: you have no role here yourself.")
    may_act = is_own or actor.is_secretariat or await queries.is_contact(actor, organisation)
    if not may_act or (is_own and not await queries.roles_of(person_id, organisation.id)):
        raise NotAllowed(
            "Only somebody who acts for this organisation, or the secretariat, can hand it over."
        )
    person = await Person.objects().where(Person.id == person_id).first()
    if person is None or not await queries.roles_of(person_id, organisation.id):
        raise NotFound("This person has no role in this organisation.")
    return person


async def _can_confirm(actor: Actor, organisation: Organisation, handover: Handover) -> bool:
    is_own = handover.leaver == actor.person_id
    return actor.is_secretariat or (not is_own and await queries.is_contact(actor, organisation))


async def _tell_confirmers(
    handover: Handover, organisation: Organisation, leaver: Person, *, now: datetime
) -> None:
    confirmer = await queries.confirmer_of(organisation)
    if confirmer is not None and confirmer.person_id != leaver.id:
        why = f"you are the main contact of {organisation.name}."
        to = Contact(confirmer.name, confirmer.email)
        await outbox.add(mails.handover_asked(handover, organisation, contact=to, why=why), now=now)
        return
    for person in await queries.secretariat():
        to = Contact(person.name, person.email)
        why = f"you are in the secretariat, and the main contact of {organisation.name} is who leaves."
        await outbox.add(mails.handover_asked(handover, organisation, contact=to, why=why), now=now)


async def one(slug: str, handover_id: int, *, actor: Actor) -> Asked:
    """A hand-over for who may confirm it, and for who leaves; raises NotFound and NotAllowed."""
    check_signed_in(actor)
    organisation = await queries.organisation_by_slug(slug)
    handover = await Handover.objects().where(Handover.id == handover_id).first()
    if organisation is None or handover is None or handover.organisation != organisation.id:
        raise NotFound(UNKNOWN)
    can_confirm = await _can_confirm(actor, organisation, handover)
    if not can_confirm and handover.leaver != actor.person_id:
        raise NotAllowed("Only the main contact of this organisation or the secretariat can look at this.")
    return Asked(handover, organisation, can_confirm)


async def of_organisation(slug: str, *, actor: Actor) -> list[Asked]:
    """All of it for who may confirm them, else one's own, the newest first; raises NotFound and NotAllowed."""
    check_signed_in(actor)
    organisation = await queries.organisation_by_slug(slug)
    if organisation is None:
        raise NotFound("There is no such organisation.")
    sees_all = actor.is_secretariat or await queries.is_contact(actor, organisation)
    if not sees_all and organisation.id not in actor.represents:
        raise NotAllowed("Only representatives of this organisation and the secretariat can look at this.")
    here = Handover.organisation == organisation.id
    theirs = here if sees_all else here & (Handover.leaver == actor.person_id)
    return [
        Asked(row, organisation, actor.is_secretariat or (sees_all and row.leaver != actor.person_id))
        for row in await Handover.objects().where(theirs).order_by(Handover.id, ascending=False)
    ]


async def decide(slug: str, handover_id: int, *, confirmed: bool, actor: Actor, now: datetime) -> Handover:
    """Confirm or refuse. Confirmed, the successor has the roles and the leaver's links are dead, all at once.

    Raises NotFound, NotAllowed, and Conflict when it was decided before.
    """
    check_signed_in(actor)
    async with db.transaction():
        organisation = await _locked_organisation(slug)
        handover = await db.for_update(Handover.objects().where(Handover.id == handover_id)).first()
        if handover is None or handover.organisation != organisation.id:
            raise NotFound(UNKNOWN)
        rules.check_can_confirm(
            is_contact=await queries.is_contact(actor, organisation),
            is_secretariat=actor.is_secretariat,
            is_own=handover.leaver == actor.person_id,
        )
        if handover.decided_at is not None:
            raise Conflict(DECIDED)
        leaver = await Person.objects().get(Person.id == handover.leaver)
        if leaver is None:
            raise NotFound(UNKNOWN)
        if confirmed:
            await _hand_over(handover, organisation, leaver, actor=actor, now=now)
        else:
            await _settle(handover, organisation, leaver, outcome="refused", actor=actor, now=now)
        return handover


async def _hand_over(
    handover: Handover, organisation: Organisation, leaver: Person, *, actor: Actor, now: datetime
) -> None:
    kinds = await queries.roles_of(leaver.id, organisation.id)
    if not kinds:
        raise Conflict(NOTHING_LEFT)
    successor = await find_or_make(handover.successor_name, handover.successor_email, now=now)
    here = (Role.person == leaver.id) & (Role.organisation == organisation.id) & Role.ended_at.is_null()
    await Role.update({Role.ended_at: now}).where(here)
    confirmed = await confirmation_by(actor, organisation, now=now)
    await give_roles(successor.id, kinds, organisation_id=organisation.id, confirmed=confirmed, now=now)
    await lock_out(leaver.id, now=now)
    if not await queries.memberships_of(leaver.id):
        await leaver.update_self({Person.ended_at: now})
    if email_key(organisation.contact_email) == email_key(leaver.email):
        changed: dict[Any, Any] = {
            Organisation.contact_name: successor.name,
            Organisation.contact_email: successor.email,
            Organisation.updated_at: now,
        }
        await organisation.update_self(changed)
    await hand_requests_over(organisation, leaver, successor, now=now)
    invited_by = leaver.name if actor.person_id in {leaver.id, None} else actor.name
    cause = f"handover:{handover.id}"
    await outbox.add(
        mails.role_invitation(successor, organisation, kinds, invited_by=invited_by, cause=cause), now=now
    )
    await _settle(handover, organisation, leaver, outcome="confirmed", actor=actor, now=now)


async def _settle(
    handover: Handover,
    organisation: Organisation,
    leaver: Person,
    *,
    outcome: str,
    actor: Actor,
    now: datetime,
) -> None:
    await handover.update_self(
        {Handover.outcome: outcome, Handover.decided_at: now, Handover.decided_by: actor.person_id}
    )
    await outbox.stop(mails.about(handover), reason="It has been decided.", now=now)
    await outbox.add(mails.handover_decided(handover, organisation, leaver, now=now), now=now)
    verb = "handed_over" if outcome == "confirmed" else "handover_refused"
    await _note(verb, organisation, leaver, actor=actor, now=now)


async def _note(
    verb: str, organisation: Organisation, leaver: Person, *, actor: Actor, now: datetime
) -> None:
    told = f"organisation.{verb}"
    detail = f"of {leaver.name}"
    await journal.note(
        told, actor, organisation.slug, organisation.name, now=now, subject=leaver.id, detail=detail
    )


async def for_secretariat(now: datetime) -> list[Waiting]:
    """Hand-overs that nobody has decided, the longest waiting first."""
    return _waiting(
        await Handover.objects(Handover.organisation)
        .where(Handover.decided_at.is_null())
        .order_by(Handover.id)
    )


async def for_contact(actor: Actor, *, now: datetime) -> list[Waiting]:
    """Those of others where this person is the main contact."""
    mine = await queries.confirmed_by(actor)
    if not mine:
        return []
    theirs = Handover.organisation.is_in(mine) & (Handover.leaver != actor.person_id)
    return _waiting(
        await Handover.objects(Handover.organisation)
        .where(theirs & Handover.decided_at.is_null())
        .order_by(Handover.id)
        .limit(MOST)
    )


def _waiting(rows: Any) -> list[Waiting]:
    return [
        Waiting(
            2,
            f"{row.leaver_name} leaves {row.organisation.name} and names {row.successor_name} as successor.",
            f"/organisations/{row.organisation.slug}/handovers/{row.id}",
            "Confirm or refuse",
            since=row.created_at,
        )
        for row in rows
    ]
