"""Enquiring, confirming the address, asking back, deciding, and erasing when the time is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from summit_service import caseless, db, journal, links
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.accounts.addresses import email_key
from summit_service.enquiries import mails, queries, rules
from summit_service.enquiries.rules import Form
from summit_service.enquiries.tables import Enquiry, EnquiryNote
from summit_service.errors import Conflict, Gone, NotFound
from summit_service.mail import answers, erasing, inbox, outbox
from summit_service.members import rules as members
from summit_service.members.actions import organisations, people

UNKNOWN = "We do not know this link. It may have been cut off: copy the whole of it from the mail, or enquire again."
INSTEAD = "(erased)"
"""Where a morning mail to the secretariat named who enquired, and who answered for somebody else."""
BLANK = ("name", "city", "website", "contact_name", "email", "email_key", "how", "evidence", "reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the desk decides; `seen` is the number of decisions that its page showed, `name` for the directory.

    `talk` is the number of the last piece of the talk that it showed; None asks nothing.
    """

    decision: str
    reason: str
    seen: int
    name: str = ""
    talk: int | None = None


async def enquire(form: Form, *, now: datetime) -> None:
    """Keep an enquiry and mail the link that confirms its address; raises Invalid.

    Nobody is looked up: a known address goes the same way as an unknown one.
    """
    clean = rules.checked(form)
    async with db.transaction():
        if not rules.may_be_mailed(await queries.mails_today(clean.email, now=now)):
            return
        enquiry = _row(clean, now=now)
        await enquiry.save()
        await outbox.add(mails.confirmation(enquiry), now=now)


def _row(form: Form, *, now: datetime) -> Enquiry:
    return Enquiry(
        name=form.name,
        kind=form.kind,
        country=form.country,
        city=form.city,
        website=form.website,
        contact_name=form.contact_name,
        email=form.email,
        email_key=email_key(form.email),
        works_on_empathy=form.works == "yes",
        how=form.how,
        body=form.body,
        evidence=form.evidence,
        created_at=now,
        active_at=now,
    )


async def enquiry_to_confirm(token: str, *, now: datetime) -> Enquiry:
    """The enquiry that this link would confirm; changes nothing. Raises NotFound or Gone."""
    _, enquiry = await _behind(token, now=now)
    return enquiry


async def confirm(token: str, *, now: datetime) -> Enquiry:
    """Confirm the address, once; from now on the desk reads the enquiry. Raises NotFound or Gone."""
    async with db.transaction():
        link, enquiry = await _behind(token, now=now)
        if not await links.use_up(link, now=now):
            raise Gone(rules.CONFIRMED)
        await enquiry.update_self({Enquiry.confirmed_at: now, Enquiry.active_at: now})
        return enquiry


async def _behind(token: str, *, now: datetime) -> tuple[links.Link, Enquiry]:
    link = await queries.link_of(token)
    if link is None:
        raise NotFound(UNKNOWN)
    enquiry = await queries.enquiry_by_id(int(link.subject))
    if enquiry is None:
        raise NotFound(UNKNOWN)
    if enquiry.confirmed_at is not None:
        raise Gone(rules.CONFIRMED)
    if not queries.is_readable(enquiry, now=now) or not links.is_live(link, now=now):
        raise Gone(rules.ENDED)
    return link, enquiry


async def ask(enquiry_id: int, text: str, *, talk: int | None = None, actor: Actor, now: datetime) -> None:
    """Mail a question to the enquirer and keep it with the enquiry; raises Invalid, NotFound or Gone.

    `talk` is the number of the last piece that the page showed: an answer that came after it still waits to be read.
    """
    check_secretariat(actor)
    clean = rules.checked_text(text, field="question", missing="Write the question first.")
    async with db.transaction():
        enquiry = await _locked(enquiry_id, now=now)
        note = await _write_down(enquiry, rules.QUESTION, clean, talk=talk, actor=actor, now=now)
        await outbox.add(mails.question(enquiry, note), now=now)
        await journal.note("enquiry.asked", actor, enquiry.id, now=now)


async def write_down(
    enquiry_id: int, text: str, *, is_reply: bool, talk: int | None = None, actor: Actor, now: datetime
) -> None:
    """Keep what the enquirer answered, or a note that only the desk reads; raises Invalid, NotFound or Gone.

    `talk` as for `ask`.
    """
    check_secretariat(actor)
    clean = rules.checked_text(text, field="note", missing="Write the note first.")
    async with db.transaction():
        enquiry = await _locked(enquiry_id, now=now)
        kind = rules.REPLY if is_reply else rules.NOTE
        await _write_down(enquiry, kind, clean, talk=talk, actor=actor, now=now)
        await journal.note("enquiry.noted", actor, enquiry.id, now=now)


