"""Adding people to organisations, and ending what they may do there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from piccolo.query.functions import Lower

from summit_service import db, journal, markup
from summit_service.accounts.actor import OPERATOR, Actor, check_manages, check_secretariat, check_signed_in
from summit_service.accounts.addresses import email_address, email_key
from summit_service.accounts.tables import Person
from summit_service.errors import Fault, Invalid, NotFound
from summit_service.mail import outbox
from summit_service.members import mails, queries, rules
from summit_service.members.queries import Contact
from summit_service.members.tables import Handover, Organisation, Role

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Added:
    """A person as they are now, with all their live roles in the organisation (or in the network)."""

    person: Person
    organisation: Organisation | None
    roles: tuple[str, ...]


async def add_person(
    *, name: str, email: str, organisation: str | None, roles: Sequence[str], actor: Actor, now: datetime
) -> Added:
    """Give somebody roles in the organisation with this slug; one who is known already keeps their name.

    What is new is mailed to them, with a link to sign in. A signatory or alternate whom neither the main contact
    nor the secretariat has named is only proposed; the main contact is asked to confirm. Without an organisation
    (the secretariat alone may) the person is only made known. Raises NotFound for an unknown organisation,
    NotAllowed for somebody else's, and Invalid.
    """
    check_signed_in(actor)
    if organisation is None:
        check_secretariat(actor)
    check_roles = _no_roles if organisation is None else rules.check_roles
    clean_name, clean_email, kinds = _checked(name, email, lambda: check_roles(roles))
    async with db.transaction():
        found = await _managed(organisation, actor) if organisation is not None else None
        person = await find_or_make(clean_name, clean_email, now=now)
        if found is not None:
            await _invite(person, found, kinds, actor=actor, now=now)
            told = f"{person.name}, {', '.join(kinds)}"
            await journal.note(
                "organisation.role_given",
                actor,
                found.slug,
                found.name,
                now=now,
                subject=person.id,
                detail=told,
            )
        else:
            await journal.note("person.added", actor, person.id, person.name, now=now, subject=person.id)
        return Added(person, found, await queries.roles_of(person.id, found.id if found else None))


async def _invite(
    person: Person, organisation: Organisation, kinds: Sequence[str], *, actor: Actor, now: datetime
) -> None:
    """Give the roles that are new, and tell whoever has to know; the command line mails nobody."""
    confirmed = await confirmation_by(actor, organisation, now=now)
    made = await give_roles(person.id, kinds, organisation_id=organisation.id, confirmed=confirmed, now=now)
    if actor.via == "cli":
        return
    live = [role.kind for role in made if not role.is_proposed]
    if live and person.id != actor.person_id:
        cause = str(min(role.id for role in made))
        await outbox.add(
            mails.role_invitation(person, organisation, live, invited_by=actor.name, cause=cause), now=now
        )
    confirmer = await queries.confirmer_of(organisation)
    for role in made:
        if role.is_proposed and confirmer is not None:
            to = Contact(confirmer.name, confirmer.email)
            mail = mails.role_proposed(role, person, organisation, contact=to, by=actor.name)
            await outbox.add(mail, now=now)


async def confirm_role(role_id: int, *, organisation: str, actor: Actor, now: datetime) -> None:
    """Let a signatory or alternate who was proposed sign from now on, and tell them.

    For the main contact and the secretariat. Raises NotFound for a role that is not proposed, and NotAllowed.
    """
    check_signed_in(actor)
    async with db.transaction():
        found = await _managed(organisation, actor)
        is_contact = await queries.is_contact(actor, found)
        here = (Role.organisation == found.id) & Role.ended_at.is_null() & Role.is_proposed.eq(True)
        role = await db.for_update(Role.objects().where(here & (Role.id == role_id))).first()
        if role is None:
            raise NotFound("This role does not wait to be confirmed.")
        rules.check_can_confirm(
            is_contact=is_contact, is_secretariat=actor.is_secretariat, is_own=role.person == actor.person_id
        )
        confirmed = await confirmation_by(actor, found, now=now)
        await role.update_self({Role.is_proposed: False, **_columns(confirmed)})
        person = await Person.objects().where(Person.id == role.person).first()
        if person is not None:
            mail = mails.role_invitation(
                person, found, [role.kind], invited_by=actor.name, cause=f"{role.id}:confirmed"
            )
            await outbox.add(mail, now=now)
        await journal.note(
            "organisation.role_confirmed",
            actor,
            organisation,
            found.name,
            now=now,
            subject=role.person,
            detail=role.kind,
        )


async def confirmation_by(
    actor: Actor, organisation: Organisation, *, now: datetime
) -> rules.Confirmation | None:
    """What this actor's word about a signatory of the organisation is worth; None for who can only propose one."""
    is_contact = actor.is_signed_in and await queries.is_contact(actor, organisation)
    if not is_contact and not actor.is_secretariat:
        return None
    standing = "contact" if is_contact else "secretariat" if actor.is_signed_in else "operator"
    return rules.Confirmation(
        name=actor.name, person_id=actor.person_id, standing=standing, via=actor.via, at=now
    )


