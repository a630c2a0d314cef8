"""The mails of a registration: one for each step, each with a manage link of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from summit_service import zones
from summit_service.mail import outbox
from summit_service.mail.outbox import LinkSpec, Mail
from summit_service.registrations import entries, rules
from summit_service.registrations.entries import Method
from summit_service.registrations.invited import LINK as INVITATION_LINK
from summit_service.registrations.invited import erased_on
from summit_service.registrations.queries import LINK, window_of
from summit_service.registrations.seating import Told
from summit_service.registrations.sign_ups import Listed
from summit_service.registrations.tables import Invitation, Letter, Place, Registration, Seat
from summit_service.summits.tables import Edition

CONFIRMED = "registration_confirmed"
WAITLISTED = "registration_waitlisted"
OFFERED = "registration_offered"
CHANGED = "registration_changed"
CANCELLED = "registration_cancelled"
OFFER_EXPIRED = "registration_offer_expired"
MANAGE_LINK = "registration_link"
LETTER_DECIDED = "letter_decided"
INVITED = "registration_invited"
SESSION_SEAT = "session_seat"
SESSIONS_CHANGED = "sessions_changed"


SESSIONS_PATH = "/registrations/{token}/sessions"


def about(registration: Registration) -> str:
    """What the mails of a registration are about, so that what makes them pointless can stop them."""
    return f"registration:{registration.id}"


def about_shown(registration: Registration) -> str:
    """What a mail to somebody else is about that shows what this delegate would read."""
    return f"{about(registration)}:shown"


async def confirmed(
    registration: Registration, edition: Edition, place: Place, *, registered_by: str = "", now: datetime
) -> None:
    """Your place is confirmed, with the calendar entry; `registered_by` is who did it for them, or empty."""
    context = _context(registration, edition, place.attendance) | {"registered_by": registered_by}
    await _add_with_entry(
        CONFIRMED, registration, edition, place.attendance, method="REQUEST", now=now, context=context
    )


async def changed(
    registration: Registration,
    edition: Edition,
    place: Place,
    *,
    is_summit_changed: bool = False,
    now: datetime,
) -> None:
    """You attend in another way now, or the summit itself has changed; the calendar entry is replaced."""
    context = _context(registration, edition, place.attendance) | {"is_summit_changed": is_summit_changed}
    await _add_with_entry(
        CHANGED, registration, edition, place.attendance, method="REQUEST", now=now, context=context
    )


async def waitlisted(
    registration: Registration,
    edition: Edition,
    place: Place,
    *,
    position: int,
    kept: str,
    registered_by: str = "",
    now: datetime,
) -> None:
    """You wait, with the place in the queue; `kept` is how they can attend in the meantime, or empty."""
    context = _context(registration, edition, place.attendance) | {
        "position": position,
        "registered_by": registered_by,
        "kept": rules.WORDS.get(kept, ""),
    }
    await outbox.add(_mail(WAITLISTED, registration, context, cause=f"place:{place.id}"), now=now)


async def offered(
    registration: Registration, edition: Edition, place: Place, *, kept: str, now: datetime
) -> None:
    """A place is free for you, until when, and what happens if you do nothing."""
    expires_at = place.offer_expires_at
    context = _context(registration, edition, place.attendance) | {
        "until": zones.long_moment(expires_at, edition.timezone),
        "until_yours": _other_zone(expires_at, registration, edition),
        "kept": rules.WORDS.get(kept, ""),
    }
    mail = _mail(OFFERED, registration, context, cause=f"place:{place.id}", expires_at=expires_at)
    await outbox.add(mail, now=now)


async def offer_expired(
    registration: Registration, edition: Edition, place: Place, *, kept: str, now: datetime
) -> None:
    """Nobody answered in time, so the next in line was asked."""
    context = _context(registration, edition, place.attendance) | {
        "until": zones.long_moment(place.offer_expires_at, edition.timezone),
        "kept": rules.WORDS.get(kept, ""),
        "can_register": not kept and rules.is_open(window_of(edition), now=now),
    }
    await outbox.add(_mail(OFFER_EXPIRED, registration, context, cause=f"place:{place.id}"), now=now)


async def cancelled(
    registration: Registration, edition: Edition, held: str, *, waited: str, now: datetime
) -> None:
    """It is cancelled; `held` is how they would have attended, and then their calendar loses the entry."""
    if held:
        await _add_with_entry(CANCELLED, registration, edition, held, method="CANCEL", now=now)
        return
    context = _context(registration, edition, waited) | {"was_confirmed": False}
    await outbox.add(_mail(CANCELLED, registration, context, cause="all"), now=now)


async def manage_link(
    registration: Registration, edition: Edition, attendance: str, *, state: str, now: datetime
) -> None:
    """Somebody registered this address once more: here is what stands, at most once an hour."""
    context = _context(registration, edition, attendance) | {"state": state}
    cause = f"hour:{now:%Y-%m-%dT%H}"
    await outbox.add(_mail(MANAGE_LINK, registration, context, cause=cause), now=now)


async def session_seat(
    registration: Registration,
    edition: Edition,
    listed: Listed,
    seat: Seat,
    *,
    same_time: list[str],
    now: datetime,
) -> None:
    """You waited for a seat in a session and have it now; `same_time` are seats that you hold at the same hour."""
    context = _sessions(edition) | {
        "session": listed.session.title,
        "when": zones.long_span(listed.session.starts, listed.session.ends, listed.zone),
        "room": listed.session.room,
        "same_time": same_time,
    }
    mail = _mail(
        SESSION_SEAT,
        registration,
        context,
        # on SQLite the number of a deleted seat is given to the next one
        cause=f"seat:{seat.id}:{seat.created_at:%Y%m%dT%H%M%S%f}",
        path=SESSIONS_PATH,
        about_what=about_seat(seat),
        expires_at=listed.session.ends,
    )
    await outbox.add(mail, now=now)


async def sessions_changed(
    registration: Registration,
    edition: Edition,
    told: Sequence[Told],
    *,
    clashes: Sequence[tuple[str, str]],
    number: int,
    now: datetime,
) -> None:
    """A release of the programme has changed sessions that you signed up for; which of yours are at the same time."""
    context = _sessions(edition) | {
        "changes": [{"kind": one.kind, "title": one.title, "was": one.was, "now": one.now} for one in told],
        "clashes": [list(pair) for pair in clashes],
    }
    mail = _mail(SESSIONS_CHANGED, registration, context, cause=f"release:{number}", path=SESSIONS_PATH)
    await outbox.add(mail, now=now)


async def letter_decided(
    registration: Registration, edition: Edition, letter: Letter, *, now: datetime
) -> None:
    """The letter that you asked for is decided; how, and what stands on it, is on the page alone."""
    context = {
        "title": edition.title,
        "year": edition.year,
        "why": f"you asked for a letter of invitation to {edition.title}.",
    }
    path = "/registrations/{token}/letter"
    mail = _mail(LETTER_DECIDED, registration, context, cause=f"letter:{letter.id}", path=path)
    await outbox.add(mail, now=now)


def about_seat(seat: Seat) -> str:
    """What the mail about one seat is about."""
    return f"registration:{seat.registration}:seat:{seat.id}"


def _sessions(edition: Edition) -> dict[str, Any]:
    return {
        "title": edition.title,
        "year": edition.year,
        "why": f"you signed up for sessions of {edition.title}.",
    }


async def invited(invitation: Invitation, edition: Edition, *, now: datetime) -> None:
    """The secretariat invites you: a place is held until the day that the mail names."""
    link = LinkSpec(
        INVITATION_LINK, str(invitation.id), "/invitations/{token}", expires_at=invitation.expires_at
    )
    context = _summit(edition, invitation.attendance) | {
        "until": zones.long_deadline(invitation.expires_at, edition.timezone),
        "erased_on": zones.short_day(erased_on(invitation, edition)),
        "why": f"the secretariat invites you to {edition.title}.",
    }
    mail = Mail(
        kind=INVITED,
        to_name=invitation.name,
        to_email=invitation.email,
        about=about_invitation(invitation),
        dedupe_key=f"{INVITED}:{invitation.id}",
        context=context,
        links={"url": link},
        expires_at=invitation.expires_at,
    )
    await outbox.add(mail, now=now)


def about_invitation(invitation: Invitation) -> str:
    """What the mail of an invitation is about."""
    return f"invitation:{invitation.id}"


async def _add_with_entry(
    kind: str,
    registration: Registration,
    edition: Edition,
    attendance: str,
    *,
    method: Method,
    now: datetime,
    context: dict[str, Any] | None = None,
) -> None:
    context = context or _context(registration, edition, attendance) | {"was_confirmed": True}
    calendar = entries.render(registration, edition, attendance, method=method)
    cause = f"sequence:{registration.sequence}"
    mail = _mail(kind, registration, context, cause=cause, calendar=calendar, calendar_method=method)
    await outbox.add(mail, now=now)


def _mail(
    kind: str,
    registration: Registration,
    context: dict[str, Any],
    *,
    cause: str,
    path: str = "/registrations/{token}",
    about_what: str = "",
    **more: Any,
) -> Mail:
    return Mail(
        kind=kind,
        to_name=registration.name,
        to_email=registration.email,
        about=about_what or about(registration),
        dedupe_key=f"{kind}:{registration.id}:{cause}",
        context=context,
        links={"url": LinkSpec(LINK, str(registration.id), path)},
        **more,
    )


def _context(registration: Registration, edition: Edition, attendance: str) -> dict[str, Any]:
    why = f"this address was registered for {edition.title}. If that was not you, cancel it there."
    return _summit(edition, attendance) | {"why": why}


def _summit(edition: Edition, attendance: str) -> dict[str, Any]:
    is_online = attendance == rules.ONLINE
    return {
        "title": edition.title,
        "year": edition.year,
        "days": zones.day_span(edition.starts_on, edition.ends_on),
        "attendance": rules.WORDS[attendance],
        "is_online": is_online,
        "where": "Online" if is_online else edition.venue,
        "online_url": edition.online_url if is_online else "",
        "zone": zones.city(edition.timezone),
    }


def _other_zone(moment: datetime, registration: Registration, edition: Edition) -> str:
    """The moment in the delegate's own zone, where it reads differently."""
    if not registration.timezone:
        return ""
    own, theirs = (zones.at_wall(moment, name) for name in (registration.timezone, edition.timezone))
    return "" if own.utcoffset() == theirs.utcoffset() else zones.long_moment(moment, registration.timezone)