async def mark_read(enquiry_id: int, *, talk: int | None = None, actor: Actor, now: datetime) -> None:
    """Somebody of the desk has read what was answered and need not do more; raises NotFound or Gone.

    Raises Conflict where another answer has come after the piece `talk`, the last that the page showed.
    """
    check_secretariat(actor)
    async with db.transaction():
        enquiry = await _locked(enquiry_id, now=now)
        await _check_read(enquiry, talk)
        if enquiry.answered_at is not None:
            await enquiry.update_self({Enquiry.answered_at: None})
            await journal.note("enquiry.read", actor, enquiry.id, now=now)


async def take_in_answers(now: datetime) -> int:
    """Housekeeping: keep what enquirers answered by mail with their enquiry, for the desk to read; how many.

    What comes for one that is erased or over is dropped: nothing more is kept about them.
    """
    found = await inbox.answers_about(mails.about(""))
    return sum([await _take_in_answer(answer, now=now) for answer in found])


async def _take_in_answer(answer: inbox.Answer, *, now: datetime) -> bool:
    enquiry_id = int(answer.about.removeprefix(mails.about("")))
    async with db.transaction():
        enquiry = await db.for_update(Enquiry.objects().where(Enquiry.id == enquiry_id)).first()
        if not await inbox.take_answer(answer.id, now=now):
            return False  # another process was faster
        if enquiry is None or not queries.is_readable(enquiry, now=now):
            return False
        is_from_them = email_key(answers.address_in(answer.sender)) == enquiry.email_key
        await EnquiryNote(
            enquiry=enquiry.id,
            kind=rules.ANSWER,
            text=answer.text,
            author=None,
            created_at=now,
            sender="" if is_from_them else answer.sender or rules.NO_SENDER,
        ).save()
        await enquiry.update_self({Enquiry.answered_at: now})
        return True


async def _write_down(
    enquiry: Enquiry, kind: str, text: str, *, talk: int | None, actor: Actor, now: datetime
) -> EnquiryNote:
    changes: dict[Any, Any] = {}
    if kind == rules.QUESTION:  # its mail tells the new day of erasing; what tells them nothing moves none
        changes[Enquiry.active_at] = now
    if not await queries.has_newer_answer(enquiry.id, talk):
        changes[Enquiry.answered_at] = None
    note = EnquiryNote(enquiry=enquiry.id, kind=kind, text=text, author=actor.person_id, created_at=now)
    await note.save()
    if changes:
        await enquiry.update_self(changes)
    return note


async def _check_read(enquiry: Enquiry, talk: int | None) -> None:
    if await queries.has_newer_answer(enquiry.id, talk):
        raise Conflict("They have answered in the meantime. Read it first: it is at the end of the talk.")


async def _locked(enquiry_id: int, *, now: datetime) -> Enquiry:
    """The enquiry with its row locked; one that is not confirmed is nobody's to read."""
    enquiry = await db.for_update(Enquiry.objects().where(Enquiry.id == enquiry_id)).first()
    if enquiry is None or (enquiry.confirmed_at is None and enquiry.erased_at is None):
        raise NotFound("There is no such enquiry.")
    if not queries.is_readable(enquiry, now=now):
        raise Gone(rules.ERASED)
    return enquiry


async def decide(enquiry_id: int, given: Decision, *, actor: Actor, now: datetime) -> Enquiry:
    """Accept, decline or keep, with a reason that is mailed; acceptance makes the organisation and its person.

    Raises Invalid (also for a name that the directory has), NotFound, Gone, and Conflict when somebody was faster.
    """
    check_secretariat(actor)
    decision = rules.check_decision(given.decision)
    reason = rules.checked_text(given.reason, field="reason", missing="Give a reason: it is mailed to them.")
    async with db.transaction():
        enquiry = await _locked(enquiry_id, now=now)
        rules.check_can_decide(enquiry.decision, made=enquiry.decisions, seen=given.seen)
        await _check_read(enquiry, given.talk)
        await enquiry.update_self(
            {
                Enquiry.decision: decision,
                Enquiry.decisions: enquiry.decisions + 1,
                Enquiry.reason: reason,
                Enquiry.decided_at: now,
                Enquiry.decided_by: actor.person_id,
                Enquiry.active_at: now,
                Enquiry.answered_at: None,
            }
        )
        await _tell(enquiry, name=given.name, actor=actor, now=now)
        await journal.note("enquiry.decided", actor, enquiry.id, now=now, detail=decision)
        return enquiry