async def add_person_by_operator(
    *, email: str, name: str, organisation_slug: str | None = None, role: str | None = None, now: datetime
) -> Added:
    """What the command line adds: a role in an organisation, or `secretariat` for the network."""
    if role == rules.SECRETARIAT:
        if organisation_slug is not None:
            raise Invalid.one(
                "organisation", "The secretariat is of the network. Leave the organisation out."
            )
        clean_name, clean_email, _ = _checked(name, email, lambda: (role,))
        async with db.transaction():
            person = await find_or_make(clean_name, clean_email, now=now)
            await give_roles(person.id, [role], organisation_id=None, confirmed=None, now=now)
            told = f"{person.name}, {role}"
            await journal.note("network.role_given", OPERATOR, "", now=now, subject=person.id, detail=told)
            return Added(person, None, await queries.roles_of(person.id, None))
    if organisation_slug is None and role is not None:
        raise Invalid.one("organisation", f"Say of which organisation they are {role}.")
    wanted = [role] if role is not None else ["representative"] if organisation_slug is not None else []
    return await add_person(
        name=name, email=email, organisation=organisation_slug, roles=wanted, actor=OPERATOR, now=now
    )


def _no_roles(roles: Sequence[str]) -> tuple[str, ...]:
    if roles:
        raise Invalid.one("organisation", "Say in which organisation they have these roles.")
    return ()


def _checked(
    name: str, email: str, check_roles: Callable[[], tuple[str, ...]]
) -> tuple[str, str, tuple[str, ...]]:
    """Name, address and roles in their normal form, or the faults of all three."""
    faults: list[Fault] = []

    def attempt(check: Callable[[], T], otherwise: T) -> T:
        try:
            return check()
        except Invalid as fault:
            faults.extend(fault.faults)
            return otherwise

    longest = rules.LONGEST_NAME
    none: tuple[str, ...] = ()
    clean = (
        attempt(lambda: markup.one_line(name, field="name", longest=longest, name="The name"), ""),
        attempt(lambda: email_address(email), ""),
        attempt(check_roles, none),
    )
    if faults:
        raise Invalid(faults)
    return clean


async def _managed(slug: str, actor: Actor) -> Organisation:
    organisation = await queries.organisation_by_slug(slug)
    if organisation is None:
        raise NotFound("There is no such organisation.")
    check_manages(actor, organisation.id)
    return organisation


async def find_or_make(name: str, email: str, *, now: datetime) -> Person:
    """The person with this address, made known or taken back where needed, in the caller's transaction."""
    new = Person(name=name, email=email, created_at=now)
    await Person.insert(new).on_conflict(action="DO NOTHING")
    person = await Person.objects().where(Lower(Person.email) == email_key(email)).first()
    if person is None:
        raise RuntimeError("A person that was just added is not there.")
    if person.ended_at is not None:
        await person.update_self({Person.ended_at: None, Person.name: name})
    return person


