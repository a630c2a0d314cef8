"""Erasing what is personal in registrations, on its day or at once when the person asks."""

from __future__ import annotations

from datetime import datetime, timedelta

from summit_service import db, idempotency, journal, links
from summit_service.accounts import queries as accounts
from summit_service.accounts.actor import THEMSELVES, Actor, check_secretariat
from summit_service.agendas.actions import erase_held_by
from summit_service.errors import NotFound
from summit_service.mail import outbox, streams
from summit_service.registrations import arranger_mails, invited, mails, queries, retention, rules
from summit_service.registrations.actions import letter_data, manage, places, seats
from summit_service.registrations.tables import Arranger, Invitation, Registration
from summit_service.summits.tables import Edition

BLANK_NEEDS: dict[str, object] = {
    "dietary": "",
    "access_needs": "",
    "answers": "{}",
    "needs_changed_at": None,
}
BLANK_REST = {"name": "", "email": "", "organisation": "", "timezone": None, "is_listed": False}


async def erase_personal(now: datetime) -> int:
    """Housekeeping: blank what has reached its day, in tables, mails and kept files; how many registrations.

    Invitations that led to none are erased on their own day, and not counted.
    """
    for row in await invited.unanswered_due(now):
        await _end_and_erase(row.edition.id, row.id, now=now)
    earliest = (now + timedelta(days=1)).date() - retention.NEEDS_KEPT
    count = 0
    for edition in await Edition.objects().where(Edition.ends_on < earliest):
        for kept in (retention.NEEDS_KEPT, retention.REST_KEPT):
            if retention.is_due(edition.ends_on, edition.timezone, kept, now=now):
                count += await _erase_edition(edition, is_all=kept == retention.REST_KEPT, now=now)
    return count


async def erase_at_once(token: str, *, now: datetime) -> None:
    """Cancel what is held or waited for and erase the registration now. No mail goes out: the page says it.

    Raises NotFound for a link that opens nothing, as it does ever after.
    """
    async with db.transaction():
        edition, standing = await manage.opened(token, now=now)
        await _erase_noted(edition, standing, by=THEMSELVES, now=now)


async def erase_registration(number: int, *, actor: Actor, now: datetime) -> None:
    """As `erase_at_once`, by its number: what a restored backup has brought back. Twice changes nothing.

    Raises NotFound.
    """
    check_secretariat(actor)
    async with db.transaction():
        row = await Registration.objects().get(Registration.id == number)
        if row is None:
            raise NotFound("There is no such registration.")
        edition = await places.lock_edition(row.edition)
        await places.settle(edition, now=now)
        standing = await queries.standing(number, now=now)
        if standing.registration.erased_at is None:
            await _erase_noted(edition, standing, by=actor, now=now)


async def _erase_noted(edition: Edition, standing: queries.Standing, *, by: Actor, now: datetime) -> None:
    """The number in the log is what `summit erase` takes after a restore."""
    await _leave_and_erase(edition, standing, now=now)
    detail = f"number {standing.registration.id}"
    await journal.note("summit.registration_erased", by, edition.year, edition.title, now=now, detail=detail)


async def erase_invitation_at_once(token: str, *, now: datetime) -> None:
    """Decline what is open and erase who was invited now; a registration made of it stays. No mail goes out.

    Raises NotFound for a link that opens nothing, as it does ever after.
    """
    found = await invited.opened(token, now=now)
    await _end_and_erase(found.edition.id, found.invitation.id, by=THEMSELVES, now=now)


async def erase_invitation(number: int, *, actor: Actor, now: datetime) -> None:
    """As `erase_invitation_at_once`, by its number. Twice changes nothing. Raises NotFound."""
    check_secretariat(actor)
    row = await Invitation.objects().get(Invitation.id == number)
    if row is None:
        raise NotFound("There is no such invitation.")
    await _end_and_erase(row.edition, row.id, by=actor, now=now)


async def erase_of(key: str, *, now: datetime) -> None:
    """Cancel and erase every registration and invitation of this address, in the caller's transaction.

    Each edition is locked once, the lowest first: two who erase at once never wait for each other.
    """
    db.current_transaction()
    registered, invited_here = Registration.email_key == key, Invitation.email_key == key
    touched = [
        *await Registration.select(Registration.edition).where(registered),
        *await Invitation.select(Invitation.edition).where(invited_here),
    ]
    for edition_id in sorted({row["edition"] for row in touched}):
        edition = await places.lock_edition(edition_id)
        await places.settle(edition, now=now)
        theirs = Registration.select(Registration.id).where(registered, Registration.edition == edition_id)
        for found in await theirs.order_by(Registration.id):
            standing = await queries.standing(found["id"], now=now)
            await _leave_and_erase(edition, standing, now=now)
        mine = Invitation.objects().where(invited_here, Invitation.edition == edition_id)
        for row in await mine.order_by(Invitation.id):
            await _leave_invitation(edition, row, reason=rules.WITHDRAWN, now=now)


