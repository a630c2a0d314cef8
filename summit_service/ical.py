"""iCalendar (RFC 5545, 5546, 7986): entries and calendars as bytes; it and vtimezone alone speak it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, vCalAddress, vDuration, vRecur, vText, vUri

from summit_service.vtimezone import FIRST_YEAR, LAST_YEAR, repeated_hours
from summit_service.vtimezone import vtimezone as _vtimezone

__all__ = ["repeated_hours"]

PRODUCT = "-//summit_service//summit_service//EN"
COLOUR = "seagreen"
"""What apps first draw a calendar in (RFC 7986, 5.9): the name in CSS that is nearest to that of the pages."""
LONGEST_URL = 255
"""Google drops an address that is longer."""
NO_ZONE = frozenset({"UTC", "Etc/UTC", "Etc/UCT", "UCT", "Zulu", "Etc/Zulu", "Universal", "Etc/Universal"})
_LINE_BREAKS = re.compile("\r\n|[\r\u0085\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One VEVENT. `starts_at` and `ends_at` are wall times (`2027-03-04T09:00`) in `timezone`, or whole days
    (`2027-03-04`, the last one included).

    The instants are looked at only where a wall time happens twice: it is then written in UTC.
    `changed_at` is the last change of what a reader sees: it becomes LAST-MODIFIED and DTSTAMP.
    """

    uid: str
    sequence: int
    summary: str
    starts_at: str
    ends_at: str
    timezone: str
    changed_at: datetime
    created_at: datetime
    all_day: bool = False
    starts_instant: datetime | None = None
    ends_instant: datetime | None = None
    status: str = "CONFIRMED"
    description: str = ""
    location: str = ""
    url: str = ""
    online_url: str = ""
    categories: tuple[str, ...] = ()
    rrule: str = ""
    excluded: tuple[str, ...] = ()
    recurrence_id: str = ""
    organizer_name: str = ""
    organizer_email: str = ""
    attendee_name: str = ""
    attendee_email: str = ""
    partstat: str = ""
    alarm_minutes: int | None = None


def vevent(entry: Entry) -> bytes:
    """The entry as one VEVENT: folded at 75 octets, CRLF; the same entry is always the same bytes."""
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    event.add("created", entry.created_at.astimezone(UTC))
    event.add("last-modified", entry.changed_at.astimezone(UTC))
    event.add("sequence", entry.sequence)
    event.add("status", entry.status)
    _add_times(event, entry)
    _add_texts(event, entry)
    _add_people(event, entry)
    if entry.alarm_minutes is not None:
        event.add_component(_alarm(entry))
    rendered: bytes = event.to_ical()
    return rendered


@lru_cache(maxsize=4_096)
def kept_vevent(entry: Entry) -> bytes:
    """As `vevent`, for what is put together anew for each fetch: an entry that has not changed is rendered once."""
    return vevent(entry)


def vtimezone(name: str) -> bytes:
    """The VTIMEZONE that belongs to TZID=name; empty for UTC, whose times end in Z."""
    return b"" if name in NO_ZONE else _vtimezone(name)


def calendar(
    vevents: Iterable[bytes],
    *,
    zones: Iterable[str],
    name: str,
    description: str = "",
    url: str = "",
    refresh: timedelta = timedelta(hours=1),
    method: str = "",
) -> bytes:
    """A whole calendar of entries that are rendered already; `url` is its own address (SOURCE).

    No METHOD in what is subscribed to.
    """
    body = b"".join(vevents)
    head, tail = frame(
        zones=zones,
        has_entries=bool(body),
        name=name,
        description=description,
        url=url,
        refresh=refresh,
        method=method,
    )
    return head + body + tail


def frame(
    *,
    zones: Iterable[str],
    has_entries: bool,
    name: str,
    description: str = "",
    url: str = "",
    refresh: timedelta = timedelta(hours=1),
    method: str = "",
) -> tuple[bytes, bytes]:
    """What stands before and after the entries of a calendar.

    Without entries it holds the zone UTC, as it may not be empty.
    """
    if method:
        framed = _framed(method)
    else:
        whole = _frame()
        _add_about(whole, name=name, description=description, url=url, refresh=refresh)
        framed = whole.to_ical()
    known = b"".join(vtimezone(zone) for zone in sorted(set(zones)))
    if not known and not has_entries:
        known = _vtimezone("Etc/UTC")
    head, tail = framed.split(b"END:VCALENDAR")
    return bytes(head + known), b"END:VCALENDAR" + tail


def _frame() -> Calendar:
    bare = Calendar()
    bare.add("prodid", PRODUCT)
    bare.add("version", "2.0")
    bare.add("calscale", "GREGORIAN")
    return bare


@cache
def _framed(method: str) -> bytes:
    """What is around the entry of a mail: the same for each of the few methods."""
    framed = _frame()
    framed.add("method", method)
    return bytes(framed.to_ical())


def invitation(entry: Entry, *, method: Literal["REQUEST", "CANCEL", "PUBLISH"]) -> str:
    """An iCalendar object with one entry: for a mail (RFC 6047), or to be downloaded."""
    zones = () if entry.all_day else (entry.timezone,)
    return calendar([vevent(entry)], zones=zones, name=entry.summary, method=method).decode()


def clean(text: str) -> str:
    """What TEXT may hold: any kind of line break as a line feed, tabs as spaces, no other controls."""
    return _CONTROLS.sub("", _LINE_BREAKS.sub("\n", text).replace("\t", " "))


