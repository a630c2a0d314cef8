"""The lines of a calendar file: unfolded, sorted into entries, and never more of them than is decent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from icalendar.parser import Contentline

from summit_service.errors import Invalid

LARGEST = 2_000_000
LONGEST_LINE = 100_000
LONGEST_HEAD = 2_000
"""Of a property's name with its parameters."""
MOST_PARAMETERS = 60
MOST_LINES = 100_000
MOST_ENTRIES = 2_000
DEEPEST = 5
ENTRY_LINES = frozenset({
    "UID", "SEQUENCE", "SUMMARY", "DESCRIPTION", "LOCATION", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE",
    "EXDATE", "EXRULE", "RECURRENCE-ID", "STATUS", "CLASS", "CATEGORIES", "URL", "CONFERENCE",
})  # fmt: skip
CALENDAR_LINES = frozenset(
    {"X-WR-TIMEZONE", "METHOD", "REFRESH-INTERVAL", "X-PUBLISHED-TTL", "X-WR-CALNAME", "NAME"}
)
MOST_OF_A_KIND = 500
_LINE_END = re.compile(rb"\r\n|\n|\r")
_NAME = re.compile(r"[A-Za-z0-9-]{1,60}(?=[;:])")
_content_line: Any = Contentline


@dataclass(frozen=True, slots=True)
class Line:
    """A property: its name in upper case, its parameters by upper case names, its value as it stands."""

    name: str
    params: dict[str, str]
    value: str


Found = dict[str, list[Line]]


@dataclass(slots=True)
class Blocks:
    """The lines that we understand: of the calendar, of each VEVENT, and the places that zones say they are."""

    calendar: Found = field(default_factory=dict)
    entries: list[Found] = field(default_factory=list)
    zones: dict[str, str] = field(default_factory=dict)


def blocks_of(data: bytes) -> Blocks:
    """Every VEVENT with its lines, those of an alarm within it left out; raises Invalid for what is beyond bounds."""
    found, open_parts = Blocks(), list[str]()
    entry: Found = {}
    zone: Found = {}
    for text in unfolded(data):
        word, _, name = text[:100].upper().partition(":")
        if word == "BEGIN":
            open_parts.append(name.strip())
            _check_depth(open_parts)
        elif word == "END" and open_parts:
            ended = open_parts.pop()
            if ended == "VEVENT":
                found.entries.append(entry)
                entry = {}
                _check_number(found.entries)
            elif ended == "VTIMEZONE":
                _note_place(found.zones, zone)
                zone = {}
        elif open_parts[-1:] == ["VEVENT"]:
            _keep(entry, text, ENTRY_LINES)
        elif open_parts == ["VCALENDAR"]:
            _keep(found.calendar, text, CALENDAR_LINES)
        elif open_parts[-1:] == ["VTIMEZONE"]:
            _keep(zone, text, frozenset({"TZID", "X-LIC-LOCATION"}))
    return found


def unfolded(data: bytes) -> Iterator[str]:
    """Lines with their continuations (3.1), joined before they are decoded: some writers fold inside a letter."""
    parts: list[bytes] = []
    length = 0
    for raw in _raw_lines(data.removeprefix(b"\xef\xbb\xbf")):
        if raw[:1] in {b" ", b"\t"} and parts:
            parts.append(raw[1:])
        else:
            yield b"".join(parts).decode("utf-8", "replace")
            parts, length = [raw], 0
        length += len(raw)
        if length > LONGEST_LINE:
            raise Invalid.one("", f"A line of the file has more than {LONGEST_LINE:,} bytes.")
    yield b"".join(parts).decode("utf-8", "replace")


def _raw_lines(data: bytes) -> Iterator[bytes]:
    """One at a time: a list of them would take twenty times the memory of a file that is all line ends."""
    start = 0
    for number, found in enumerate(_LINE_END.finditer(data)):
        if number == MOST_LINES:
            raise Invalid.one("", f"The file has more than {MOST_LINES:,} lines; give us a part of it.")
        yield data[start : found.start()]
        start = found.end()
    yield data[start:]


def _check_depth(open_parts: list[str]) -> None:
    if len(open_parts) > DEEPEST:
        raise Invalid.one("", f"The file has parts within parts, more than {DEEPEST} deep.")


def _check_number(entries: list[Found]) -> None:
    if len(entries) > MOST_ENTRIES:
        raise Invalid.one("", f"The file has more than {MOST_ENTRIES:,} events; give us a part of it.")


def _keep(found: Found, text: str, wanted: frozenset[str]) -> None:
    named = _NAME.match(text)
    name = named[0].upper() if named else ""
    if name not in wanted or len(found.get(name, ())) >= MOST_OF_A_KIND:
        return
    line = _parsed(name, text)
    if line is not None:
        found.setdefault(name, []).append(line)


def _parsed(name: str, text: str) -> Line | None:
    """The line in its parts; nothing for one that is none, or whose parameters are longer than anybody needs."""
    if text[len(name)] == ":":
        return Line(name, {}, text[len(name) + 1 :])
    if text.find(":", 0, LONGEST_HEAD) < 0 or text.count(";", 0, LONGEST_HEAD) > MOST_PARAMETERS:
        return None
    try:
        _, params, value = _content_line(text).raw_parts()
    except ValueError:
        return None
    return Line(name, {str(key).upper(): str(params[key]) for key in params}, str(value))


def _note_place(places: dict[str, str], zone: Found) -> None:
    """X-LIC-LOCATION: many programs write the IANA name beside a TZID of their own."""
    if "TZID" in zone and "X-LIC-LOCATION" in zone and len(places) < MOST_OF_A_KIND:
        places[zone["TZID"][0].value.strip()] = zone["X-LIC-LOCATION"][0].value.strip()
