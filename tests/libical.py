"""libical reads a calendar: the C library of Evolution, KOrganizer and others, through ctypes (Debian: libical3)."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_long, c_void_p
from ctypes.util import find_library
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import pytest

from tests import parsers

MOST_TIMES, YEARS = 24, 30


class _Time(Structure):
    """`struct icaltimetype`."""

    _fields_ = [
        *(
            (name, c_int)
            for name in ("year", "month", "day", "hour", "minute", "second", "is_date", "is_daylight")
        ),
        ("zone", c_void_p),
    ]


class _Span(Structure):
    """`struct icaltime_span`."""

    _fields_ = [("start", c_long), ("end", c_long), ("is_busy", c_int)]


_VISIT = CFUNCTYPE(None, c_void_p, POINTER(_Span), c_void_p)


@dataclass(frozen=True, slots=True)
class Read:
    """What libical saw of one entry; instants in UTC, or days with the end excluded."""

    uid: str
    sequence: int
    status: str
    summary: str
    location: str
    start: datetime | date
    end: datetime | date
    organizer: str
    attendees: tuple[str, ...]
    description: str


@dataclass(frozen=True, slots=True)
class Object:
    """A whole iCalendar object."""

    method: str
    entries: tuple[Read, ...]
    errors: int


@cache
def _library() -> Any:
    name = find_library("ical")
    if name is None:
        sentence = "libical is not here (Debian: apt-get install libical3)."
        if os.environ.get("CI") == "true":
            pytest.fail(sentence, pytrace=False)
        pytest.skip(sentence)
    lib = ctypes.CDLL(name)
    shapes: dict[str, tuple[Any, list[Any]]] = {
        "icalparser_parse_string": (c_void_p, [c_char_p]),
        "icalcomponent_free": (None, [c_void_p]),
        "icalcomponent_count_errors": (c_int, [c_void_p]),
        "icalcomponent_get_first_component": (c_void_p, [c_void_p, c_int]),
        "icalcomponent_get_next_component": (c_void_p, [c_void_p, c_int]),
        "icalcomponent_get_first_property": (c_void_p, [c_void_p, c_int]),
        "icalcomponent_get_next_property": (c_void_p, [c_void_p, c_int]),
        "icalproperty_string_to_kind": (c_int, [c_char_p]),
        "icalcomponent_string_to_kind": (c_int, [c_char_p]),
        "icalproperty_get_value_as_string": (c_char_p, [c_void_p]),
        "icalcomponent_get_uid": (c_char_p, [c_void_p]),
        "icalcomponent_get_summary": (c_char_p, [c_void_p]),
        "icalcomponent_get_location": (c_char_p, [c_void_p]),
        "icalcomponent_get_description": (c_char_p, [c_void_p]),
        "icalcomponent_foreach_recurrence": (None, [c_void_p, _Time, _Time, _VISIT, c_void_p]),
        "icaltime_from_timet_with_zone": (_Time, [c_long, c_int, c_void_p]),
        "icalcomponent_get_sequence": (c_int, [c_void_p]),
        "icalcomponent_get_dtstart": (_Time, [c_void_p]),
        "icalcomponent_get_dtend": (_Time, [c_void_p]),
        "icalcomponent_get_recurrenceid": (_Time, [c_void_p]),
        "icaltime_as_timet_with_zone": (c_long, [_Time, c_void_p]),
        "icaltimezone_get_utc_timezone": (c_void_p, []),
    }
    for function, (result, arguments) in shapes.items():
        found = getattr(lib, function)
        found.restype, found.argtypes = result, arguments
    return lib


def read(body: bytes) -> Object:
    """The object with its VEVENTs; fails where libical cannot read it at all."""
    lib = _library()
    calendar = lib.icalparser_parse_string(body)
    assert calendar, "libical cannot read it."
    try:
        events = tuple(_entry(event) for event in _components(calendar, b"VEVENT"))
        return Object(_text(calendar, b"METHOD"), events, lib.icalcomponent_count_errors(calendar))
    finally:
        lib.icalcomponent_free(calendar)


def by_libical(body: bytes) -> list[parsers.Read]:
    """What is compared of a feed; libical may not find a single error in it."""
    found = read(body)
    assert found.errors == 0
    return [
        parsers.Read(
            one.uid, one.sequence, one.status, one.summary, one.description, one.location, one.start, one.end
        )
        for one in found.entries
    ]


def times_by_libical(body: bytes) -> list[list[datetime | date]]:
    """The first dates of each event, by the VTIMEZONEs of the calendar: at most 24, of at most 30 years.

    A date that has an entry of its own is where that one has it.
    """
    lib = _library()
    calendar = lib.icalparser_parse_string(body)
    assert calendar, "libical cannot read it."
    try:
        events = list(_components(calendar, b"VEVENT"))
        return [_with_own(event, events) for event in events if not _text(event, b"RECURRENCE-ID")]
    finally:
        lib.icalcomponent_free(calendar)


def _with_own(series: int, events: list[int]) -> list[datetime | date]:
    """RECURRENCE-ID comes without its zone: it is that of the series."""
    lib, uid = _library(), _text(series, b"UID")
    zone = lib.icalcomponent_get_dtstart(series).zone
    own: dict[datetime | date, datetime | date] = {}
    for event in events:
        if _text(event, b"UID") == uid and _text(event, b"RECURRENCE-ID"):
            named = lib.icalcomponent_get_recurrenceid(event)
            second = lib.icaltime_as_timet_with_zone(named, zone or lib.icaltimezone_get_utc_timezone())
            own[datetime.fromtimestamp(second, UTC)] = _moment(lib.icalcomponent_get_dtstart(event))
    return [own.get(at, at) for at in _times(series)]


def _times(event: int) -> list[datetime | date]:
    lib = _library()
    starts = lib.icalcomponent_get_dtstart(event)
    first = lib.icaltime_as_timet_with_zone(starts, starts.zone)
    after, before = (
        lib.icaltime_from_timet_with_zone(second, 0, None)
        for second in (first - 86_400, first + YEARS * 366 * 86_400)
    )
    found: list[datetime | date] = []

    def visit(_event: Any, span: Any, _data: Any) -> None:
        moment = datetime.fromtimestamp(span.contents.start, UTC)
        found.append(moment.date() if starts.is_date else moment)

    lib.icalcomponent_foreach_recurrence(event, after, before, _VISIT(visit), None)
    return found[:MOST_TIMES]


def _entry(event: int) -> Read:
    lib = _library()
    return Read(
        lib.icalcomponent_get_uid(event).decode(),
        lib.icalcomponent_get_sequence(event),
        _text(event, b"STATUS"),
        (lib.icalcomponent_get_summary(event) or b"").decode(),
        (lib.icalcomponent_get_location(event) or b"").decode(),
        _moment(lib.icalcomponent_get_dtstart(event)),
        _moment(lib.icalcomponent_get_dtend(event)),
        _text(event, b"ORGANIZER"),
        tuple(_texts(event, b"ATTENDEE")),
        (lib.icalcomponent_get_description(event) or b"").decode(),
    )


def _moment(time: _Time) -> datetime | date:
    if time.is_date:
        return date(time.year, time.month, time.day)
    lib = _library()
    zone = time.zone or lib.icaltimezone_get_utc_timezone()
    return datetime.fromtimestamp(lib.icaltime_as_timet_with_zone(time, zone), UTC)


def _components(calendar: int, name: bytes) -> Iterator[int]:
    lib = _library()
    kind = lib.icalcomponent_string_to_kind(name)
    found = lib.icalcomponent_get_first_component(calendar, kind)
    while found:
        yield found
        found = lib.icalcomponent_get_next_component(calendar, kind)


def _texts(component: int, name: bytes) -> Iterator[str]:
    lib = _library()
    kind = lib.icalproperty_string_to_kind(name)
    found = lib.icalcomponent_get_first_property(component, kind)
    while found:
        yield lib.icalproperty_get_value_as_string(found).decode()
        found = lib.icalcomponent_get_next_property(component, kind)


def _text(component: int, name: bytes) -> str:
    return next(_texts(component, name), "")
