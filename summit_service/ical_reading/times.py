"""Times of a calendar file: days, wall times and lengths, in the zone that was meant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import vDuration
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from summit_service import zones
from summit_service.errors import Invalid
from summit_service.ical_reading.lines import Found, Line

_DAY = re.compile(r"[0-9]{8}")
_MOMENT = re.compile(r"[0-9]{8}T[0-9]{6}Z?")
_length_of: Any = vDuration.from_ical


@dataclass(frozen=True, slots=True)
class Places:
    """What a file says of zones: the place of each TZID of its own, and the zone of times that name none."""

    by_name: dict[str, str]
    usual: str = ""


@dataclass(frozen=True, slots=True)
class Times:
    """Start and end as days or wall times of `zone` (empty: none is named), the last day included."""

    zone: str
    starts: date
    ends: date | None
    fold: int = 0


def times_of(found: Found, places: Places, *, into: str = "") -> Times:
    """When the entry takes place, in the zone `into` where that is given; raises Invalid with the field."""
    if "DTSTART" not in found:
        raise Invalid.one("starts_at", "It has no start (DTSTART).")
    zone, starts, fold = moment(found["DTSTART"][0], "starts_at", places, into=into)
    if not into and zone == "Etc/UTC" and places.usual and "RRULE" not in found:
        # One moment is the same in both; people read it better in the zone that they live in.
        zone, starts, fold = moment(found["DTSTART"][0], "starts_at", places, into=places.usual)
        zone = places.usual
    zone = into or zone or places.usual
    return Times(zone, starts, _end(found, zone, starts, places), fold)


def moment(line: Line, field: str, places: Places, *, into: str = "") -> tuple[str, date, int]:
    """Its own zone (empty: none is named), the day or wall time (of `into` where given), and which of two hours."""
    value = line.value.strip()
    try:
        if _DAY.fullmatch(value):
            return "", date.fromisoformat(value), 0
        if not _MOMENT.fullmatch(value):
            raise ValueError(value)
        at = datetime.fromisoformat(value[:15])
    except ValueError:
        raise Invalid.one(field, f"The time “{value[:30]}” cannot be read.") from None
    own = "Etc/UTC" if value.endswith("Z") else _zone_of(line.params.get("TZID", ""), field, places)
    if not into or not own or own == into:
        return own, at, 0
    try:
        moved = at.replace(tzinfo=ZoneInfo(own)).astimezone(ZoneInfo(into))
    except OverflowError:
        raise Invalid.one(field, f"The time “{value[:30]}” cannot be read.") from None
    return own, moved.replace(tzinfo=None, fold=0), moved.fold


def wall(found: date) -> str:
    """As an event's field has it."""
    return found.isoformat(timespec="minutes") if isinstance(found, datetime) else found.isoformat()


def length(text: str) -> timedelta | None:
    """A DURATION; nothing where it cannot be read, or is none."""
    try:
        found: timedelta = _length_of(text.strip()[:40])
    except (ValueError, OverflowError):
        return None
    return found if found > timedelta() else None


def _end(found: Found, zone: str, starts: date, places: Places) -> date | None:
    """The end in the zone of the start, the last day for whole days; None where none was given."""
    ends: date | None = None
    if "DTEND" in found:
        ends = moment(found["DTEND"][0], "ends_at", places, into=zone)[1]
    elif "DURATION" in found:
        ends = _after(starts, found["DURATION"][0].value, zone)
    if ends is None or isinstance(ends, datetime) != isinstance(starts, datetime) or ends <= starts:
        return None
    return ends if isinstance(ends, datetime) else ends - timedelta(days=1)


def _after(starts: date, text: str, zone: str) -> date:
    try:
        length: timedelta = _length_of(text.strip())
        if not isinstance(starts, datetime) or not zone:
            return starts + length
        place = ZoneInfo(zone)
        return (starts.replace(tzinfo=place).astimezone(UTC) + length).astimezone(place).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise Invalid.one("ends_at", f"Its length (“{text[:30]}”) cannot be read.") from None


def _zone_of(name: str, field: str, places: Places) -> str:
    """The IANA name of a TZID: the place the file gives it, its own name, its end, or the name of Windows for it."""
    name = name.strip()
    if not name:
        return places.usual
    found = named_zone(places.by_name.get(name, "")) or named_zone(name)
    if not found:
        raise Invalid.one(field, f"Its time zone “{name[:60]}” is not one that we know.")
    return found


def named_zone(name: str) -> str:
    """The IANA zone that is meant (`/vendor/Europe/London` is one too); empty where none is."""
    parts = name.strip().strip("/").split("/")
    names = ("/".join(parts[start:]) for start in range(max(0, len(parts) - 3), len(parts)))
    candidates = (WINDOWS_TO_OLSON.get(name.strip(), ""), *names)
    return next((candidate for candidate in candidates if zones.is_zone(candidate)), "")
