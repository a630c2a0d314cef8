"""When a registration is taken, and what a place may become: plain values in, an answer or a refusal out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from summit_service import zones
from summit_service.errors import Conflict, Gone

IN_PERSON, ONLINE = "in_person", "online"
ATTENDANCES = (IN_PERSON, ONLINE)
WORDS = {IN_PERSON: "in person", ONLINE: "online"}
CONFIRMED, WAITLISTED, OFFERED, ENDED = "confirmed", "waitlisted", "offered", "ended"
CANCELLED, DECLINED, EXPIRED, SWITCHED, ACCEPTED = "cancelled", "declined", "expired", "switched", "accepted"
LIVE = (CONFIRMED, WAITLISTED, OFFERED)
HOLDING = (CONFIRMED, OFFERED)
WITHDRAWN = "withdrawn"
OFFER_TIME = timedelta(hours=48)
INVITATION_TIME = timedelta(days=14)
MORNING = time(8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """When an edition takes registrations and when it runs: UTC instants, and the zone they are told in."""

    opens_at: datetime | None
    closes_at: datetime
    begins_at: datetime
    ends_at: datetime
    timezone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What a delegate told us, checked; `timezone` is the delegate's own, if we know it."""

    name: str
    organisation: str = ""
    dietary: str = ""
    access_needs: str = ""
    is_listed: bool = False
    timezone: str | None = None
    answers: Mapping[str, str | bool | int | float] = field(default_factory=dict)


def is_open(window: Window, *, now: datetime) -> bool:
    """Whether a new registration is taken now."""
    return (window.opens_at is None or window.opens_at <= now) and now < window.closes_at


def check_open(window: Window, *, now: datetime) -> None:
    """Raises Conflict before registration opens and Gone after it has closed, with the moment."""
    if window.opens_at is not None and now < window.opens_at:
        moment = zones.long_moment(window.opens_at, window.timezone)
        raise Conflict(f"Registration opens on {moment}.", code="registration_not_open")
    if now >= window.closes_at:
        until = zones.long_deadline(window.closes_at, window.timezone)
        raise Gone(f"Registration was open until {until}.", code="registration_closed")


def check_not_over(window: Window, *, now: datetime) -> None:
    """Raises Gone once the summit is over: from then on a registration stays as it is."""
    if now >= window.ends_at:
        raise Gone("The summit is over. Your registration stays as it is.", code="summit_over")


def check_changes_possible(ends_at: datetime | None, *, zone: str, now: datetime) -> None:
    """Raises Gone once the day is over until which delegates change what they told us."""
    if ends_at is not None and now >= ends_at:
        until = zones.long_deadline(ends_at, zone)
        sentence = (
            f"Changes were possible until {until}. You can still cancel; for anything else write to us."
        )
        raise Gone(sentence, code="changes_closed")


def can_offer(window: Window, *, now: datetime) -> bool:
    """Whether a free place may be offered: never after registration closed or the summit began."""
    return is_open(window, now=now) and now < window.begins_at


def offer_expiry(window: Window, *, now: datetime) -> datetime:
    """Until when an offer made now can be accepted: 48 hours, but not past the beginning of the summit."""
    return min(now + OFFER_TIME, window.begins_at)


def invitation_expiry(window: Window, *, now: datetime) -> datetime:
    """Until when an invitation holds its place: two weeks, but not past the beginning of the summit."""
    return min(now + INVITATION_TIME, window.begins_at)


def check_can_invite(window: Window, *, now: datetime) -> None:
    """Raises Gone once the summit has begun; before registration opens and after it closed it can be done."""
    if now >= window.begins_at:
        raise Gone("The summit has begun. Nobody can be invited any more.", code="summit_begun")


def offer_is_open(expires_at: datetime | None, *, now: datetime) -> bool:
    """Whether an offer can still be accepted; judged by the clock, whether or not a job has run."""
    return expires_at is not None and now < expires_at


def check_offer_open(expires_at: datetime | None, *, zone: str, now: datetime) -> None:
    """Raises Gone for an offer whose time is over."""
    if not offer_is_open(expires_at, now=now):
        until = f" It could be accepted until {zones.long_moment(expires_at, zone)}." if expires_at else ""
        raise Gone(f"This offer has expired.{until}", code="offer_expired")


def goes_to_the_queue(*, taken: int, capacity: int, waiting: int) -> bool:
    """Whether a newcomer waits: all places are held, or somebody came before them and waits already."""
    return waiting > 0 or taken >= capacity


def can_attend(capacity: int) -> bool:
    """Whether an edition takes delegates in a way that has this limit at all."""
    return capacity > 0


def last_morning(zone: str, *, now: datetime) -> datetime:
    """The newest MORNING up to now by the clock of the zone, as an instant."""
    place = zones.zone(zone)
    today = datetime.combine(now.astimezone(place).date(), MORNING, tzinfo=place)
    if today <= now:
        return today.astimezone(UTC)
    return datetime.combine(today.date() - timedelta(days=1), MORNING, tzinfo=place).astimezone(UTC)


def next_morning(zone: str, *, now: datetime) -> datetime:
    """The first MORNING after now."""
    return last_morning(zone, now=now + timedelta(days=1))
