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
from summit_service.mail import outbox
from summit_service.members import queries as members
from summit_service.members.actions.people import find_or_make, give_roles
from summit_service.members.rules import Confirmation
from summit_service.statements import (
    deadlines,
    delegation_mails,
    delegations,
    evidence,
    letters,
    mails,
    queries,
    rules,
)
from summit_service.statements.actions import dispatching, ledger
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
    """Name somebody new; the main contact is asked by a mail of its own, and nothing changes before that."""
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
        await _supersede(letter.request.id, now=now)
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


async def _supersede(request_id: int, *, now: datetime) -> None:
    waiting = (Delegation.request == request_id) & Delegation.settled_at.is_null()
    await Delegation.update({Delegation.outcome: "superseded", Delegation.settled_at: now}).where(waiting)


async def _hand_over(
    statement: Statement, request: Any, person: Person, *, by: Person, now: datetime
) -> SigningRequest:
    """The request is somebody else's from now on; what was mailed before opens nothing more."""
    await _supersede(request.id, now=now)
    about = mails.about(request)
    await links.end_all(letters.PURPOSE, subject=str(request.id), reason=letters.DELEGATED, now=now)
    await outbox.stop(
        about, reason="handed on", now=now, kinds=("signing_request", "signing_again", "signing_reminder")
    )
    changed: dict[Any, Any] = {
        SigningRequest.person: person.id,
        SigningRequest.person_name: evidence.nfc(person.name),
        SigningRequest.delegated_by: by.id,
        SigningRequest.wrong_person_at: None,
        SigningRequest.wrong_person_words: "",
        SigningRequest.remind_from: None,
        SigningRequest.mails: 1,
        SigningRequest.last_mailed_at: now,
    }
    await SigningRequest.update(changed).where(SigningRequest.id == request.id)
    fresh = await SigningRequest.objects().where(SigningRequest.id == request.id).first()
    organisation = await members.organisation_by_id(fresh.organisation) if fresh else None
    if fresh is None or organisation is None:
        raise NotFound(NO_LINK)
    await ledger.append(statement, "delegated", {"organisation_id": fresh.organisation}, now=now)
    text_set = await queries.text_set_of(statement)
    zone = letters.zone_of(person, organisation, statement)
    text_hash = text_set.sha256 if text_set else ""
    asks = mails.signing_request(statement, fresh, person, text_hash=text_hash, zone=zone, n=f"from{by.id}")
    due = [(asks, organisation.id)]
    contact = await members.main_contact_of(organisation)
    told = {by.email.casefold(): (by.name, by.email)}
    if contact is not None:
        told.setdefault(contact.email.casefold(), (contact.name, contact.email))
    told.pop(person.email.casefold(), None)
    for name, email in told.values():
        mail = delegation_mails.signing_delegated(statement, fresh, by=by.name, to_name=name, to_email=email)
        due.append((mail, organisation.id))
    await dispatching.dispatch(statement, due, now=now)
    return fresh