def _add_about(frame: Calendar, *, name: str, description: str, url: str, refresh: timedelta) -> None:
    for key in ("name", "x-wr-calname"):
        frame.add(key, vText(_one_line(name)))
    for key in ("description", "x-wr-caldesc"):
        if description:
            frame.add(key, vText(clean(description)))
    frame.add("color", COLOUR)
    if url:
        frame.add("source", vUri(url, params={"VALUE": "URI"}))
    frame.add("refresh-interval", vDuration(refresh, params={"VALUE": "DURATION"}))
    frame.add("x-published-ttl", vDuration(refresh))


def _add_times(event: Event, entry: Entry) -> None:
    if entry.all_day:
        event.add("dtstart", date.fromisoformat(entry.starts_at))
        event.add("dtend", date.fromisoformat(entry.ends_at) + timedelta(days=1))
    else:
        starts, ends = _moments(entry)
        event.add("dtstart", starts)
        event.add("dtend", ends)
    for day in entry.excluded:
        event.add("exdate", _occurrence(day, entry))
    if entry.recurrence_id:
        event.add("recurrence-id", _occurrence(entry.recurrence_id, entry))
    if entry.rrule:
        event.add("rrule", _recurrence(entry))


def _moments(entry: Entry) -> tuple[datetime, datetime]:
    """Both as wall times with the zone; both in UTC where the zone and the wall time do not say it all.

    In an hour that the clocks repeat RFC 5545 (3.3.5) means the first, but ical.js reads some as the second.
    """
    place = _place(entry.timezone)
    walls = [datetime.fromisoformat(text) for text in (entry.starts_at, entry.ends_at)]
    meant = [entry.starts_instant, entry.ends_instant]
    moments = [wall.replace(tzinfo=place) for wall in walls]
    is_plain = all(
        FIRST_YEAR <= moment.year <= LAST_YEAR
        and moment.utcoffset() == moment.replace(fold=1).utcoffset()
        and (known is None or moment.astimezone(UTC) == known.astimezone(UTC))
        for moment, known in zip(moments, meant, strict=True)
    )
    if is_plain or (entry.rrule and not entry.recurrence_id):
        return moments[0], moments[1]
    starts, ends = ((known or moment).astimezone(UTC) for moment, known in zip(moments, meant, strict=True))
    return starts, ends


def _occurrence(text: str, entry: Entry) -> date | datetime:
    if entry.all_day:
        return date.fromisoformat(text[:10])
    return datetime.fromisoformat(text).replace(tzinfo=_place(entry.timezone))


def _place(name: str) -> Any:
    return UTC if name in NO_ZONE else ZoneInfo(name)


def _recurrence(entry: Entry) -> vRecur:
    """The rule; its UNTIL is a day where the entry is one, and in UTC where the entry has a zone (3.3.10)."""
    rule: vRecur = vRecur.from_ical(entry.rrule)
    until = rule.get("UNTIL")
    if until:
        rule["UNTIL"] = [_until(until[0], entry)]
    return rule


def _until(until: date | datetime, entry: Entry) -> date | datetime:
    if entry.all_day:
        return _day_of(until, entry)
    if not isinstance(until, datetime):
        until = datetime.combine(until, time(23, 59, 59))
    if until.tzinfo is None:
        until = until.replace(tzinfo=_place(entry.timezone))
    return until.astimezone(UTC)


def _day_of(until: date | datetime, entry: Entry) -> date:
    """The day in the entry's own zone; an instant in UTC may lie on another one."""
    if not isinstance(until, datetime):
        return until
    return (until.astimezone(_place(entry.timezone)) if until.tzinfo else until).date()


def _add_texts(event: Event, entry: Entry) -> None:
    summary = _one_line(entry.summary)
    event.add("summary", f"Cancelled: {summary}" if entry.status == "CANCELLED" else summary)
    if description := _description(entry):
        event.add("description", description)
    if location := _one_line(entry.location) or _address(entry.online_url):
        event.add("location", location)
    if url := _address(entry.url):
        event.add("url", vUri(url))
    if online := _address(entry.online_url):
        event.add(
            "conference", vUri(online, params={"VALUE": "URI", "FEATURE": "VIDEO", "LABEL": "Join online"})
        )
    if categories := [_one_line(category) for category in entry.categories]:
        event.add("categories", categories)


def _description(entry: Entry) -> str:
    """Few calendars show CONFERENCE, so the address to join stands in the text too."""
    text = clean(entry.description).strip()
    if not entry.online_url or entry.online_url in text:
        return text
    return f"{text}\n\nJoin online: {clean(entry.online_url)}".strip()


def _one_line(text: str) -> str:
    return clean(text).replace("\n", " ").strip()


def _address(url: str) -> str:
    """The address as it may stand in a calendar; empty where it would be too long or is none."""
    text = _one_line(url)
    is_address = text.startswith(("https://", "http://")) and " " not in text
    return text if is_address and len(text.encode()) <= LONGEST_URL else ""


def _add_people(event: Event, entry: Entry) -> None:
    if entry.organizer_email:
        event.add("organizer", _person(entry.organizer_name, entry.organizer_email))
    if entry.attendee_email:
        person = _person(entry.attendee_name, entry.attendee_email)
        person.params["CUTYPE"] = "INDIVIDUAL"
        person.params["ROLE"] = "REQ-PARTICIPANT"
        person.params["PARTSTAT"] = entry.partstat or "NEEDS-ACTION"
        event.add("attendee", person)


def _person(name: str, email: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{_one_line(email)}")
    if name:
        person.params["CN"] = _one_line(name).replace('"', "'")
    return person


def _alarm(entry: Entry) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _one_line(entry.summary))
    alarm.add("trigger", timedelta(minutes=-(entry.alarm_minutes or 0)))
    return alarm
