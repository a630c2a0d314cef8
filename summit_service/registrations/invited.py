"""Reads about invitations that skip the queue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from summit_service import links, zones
from summit_service.errors import NotFound
from summit_service.registrations import retention, rules
from summit_service.registrations.tables import Invitation
from summit_service.summits.tables import Edition

LINK = "invitation"
UNKNOWN_LINK = "This link opens no invitation. It may have been cut off: copy the whole link from the mail."


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation as it is at one moment; `reason` is why it has ended, empty while it is open."""

    invitation: Invitation
    edition: Edition
    reason: str


async def opened(token: str, *, now: datetime) -> Invited:
    """What an invitation's link opens, even after it has ended. Raises NotFound."""
    link = await links.find(LINK, token)
    invitation = await Invitation.objects().get(Invitation.id == int(link.subject)) if link else None
    edition = await Edition.objects().get(Edition.id == invitation.edition) if invitation else None
    if invitation is None or edition is None or not invitation.email:
        raise NotFound(UNKNOWN_LINK, code="unknown_link")
    return Invited(invitation, edition, reason_of(invitation, now=now))


def reason_of(invitation: Invitation, *, now: datetime) -> str:
    """Why it has ended; one whose time is over counts as expired before anything swept it."""
    if invitation.ended_at is not None:
        return invitation.ended_reason
    return "expired" if now >= invitation.expires_at else ""


async def expired(edition_id: int, *, now: datetime) -> list[Invitation]:
    """Open ones whose time is over."""
    due = Invitation.ended_at.is_null() & (Invitation.expires_at <= now)
    return list(
        await Invitation.objects().where((Invitation.edition == edition_id) & due).order_by(Invitation.id)
    )


async def invitations_of(edition_id: int) -> list[Invitation]:
    """All of an edition, the newest first; those that were erased are left out."""
    known = (Invitation.edition == edition_id) & (Invitation.email != "")
    return list(await Invitation.objects().where(known).order_by(Invitation.id, ascending=False))


async def open_invitation(edition_id: int, email_key: str) -> Invitation | None:
    """The one of that address that is not answered."""
    live = (Invitation.email_key == email_key) & Invitation.ended_at.is_null()
    return await Invitation.objects().where((Invitation.edition == edition_id) & live).first()


def erased_on(invitation: Invitation, edition: Edition) -> date:
    """Their day: with the registration for who accepted, else soon after the invitation's last moment."""
    if invitation.ended_reason == rules.ACCEPTED:
        return retention.erased_on(edition.ends_on, retention.REST_KEPT)
    return retention.invitation_erased_on(invitation.expires_at, edition.timezone)


async def unanswered_due(now: datetime) -> list[Invitation]:
    """Those that led to no registration and whose day has come."""
    over = Invitation.expires_at <= now - retention.INVITED_KEPT
    known = (Invitation.email != "") & (Invitation.ended_reason != rules.ACCEPTED)
    rows = await Invitation.objects(Invitation.edition).where(known & over).order_by(Invitation.id)
    return [row for row in rows if now >= zones.day_start(erased_on(row, row.edition), row.edition.timezone)]