async def _tell(enquiry: Enquiry, *, name: str, actor: Actor, now: datetime) -> None:
    if enquiry.decision in rules.ACCEPTED:
        await _take_in(enquiry, name=name or enquiry.name, actor=actor, now=now)
    elif enquiry.decision == "declined":
        await outbox.add(mails.declined(enquiry), now=now)
    else:
        await outbox.add(mails.kept(enquiry), now=now)


async def _take_in(enquiry: Enquiry, *, name: str, actor: Actor, now: datetime) -> None:
    """The organisation, its person with the roles to act and to sign, and the welcome."""
    details = members.Details(
        name=name,
        kind=enquiry.kind,
        country=enquiry.country,
        city=enquiry.city,
        website=enquiry.website,
        standing=enquiry.decision,
        contact_name=enquiry.contact_name,
        contact_email=enquiry.email,
    )
    made = await organisations.insert(members.checked(details), now=now, is_new=True)
    person = await people.find_or_make(enquiry.contact_name, enquiry.email, now=now)
    confirmed = await people.confirmation_by(actor, made, now=now)
    kinds = ("representative", "signatory")
    await people.give_roles(person.id, kinds, organisation_id=made.id, confirmed=confirmed, now=now)
    await enquiry.update_self({Enquiry.organisation: made.id})
    await outbox.add(mails.accepted(enquiry, organisation=made, person=person), now=now)


async def erase_old(now: datetime) -> int:
    """Housekeeping: blank what is personal in enquiries whose time is over, and in their mails; how many."""
    async with db.transaction():
        due = Enquiry.objects().where(queries.is_over(now) & Enquiry.erased_at.is_null())
        found = list(await db.for_update(due))
        for enquiry in found:
            await _erase(enquiry, now=now)
    return len(found)


async def erase(enquiry_id: int, *, actor: Actor, now: datetime) -> None:
    """Erase what is personal in an enquiry now, as who enquired may ask; a member that it made stays.

    Raises NotFound; once is as good as twice, so that it can be done again after a restore. No mail goes out.
    """
    check_secretariat(actor)
    async with db.transaction():
        enquiry = await db.for_update(Enquiry.objects().where(Enquiry.id == enquiry_id)).first()
        if enquiry is None or (enquiry.confirmed_at is None and enquiry.erased_at is None):
            raise NotFound("There is no such enquiry.")
        if enquiry.erased_at is None:
            await _erase(enquiry, now=now)
            await journal.note("enquiry.erased", actor, enquiry.id, now=now, detail=f"number {enquiry.id}")


async def erase_of(key: str, *, now: datetime) -> None:
    """Erase the enquiries from this address, and it where it answered for another, in the caller's transaction."""
    db.current_transaction()
    theirs = (Enquiry.email_key == key) & Enquiry.erased_at.is_null()
    for enquiry in await db.for_update(Enquiry.objects().where(theirs).order_by(Enquiry.id)):
        await _erase(enquiry, now=now)
    answered = caseless.has(EnquiryNote.sender, f"<{key}>")
    await EnquiryNote.update({EnquiryNote.sender: INSTEAD}).where(answered)


async def erase_made(organisation_id: int, *, now: datetime) -> None:
    """Erase the enquiry by which this organisation joined, in the caller's transaction."""
    db.current_transaction()
    theirs = (Enquiry.organisation == organisation_id) & Enquiry.erased_at.is_null()
    for enquiry in await db.for_update(Enquiry.objects().where(theirs)):
        await _erase(enquiry, now=now)


async def _erase(enquiry: Enquiry, *, now: datetime) -> None:
    """What stays is a line for the count: kind, country, dates, the decision and the organisation it made."""
    await erasing.erase_from_mornings(enquiry.name, enquiry.email_key, instead=INSTEAD)
    await enquiry.update_self({**{getattr(Enquiry, name): "" for name in BLANK}, Enquiry.erased_at: now})
    blank: dict[Any, Any] = {EnquiryNote.text: "", EnquiryNote.sender: ""}
    await EnquiryNote.update(blank).where(EnquiryNote.enquiry == enquiry.id)
    await links.end_all(queries.LINK, subject=str(enquiry.id), reason="erased", now=now)
    await outbox.erase(mails.about(enquiry.id), now=now)
