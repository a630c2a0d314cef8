"""What a signatory can do besides answering: hand the question on, say that we ask the wrong person, be reminded."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from summit_service import db, journal, links, markup, zones
from summit_service.accounts.actor import Actor
from summit_service.accounts.addresses import email_address
from summit_service.accounts.queries import person_by_email
from summit_service.accounts.tables import Person
from summit_service.errors import Conflict, Fault, Gone, Invalid, NotFound
from summit_service.mail import outbox, streams
from summit_service.members import queries as members
from summit_service.members.actions.people import find_or_make, give_roles
from summit_service.members.rules import Confirmation
from summit_service.statements import (
    deadlines,
    delegation_mails,
    delegations,
    invitations,
    letters,
    mails,
    queries,
    rules,
)
from summit_service.statements.actions import dispatching, ledger, readdressing
from summit_service.statements.tables import Delegation, SigningRequest, Statement

NO_LINK = "This link opens nothing."
MORNING = timedelta(hours=9)


async def delegate(token: str, *, person_id: int, now: datetime) -> SigningRequest:
    """Hand the question on to somebody who is confirmed as signatory or alternate: at once, and old links end."""
    async with db.transaction():
        letter, statement = await _open_letter(token, now=now)
        person = next((p for p in await delegations.others_of(letter) if p.id == person_id), None)
        if person is None:
            raise Invalid.one("person", "Choose one of those who are named for your organisation.")
        return await _hand_over(statement, letter.request, person, by=letter.person, now=now)


async def propose_delegate(token: str, *, name: str, email: str, now: datetime) -> Delegation:
    """Name somebody new; the main contact is asked by a mail of its own, and nothing changes before that.

    Raises Conflict where there is no main contact, or where they were asked about five people already.
    """
    faults: list[Fault] = []
    try:
        name = markup.one_line(name, field="name", longest=200, name="The name")
    except Invalid as fault:
        faults.extend(fault.faults)
    try:
        email = email_address(email)
    except Invalid as fault:
        faults.extend(fault.faults)
    if faults:
        raise Invalid(faults)
    async with db.transaction():
        letter, statement = await _open_letter(token, now=now)
        contact = await members.main_contact_of(letter.organisation)
        if contact is None:
            raise Conflict(
                f"{letter.organisation.name} has no main contact who could confirm this. Write to us.",
                code="no_contact",
            )
        rules.check_named(await Delegation.count().where(Delegation.request == letter.request.id))
        await readdressing.supersede_proposals(letter.request.id, now=now)
        made = Delegation(
            request=letter.request.id, name=name, email=email, proposed_by=letter.person.id, proposed_at=now
        )
        await made.save()
        facts = {"organisation_id": letter.organisation.id}
        await ledger.append(statement, "delegate_proposed", facts, now=now)
        mail = delegation_mails.delegate_proposed(
            statement, letter.request, made, contact, by=letter.person.name
        )
        await dispatching.dispatch(statement, [(mail, letter.organisation.id)], now=now)
    return made


async def settle_delegation(token: str, *, is_confirmed: bool, now: datetime) -> Delegation:
    """The main contact's word on somebody new; said once. Raises Conflict when it is settled otherwise."""
    async with db.transaction():
        found = await delegations.proposal_of(token, now=now)
        if found is None:
            raise NotFound(NO_LINK)
        statement = await queries.locked_by_id(found.statement.id)
        row = await Delegation.objects().where(Delegation.id == found.delegation.id).first()
        if row is None or row.settled_at is not None:
            raise Conflict("This has been settled already.", code="settled")
        rules.check_open(statement.state, deadlines.end_of(statement), now=now)
        row.outcome, row.settled_at = ("confirmed" if is_confirmed else "refused"), now
        row.settled_by = found.contact_name
        await row.save()
        if not is_confirmed:
            facts = {"organisation_id": found.request.organisation, "outcome": "refused"}
            await ledger.append(statement, "delegate_settled", facts, now=now)
            return row
        person = await find_or_make(row.name, row.email, now=now)
        organisation_id = int(found.request.organisation)
        confirmed = await _word_of(found, now=now)
        given = await give_roles(
            person.id, ["alternate"], organisation_id=organisation_id, confirmed=confirmed, now=now
        )
        if given:
            await _note_role(organisation_id, person, confirmed_by=confirmed.name, now=now)
        by = await Person.objects().where(Person.id == found.request.person).first()
        if by is None or await queries.is_answered(found.request):
            raise Conflict("The question was answered in the meantime.", code="answered")
        await _hand_over(statement, found.request, person, by=by, now=now)
    return row


async def _word_of(found: delegations.Proposal, *, now: datetime) -> Confirmation:
    """The main contact's, by the link that was mailed to them; they need not be known as a person."""
    known = await person_by_email(found.contact.email) if found.contact else None
    return Confirmation(
        name=found.contact_name,
        person_id=known.id if known else None,
        standing="contact",
        via="link",
        at=now,
    )


