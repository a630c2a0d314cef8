"""Erasing a person: everything that may go, in one transaction, after they have read what stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from piccolo.columns import Varchar

from summit_service import caseless, db, idempotency, journal
from summit_service.accounts import actions as accounts
from summit_service.accounts.actor import Actor, check_signed_in
from summit_service.accounts.addresses import email_key
from summit_service.accounts.tables import Person
from summit_service.announcements.tables import Announcement
from summit_service.contributions import actions as contributions
from summit_service.desk.tables import Hold, MorningMail
from summit_service.digests.tables import DigestChoice
from summit_service.doors.tables import BadgePrint, Door
from summit_service.enquiries import actions as enquiries
from summit_service.errors import NotAllowed, NotFound
from summit_service.events.tables import EventUpload
from summit_service.feeds.tables import PersonalFeed
from summit_service.funding.tables import FundingInterest
from summit_service.journal import queries as deeds
from summit_service.mail import erasing, outbox
from summit_service.members.tables import Handover, Organisation, Role
from summit_service.officers import actions as officers
from summit_service.own_data import rules, telling
from summit_service.own_data.rules import INSTEAD
from summit_service.registrations import actions as registrations
from summit_service.registrations import arranger_mails
from summit_service.registrations.tables import Arranger, Invitation, Letter
from summit_service.resources import actions as resources
from summit_service.resources.tables import Resource, ResourceComment
from summit_service.sent_files import actions as sent_files
from summit_service.speakers import actions as speakers
from summit_service.speakers.tables import SpeakerContact
from summit_service.statements import actions as statements
from summit_service.statements.tables import Delegation

KEPT_NAMES: tuple[Varchar, ...] = (
    Delegation.settled_by,
    Announcement.sent_by_name,
    Announcement.stopped_by_name,
    Arranger.created_by_name,
    BadgePrint.printed_by_name,
    Door.created_by_name,
    Invitation.created_by_name,
    Letter.decided_by_name,
    Handover.leaver_name,
    Role.confirmed_name,
    SpeakerContact.thanked_by_name,
)
"""Where the name of somebody who did something stands in words, beside no number that could be asked."""


async def person_of(person_id: int, *, actor: Actor) -> Person:
    """Whose data it is: one's own, or anybody's for the secretariat. Raises NotSignedIn, NotAllowed and NotFound."""
    check_signed_in(actor)
    if person_id != actor.person_id and not actor.is_secretariat:
        raise NotAllowed("Only the person and the secretariat can see or erase this.")
    known = Person.objects().where(Person.id == (person_id if 0 < person_id < 2**31 else 0))
    person = await known.first()
    if person is None or person.name == INSTEAD:
        raise NotFound("There is no such person, or they are erased already.")
    return person


async def erase_person(person_id: int, *, seen: str, email: str, actor: Actor, now: datetime) -> None:
    """Erase them for good; `seen` is the digest of what they were told, `email` their address, typed once more.

    Raises what `person_of` does, Invalid for another address, and Conflict where it is forbidden now or where what
    stays is not what they have read. No mail goes out: there is nobody left to write to.
    """
    async with db.transaction():
        await _lock_places(await person_of(person_id, actor=actor))
        await db.for_update(Person.objects().where(Person.id == person_id)).first()
        # Somebody else may have erased them while this waited for the row.
        person = await person_of(person_id, actor=actor)
        rules.check_confirmed(
            await telling.told(person), seen=seen, typed=email, expected=person.email, field_name="email"
        )
        await _erase(person, actor=actor, now=now)


async def _lock_places(person: Person) -> None:
    """Their organisations before themselves, as where an organisation is erased: none waits for the other for ever."""
    theirs = Role.select(Role.organisation).where(
        (Role.person == person.id) & Role.organisation.is_not_null()
    )
    is_contact = caseless.is_same(Organisation.contact_email, email_key(person.email))
    mine = Organisation.objects().where(is_contact | Organisation.id.is_in(theirs))
    await db.for_update(mine.order_by(Organisation.id))


async def _erase(person: Person, *, actor: Actor, now: datetime) -> None:
    key, names = email_key(person.email), await names_of(person)
    await idempotency.erase(*names, person.email, is_within=True)
    await statements.erase_of(person, instead=INSTEAD, actor=actor, now=now)
    await registrations.erase_of(key, now=now)
    await contributions.erase_of(person.id, key, now=now)
    await enquiries.erase_of(key, now=now)
    await speakers.erase_of(key, now=now)
    await officers.erase_of(person.id, actor=actor, now=now)
    await _erase_talk(person, now=now)
    await _leave(person, key, now=now)
    await _erase_names(names)
    await erasing.erase_person(names, key, instead=INSTEAD, now=now)
    await accounts.erase(person, instead=INSTEAD, now=now)
    await journal.note("person.erased", actor, person.id, now=now, subject=person.id)
    await journal.erase_words_of(person.id)
    await journal.erase_words_with([*names, key])


async def names_of(person: Person) -> list[str]:
    """The name they have, and those that they had and did something under."""
    return sorted({person.name, *await deeds.names_of(person.id)} - {"", INSTEAD})


async def _erase_talk(person: Person, *, now: datetime) -> None:
    """What they said among members, and what they were told of."""
    comment: dict[Any, Any] = {ResourceComment.body: "", ResourceComment.hidden_reason: ""}
    theirs = ResourceComment.person == person.id
    for said in await ResourceComment.objects().where(theirs & (ResourceComment.body != "")):
        await resources.forget_told(said)
    await ResourceComment.update({ResourceComment.withdrawn_at: now}).where(
        theirs & ResourceComment.withdrawn_at.is_null()
    )
    await ResourceComment.update(comment).where(theirs)
    await Resource.update({Resource.created_by: None}).where(Resource.created_by == person.id)
    await FundingInterest.update({FundingInterest.contact: ""}).where(FundingInterest.person == person.id)
    await EventUpload.delete().where(EventUpload.person == person.id)
    await sent_files.forget_all()
    await DigestChoice.delete().where(DigestChoice.person == person.id)
    await MorningMail.delete().where(MorningMail.person == person.id)
    await Hold.delete().where(Hold.person == person.id)
    feeds = PersonalFeed.person == person.id
    await PersonalFeed.update({PersonalFeed.ended_at: now}).where(feeds & PersonalFeed.ended_at.is_null())
    await PersonalFeed.update({PersonalFeed.name: "", PersonalFeed.fetched_by: ""}).where(feeds)


async def _leave(person: Person, key: str, *, now: datetime) -> None:
    """Roles end, and nobody is named as a contact who is not there."""
    await Role.update({Role.ended_at: now}).where((Role.person == person.id) & Role.ended_at.is_null())
    for row in await Arranger.objects().where(Arranger.person == person.id):
        await outbox.erase(arranger_mails.about(row.id), now=now)
        await Arranger.delete().where(Arranger.id == row.id)
    contact: dict[Any, Any] = {Organisation.contact_name: "", Organisation.contact_email: ""}
    await Organisation.update(contact).where(caseless.is_same(Organisation.contact_email, key))
    successor = caseless.is_same(Handover.successor_email, key)
    settled: dict[Any, Any] = {Handover.outcome: "refused", Handover.decided_at: now}
    involved = successor | (Handover.leaver == person.id)
    await Handover.update(settled).where(involved & Handover.decided_at.is_null())
    gone: dict[Any, Any] = {Handover.successor_name: INSTEAD, Handover.successor_email: ""}
    await Handover.update(gone).where(successor)


async def _erase_names(names: Sequence[str]) -> None:
    for name in names:
        for column in KEPT_NAMES:
            await column._meta.table.update({column: INSTEAD}).where(column == name)
