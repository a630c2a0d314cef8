"""Writing, trying, sending and stopping an announcement."""

from __future__ import annotations

import hashlib
from datetime import datetime

from summit_service import db, journal, settings, tokens
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.announcements import audiences, mails, queries, rules
from summit_service.announcements.audiences import Audience, Reader
from summit_service.announcements.tables import Announcement, AnnouncementMail
from summit_service.errors import Conflict, Invalid
from summit_service.mail import outbox
from summit_service.mail.tables import OutboxMessage

CHANGED = (
    "The text or the readers have changed since you read the preview. Read it again below, then send it."
)
SENT = "This announcement has been sent; it cannot be changed any more."


async def write(*, subject: str, body: str, audience: str, actor: Actor, now: datetime) -> Announcement:
    """A new draft; `audience` is `members`, or `unanswered:SLUG` and the like. Raises Invalid."""
    check_secretariat(actor)
    kind, of = await _chosen(audience, now=now)
    text = rules.checked(subject, body, offered=audiences.OFFERED[kind])
    async with db.transaction():
        row = Announcement(
            subject=text.subject,
            body=text.body,
            audience=kind,
            audience_of=of,
            written_by=actor.person_id,
            created_at=now,
            changed_at=now,
        )
        await row.save()
        await journal.note("announcement.written", actor, row.id, row.subject, now=now)
    return row


async def change(
    identifier: int, *, subject: str, body: str, audience: str, actor: Actor, now: datetime
) -> None:
    """Another text for a draft; what was read before does not count any more. Raises Invalid, Conflict."""
    check_secretariat(actor)
    kind, of = await _chosen(audience, now=now)
    text = rules.checked(subject, body, offered=audiences.OFFERED[kind])
    async with db.transaction():
        row = await _locked_draft(identifier)
        await Announcement.update(
            {
                Announcement.subject: text.subject,
                Announcement.body: text.body,
                Announcement.audience: kind,
                Announcement.audience_of: of,
                Announcement.version: row.version + 1,
                Announcement.changed_at: now,
            }
        ).where(Announcement.id == row.id)
        await journal.note("announcement.changed", actor, row.id, text.subject, now=now)


async def discard(identifier: int, *, actor: Actor, now: datetime) -> None:
    """Delete a draft for good; tests of it that wait do not leave. Raises NotFound, and Conflict once it is sent."""
    check_secretariat(actor)
    async with db.transaction():
        row = await _locked_draft(identifier)
        await outbox.stop(mails.about(row), reason=f"The draft was deleted by {actor.name}.", now=now)
        await Announcement.delete().where(Announcement.id == row.id)
        await journal.note("announcement.discarded", actor, row.id, row.subject, now=now)


async def _chosen(audience: str, *, now: datetime) -> tuple[str, str]:
    for choice in await audiences.choices(now):
        if audience == key_of(choice.kind, choice.of):
            return choice.kind, choice.of
    raise Invalid.one("audience", "Choose who is to get it.")


def key_of(kind: str, of: str) -> str:
    """How a form names an audience."""
    return f"{kind}:{of}" if of else kind


async def _locked_draft(identifier: int) -> Announcement:
    found = await db.for_update(Announcement.objects().where(Announcement.id == identifier)).first()
    row = found or await queries.announcement_by_id(identifier)
    if row.sent_at is not None:
        raise Conflict(SENT)
    return row


def seen(row: Announcement, audience: Audience, actor: Actor) -> str:
    """Proof that this person was shown this version with these readers; made by the preview, asked for on sending."""
    digest = hashlib.sha256("\n".join(repr(reader) for reader in audience.readers).encode()).hexdigest()
    parts = ("announcement", str(row.id), str(row.version), str(actor.person_id), digest)
    return tokens.sign(settings.current().secret_key, *parts)


async def send_test(identifier: int, *, reader: Reader, actor: Actor, now: datetime) -> None:
    """The draft as this reader would get it, to the actor alone."""
    check_secretariat(actor)
    async with db.transaction():
        row = await _locked_draft(identifier)
        await outbox.add(mails.test_mail(row, reader, name=actor.name, email=actor.email), now=now)
        await journal.note("announcement.tried", actor, row.id, row.subject, now=now)


async def send(
    identifier: int, *, proof: str, accepts_gaps: bool = False, actor: Actor, now: datetime
) -> int:
    """Queue one mail for each reader, to leave in ten minutes; how many. All in one transaction.

    `proof` is `seen` of what the actor was shown; `accepts_gaps` says that they know of placeholders for which some
    of these readers have nothing. Raises Conflict when that is not what would be sent now.
    """
    check_secretariat(actor)
    async with db.transaction():
        row = await _locked_draft(identifier)
        audience = await audiences.audience_of(row, now=now)
        if not tokens.is_same(proof, seen(row, audience, actor)):
            raise Conflict(CHANGED)
        check_can_send(row, audience, accepts_gaps=accepts_gaps)
        leaves_at = now + rules.TIME_TO_STOP
        due = [mails.announcement(row, reader, leaves_at=leaves_at) for reader in audience.readers]
        queued = await outbox.add_all(due, now=now)
        for start in range(0, len(queued), outbox.AT_ONCE):
            rows = [(row.id, message) for message in queued[start : start + outbox.AT_ONCE]]
            await db.insert_all(AnnouncementMail, ("announcement", "message"), rows)
        await Announcement.update(
            {
                Announcement.sent_at: now,
                Announcement.sent_by: actor.person_id,
                Announcement.sent_by_name: actor.name,
                Announcement.leaves_at: leaves_at,
            }
        ).where(Announcement.id == row.id)
        told = f"to {len(audience.readers)} readers"
        await journal.note("announcement.sent", actor, row.id, row.subject, now=now, detail=told)
    return len(audience.readers)


def check_can_send(row: Announcement, audience: Audience, *, accepts_gaps: bool) -> None:
    """Raises Conflict for nobody to send it to, and for gaps in it that were not accepted one way or the other."""
    if not audience.readers:
        raise Conflict("Nobody would get it at this moment.")
    text = rules.Text(row.subject, row.body)
    for reader in () if accepts_gaps else audience.readers:
        lacking = rules.missing(text, reader.values)
        if lacking:
            raise Conflict(
                f"Nothing stands in for “{{{{{lacking[0]}}}}}” in the mail to {reader.name or reader.email}. "
                f"Say what stands there instead, such as {{{{{lacking[0]}|your organisation}}}}, or tick that "
                "it may stay empty."
            )


async def stop(identifier: int, *, actor: Actor, now: datetime) -> None:
    """Stop every mail of it that has not left. Raises Conflict where none is left to stop."""
    check_secretariat(actor)
    async with db.transaction():
        row = await queries.announcement_by_id(identifier)
        if row.sent_at is None:
            raise Conflict("It is a draft: nothing of it is under way.")
        if not (await queries.progress_of(row)).is_under_way:
            raise Conflict("There is nothing to stop: every mail of it has left, or was stopped.")
        mine = OutboxMessage.id.is_in(queries.message_ids_of(row))
        await outbox.stop_matching(mine, reason=f"The announcement was stopped by {actor.name}.", now=now)
        await Announcement.update(
            {Announcement.stopped_at: now, Announcement.stopped_by_name: actor.name}
        ).where(Announcement.id == row.id)
        await journal.note("announcement.stopped", actor, row.id, row.subject, now=now)