async def _note_role(organisation_id: int, person: Person, *, confirmed_by: str, now: datetime) -> None:
    """Write down who confirmed the new alternate: the main contact, by a link."""
    organisation = await members.organisation_by_id(organisation_id)
    if organisation is not None:
        contact, slug = Actor(name=confirmed_by, via="link"), organisation.slug
        verb, name = "organisation.role_confirmed", organisation.name
        await journal.note(verb, contact, slug, name, now=now, subject=person.id, detail="alternate")


async def tell_wrong_person(token: str, *, words: str, confirmed: bool, now: datetime) -> None:
    """Say that we ask the wrong person: no more reminders, and a task for the secretariat."""
    said = markup.many_lines(words, field="words", longest=rules.LONGEST_NOTE, name="Your text")
    if not confirmed:
        raise Invalid.one("wrong", "Tick the box to say that you mean it.")
    async with db.transaction():
        letter, _ = await _open_letter(token, now=now, handed_on=True)
        changed: dict[Any, Any] = {
            SigningRequest.wrong_person_at: now,
            SigningRequest.wrong_person_words: said,
        }
        await SigningRequest.update(changed).where(SigningRequest.id == letter.request.id)
        await outbox.stop(
            mails.about(letter.request),
            reason="we ask the wrong person",
            now=now,
            kinds=("signing_reminder",),
        )


async def remind_me_on(token: str, *, day: str, now: datetime) -> datetime:
    """No reminder before that day, and one on it, at nine in the reader's morning."""
    date = zones.parse_day(day.strip(), field="day")
    async with db.transaction():
        letter, statement = await _open_letter(token, now=now, handed_on=True)
        wanted = zones.day_start(date, letter.zone) + MORNING
        if not now < wanted < statement.closes_at:
            raise Invalid.one("day", "Choose a day from tomorrow on, before the deadline.")
        await _check_can_come(letter, wanted)
        await SigningRequest.update({SigningRequest.remind_from: wanted}).where(
            SigningRequest.id == letter.request.id
        )
        await outbox.stop(
            mails.about(letter.request),
            reason="another day was asked for",
            now=now,
            kinds=("signing_reminder",),
        )
    return wanted


async def _check_can_come(letter: letters.Letter, wanted: datetime) -> None:
    """Raises Invalid where no reminder would come on that day, rather than promise one."""
    if await streams.is_stopped(letter.person.email, streams.REMINDERS):
        raise Invalid.one(
            "day",
            "You have stopped our reminders, so none would come. Put the day into your own calendar, or write to us.",
        )
    sent, last = (await invitations.mails_by_person(letter.statement))[letter.person.id]
    if not rules.can_be_mailed(sent, last, now=wanted):
        raise Invalid.one(
            "day",
            "You have had as many mails from us about this as we send. Put the day into your own calendar.",
        )


async def _open_letter(
    token: str, *, now: datetime, handed_on: bool = False
) -> tuple[letters.Letter, Statement]:
    """The letter, with its statement locked, while its question is open; it is handed on once at most."""
    letter = await letters.letter_of(token, now=now)
    if letter is None:
        raise NotFound(NO_LINK)
    statement = await queries.locked_by_id(letter.statement.id)
    letter = await letters.letter_of(token, now=now)
    if letter is None:
        raise NotFound(NO_LINK)
    if letter.standing == "answered":
        raise Conflict("The question is answered. Change the answer instead.", code="answered")
    if letter.standing != "open":
        raise Gone("This link takes no answers any more.", code=letter.standing)
    if letter.request.delegated_by is not None and not handed_on:
        raise Conflict("The question was handed on once already. Write to us.", code="handed_on")
    return letter, statement


async def _hand_over(
    statement: Statement, request: Any, person: Person, *, by: Person, now: datetime
) -> SigningRequest:
    """The request is somebody else's from now on; what was mailed before opens nothing more."""
    organisation = await members.organisation_by_id(request.organisation)
    fresh = await SigningRequest.objects().where(SigningRequest.id == request.id).first()
    if fresh is None or organisation is None:
        raise NotFound(NO_LINK)
    await links.end_all(letters.PURPOSE, subject=str(fresh.id), reason=letters.DELEGATED, now=now)
    asks = await readdressing.readdress(statement, fresh, organisation, person, handed_on_by=by.id, now=now)
    await ledger.append(statement, "delegated", {"organisation_id": fresh.organisation}, now=now)
    contact = await members.main_contact_of(organisation)
    who = [by if by.ended_at is None else None, contact]
    tells = readdressing.told(statement, fresh, organisation, who, by=by.name, but=person)
    await dispatching.dispatch(statement, [asks, *tells], now=now)
    return fresh