async def _leave_and_erase(edition: Edition, standing: queries.Standing, *, now: datetime) -> None:
    for place in (standing.confirmed, standing.awaited):
        if place is not None:
            await places.end(place, reason=rules.CANCELLED, now=now)
    row = standing.registration
    if row.cancelled_at is None:
        row.cancelled_at, row.cancelled_reason = now, rules.CANCELLED
        await row.save([Registration.cancelled_at, Registration.cancelled_reason])
    await seats.leave_unfit(edition, row.id, None, now=now)
    await letter_data.end(row.id)
    theirs = (Invitation.edition == edition.id) & (Invitation.email_key == row.email_key)
    for invitation in await Invitation.objects().where(theirs).order_by(Invitation.id):
        await _leave_invitation(edition, invitation, reason=rules.DECLINED, now=now)
    await _erase(row, is_all=True, now=now)
    await places.settle(edition, now=now)


async def _leave_invitation(edition: Edition, row: Invitation, *, reason: str, now: datetime) -> None:
    if await places.end_invitation(row, reason=reason, now=now):
        await places.settle(edition, now=now)
    await _erase_invitation(row, now=now)


async def _end_and_erase(
    edition_id: int, invitation_id: int, *, by: Actor | None = None, now: datetime
) -> None:
    """Noted where somebody did it, and not where its day has come."""
    async with db.transaction():
        edition = await places.lock_edition(edition_id)
        await places.settle(edition, now=now)
        row = await Invitation.objects().get(Invitation.id == invitation_id)
        if row is None or not row.email:
            return
        await _leave_invitation(edition, row, reason=rules.DECLINED, now=now)
        if by is not None:
            detail = f"number {row.id}"
            await journal.note(
                "summit.invitation_erased", by, edition.year, edition.title, now=now, detail=detail
            )


async def _erase_edition(edition: Edition, *, is_all: bool, now: datetime) -> int:
    mark = Registration.erased_at if is_all else Registration.needs_erased_at
    due = (Registration.edition == edition.id) & mark.is_null()
    rows = await Registration.select(Registration.id).where(due)
    for row in rows:
        async with db.transaction():
            found = await db.for_update(Registration.objects().where(Registration.id == row["id"])).first()
            if found is not None:
                await _erase(found, is_all=is_all, now=now)
    if is_all:
        await _erase_invitations(edition, now=now)
        await _forget_arrangers(edition, now=now)
    return len(rows)


async def _erase(row: Registration, *, is_all: bool, now: datetime) -> None:
    """What stays is a line for the count: the edition, the dates, how the places ended."""
    await letter_data.erase(row.id)
    blank: dict[str, object] = {**BLANK_NEEDS, "needs_erased_at": row.needs_erased_at or now}
    if is_all:
        blank |= {**BLANK_REST, "email_key": f"erased-{row.id}", "erased_at": now}
        await links.end_all(queries.LINK, subject=str(row.id), reason="erased", now=now)
        await outbox.erase(mails.about(row), now=now)
        await outbox.erase_below(mails.about(row), now=now)
        await idempotency.erase(row.name, row.email)
        await seats.erase(row)
        await erase_held_by(f"registration:{row.id}")
        await _forget_choice(row)
    await row.update_self({getattr(Registration, name): value for name, value in blank.items()})


async def _forget_choice(row: Registration) -> None:
    """What they had stopped among our mails goes, too, unless they are known here otherwise."""
    same = (Registration.email_key == row.email_key) & (Registration.id != row.id)
    if await accounts.person_by_email(row.email) is None and not await Registration.exists().where(same):
        await streams.forget(row.email)


async def _forget_arrangers(edition: Edition, *, now: datetime) -> None:
    async with db.transaction():
        for row in await Arranger.objects().where(Arranger.edition == edition.id):
            await outbox.erase(arranger_mails.about(row.id), now=now)
            await Arranger.delete().where(Arranger.id == row.id)


async def _erase_invitations(edition: Edition, *, now: datetime) -> None:
    known = (Invitation.edition == edition.id) & (Invitation.email != "")
    for row in await Invitation.objects().where(known):
        async with db.transaction():
            await _erase_invitation(row, now=now)


async def _erase_invitation(row: Invitation, *, now: datetime) -> None:
    await links.end_all(invited.LINK, subject=str(row.id), reason="erased", now=now)
    await outbox.erase(mails.about_invitation(row), now=now)
    await idempotency.erase(row.name, row.email)
    await row.update_self(
        {Invitation.name: "", Invitation.email: "", Invitation.email_key: f"erased-{row.id}"}
    )