async def give_roles(
    person_id: int,
    kinds: Collection[str],
    *,
    organisation_id: int | None,
    confirmed: rules.Confirmation | None,
    now: datetime,
) -> list[Role]:
    """Live roles for each kind; gives those that are new, or were only proposed until now.

    Who is to sign is proposed where nobody's word stands behind it. In the caller's transaction.
    """
    rows = [
        Role(
            person=person_id,
            organisation=organisation_id,
            kind=kind,
            is_proposed=kind in rules.SIGNING_ROLES and confirmed is None,
            created_at=now,
            **(
                {c._meta.name: v for c, v in _columns(confirmed).items()}
                if kind in rules.SIGNING_ROLES
                else {}
            ),
        )
        for kind in kinds
    ]
    if not rows:
        return []
    made = await Role.insert(*rows).on_conflict(action="DO NOTHING").returning(Role.id)
    if confirmed is not None:
        made += await _confirm_proposed(person_id, kinds, organisation_id, confirmed)
    ids = [row["id"] for row in made]
    return list(await Role.objects().where(Role.id.is_in(ids)).order_by(Role.id)) if ids else []


async def _confirm_proposed(
    person_id: int, kinds: Collection[str], organisation_id: int | None, confirmed: rules.Confirmation
) -> list[dict[str, Any]]:
    """Whoever may name them names somebody whom another has proposed."""
    here = (Role.person == person_id) & (Role.organisation == organisation_id) & Role.ended_at.is_null()
    waiting = here & Role.is_proposed.eq(True) & Role.kind.is_in(list(kinds))
    changed = {Role.is_proposed: False, **_columns(confirmed)}
    return list(await Role.update(changed).where(waiting).returning(Role.id))


def _columns(confirmed: rules.Confirmation | None) -> dict[Any, Any]:
    if confirmed is None:
        return {}
    return {
        Role.confirmed_at: confirmed.at,
        Role.confirmed_by: confirmed.person_id,
        Role.confirmed_name: confirmed.name,
        Role.confirmed_as: confirmed.standing,
        Role.confirmed_via: confirmed.via,
    }


async def end_role(role_id: int, *, organisation: str, actor: Actor, now: datetime) -> None:
    """End one role in the organisation with this slug; two at once cannot leave it without a representative.

    Raises NotFound for a role that is not of this organisation or has ended, NotAllowed and Conflict.
    """
    check_signed_in(actor)
    async with db.transaction():
        found = await db.for_update(Organisation.objects().where(Organisation.slug == organisation)).first()
        if found is None:
            raise NotFound("There is no such organisation.")
        check_manages(actor, found.id)
        here = (Role.organisation == found.id) & Role.ended_at.is_null()
        role = await Role.objects().where(here & (Role.id == role_id)).first()
        if role is None:
            raise NotFound("This role has ended already.")
        representatives = await Role.count().where(here & (Role.kind == "representative"))
        contact = await queries.confirmer_of(found)
        rules.check_can_end_role(
            role.kind,
            representatives=representatives,
            is_contacts=contact is not None and contact.person_id == role.person != actor.person_id,
            is_secretariat=actor.is_secretariat,
        )
        await role.update_self({Role.ended_at: now})
        left = await queries.roles_of(role.person, found.id)
        if not left:
            await _overtake_handover(role.person, found, actor=actor, now=now)
        await _tell_ended(role, found, left=left, actor=actor, now=now)
        await journal.note(
            "organisation.role_ended",
            actor,
            organisation,
            found.name,
            now=now,
            subject=role.person,
            detail=role.kind,
        )


async def _tell_ended(
    role: Role, organisation: Organisation, *, left: Sequence[str], actor: Actor, now: datetime
) -> None:
    """Whoever was only proposed knew of nothing, and who ended it themselves knows."""
    person = await Person.objects().where(Person.id == role.person).first()
    if person is None or person.ended_at is not None or role.is_proposed:
        return
    if person.id == actor.person_id or actor.via == "cli":
        return
    mail = mails.role_ended(role, person, organisation, left=left, by=actor.name, now=now)
    await outbox.add(mail, now=now)


async def _overtake_handover(leaver: int, organisation: Organisation, *, actor: Actor, now: datetime) -> None:
    """Who has no role any more has none to hand over: what they asked for waits for nobody."""
    here = (Handover.organisation == organisation.id) & (Handover.leaver == leaver)
    row = await db.for_update(Handover.objects().where(here & Handover.decided_at.is_null())).first()
    if row is not None:
        changed: dict[Any, Any] = {Handover.outcome: "overtaken", Handover.decided_at: now}
        await row.update_self({**changed, Handover.decided_by: actor.person_id})
        await outbox.stop(mails.about(row), reason="The roles have ended.", now=now)
