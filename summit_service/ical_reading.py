"""Calendar files from elsewhere (RFC 5545), read line by line: bounded in time and memory, each entry by itself."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import vDuration
from icalendar.parser import Contentline
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from summit_service import zones
from summit_service.errors import Fault, Invalid

LARGEST = 2_000_000
LONGEST_LINE = 100_000
MOST_LINES_AN_ENTRY = 2_000
MOST_ENTRIES = 2_000
DEEPEST = 5
PLAIN_UID = re.compile(r"[A-Za-z0-9._@+-]{1,120}")
_DAY = re.compile(r"\d{8}")
_MOMENT = re.compile(r"\d{8}T\d{6}Z?")
_TEXTS = {"SUMMARY": "summary", "DESCRIPTION": "description", "LOCATION": "location"}
_COMMA = re.compile(r"(?<!\\),")
_ESCAPED = re.compile(r"\\([\\;,nN])")
_LINE_END = re.compile(rb"\r\n|\n|\r")

Line = tuple[str, dict[str, Any], str]
_content_line: Any = Contentline
_length_of: Any = vDuration.from_ical


@dataclass(frozen=True, slots=True)
class Reading:
    """The entries of a file as fields of an event, and what is wrong, by the number of the entry (0 is the first)."""

    entries: tuple[tuple[int, dict[str, Any]], ...] = ()
    faults: tuple[Fault, ...] = ()


def read(data: bytes) -> Reading:
    """Every VEVENT that can be understood; times without a zone have the field `timezone` empty."""
    if len(data) > LARGEST:
        return _refused(f"The file has {len(data) / 1e6:.1f} MB; {LARGEST / 1e6:.0f} MB is the most we read.")
    try:
        blocks = list(_blocks(data))
    except Invalid as fault:
        return _refused(fault.sentence)
    if not blocks:
        return _refused("The file is not a calendar (.ics), or has no event in it.")
    entries, faults = [], []
    for number, lines in enumerate(blocks):
        try:
            entries.append((number, _fields(lines)))
        except Invalid as fault:
            faults += [Fault(f"{number}/{one.field}", one.sentence) for one in fault.faults]
    return Reading(tuple(entries), tuple(faults))


def _refused(sentence: str) -> Reading:
    return Reading(faults=(Fault("", sentence),))


def _blocks(data: bytes) -> Iterator[list[str]]:
    """The lines of each VEVENT, those of an alarm within it left out."""
    open_parts: list[str] = []
    block: list[str] = []
    count = 0
    for line in _unfolded(data):
        word, _, name = line.upper().partition(":")
        if word == "BEGIN":
            open_parts.append(name.strip())
            if len(open_parts) > DEEPEST:
                raise Invalid.one("", f"The file has parts within parts, more than {DEEPEST} deep.")
        elif word == "END" and open_parts:
            if open_parts.pop() == "VEVENT":
                yield block
                block, count = [], count + 1
        elif open_parts and open_parts[-1] == "VEVENT" and len(block) < MOST_LINES_AN_ENTRY:
            block.append(line)
        if count > MOST_ENTRIES:
            raise Invalid.one("", f"The file has more than {MOST_ENTRIES:,} events; give us a part of it.")


def _unfolded(data: bytes) -> Iterator[str]:
    """Lines with their continuations (3.1), joined before they are decoded: some writers fold inside a letter."""
    parts: list[bytes] = []
    length = 0
    for raw in _LINE_END.split(data.removeprefix(b"\xef\xbb\xbf")):
        if raw[:1] in {b" ", b"\t"} and parts:
            parts.append(raw[1:])
        else:
            yield b"".join(parts).decode("utf-8", "replace")
            parts, length = [raw], 0
        length += len(raw)
        if length > LONGEST_LINE:
            raise Invalid.one("", f"A line of the file has more than {LONGEST_LINE:,} bytes.")
    yield b"".join(parts).decode("utf-8", "replace")


def _fields(lines: list[str]) -> dict[str, Any]:
    found: dict[str, list[Line]] = {}
    for text in lines:
        line = _line(text)
        if line is not None:
            found.setdefault(line[0], []).append(line)
    _check_taken(found)
    values: dict[str, Any] = {
        field: _text(found[name][0][2]) for name, field in _TEXTS.items() if name in found
    }
    values["summary"] = " ".join(values.get("summary", "").split()) or "Without a title"
    values["location"] = " ".join(values.get("location", "").split())
    values |= _times(found)
    values["categories"] = _categories(found)
    if "URL" in found:
        values["url"] = found["URL"][0][2].strip()
    if "RRULE" in found:
        values["recurrence"] = found["RRULE"][0][2].strip()
    values["uid"] = _uid(found)
    return values


def _line(text: str) -> Line | None:
    try:
        name, params, value = _content_line(text).parts()
    except ValueError:
        return None
    return str(name).upper(), {str(key).upper(): params[key] for key in params}, str(value)


def _check_taken(found: dict[str, list[Line]]) -> None:
    if "DTSTART" not in found:
        raise Invalid.one("starts_at", "It has no start (DTSTART).")
    if "RECURRENCE-ID" in found:
        raise Invalid.one("starts_at", "It is one changed date of a series. Change that date here instead.")
    if "RDATE" in found or len(found.get("RRULE", ())) > 1:
        raise Invalid.one(
            "recurrence", "It is a series of single dates, which is not taken. Post them one by one."
        )
    if found.get("STATUS", [("", {}, "")])[0][2].strip().upper() == "CANCELLED":
        raise Invalid.one("status", "It is cancelled already.")
    if found.get("CLASS", [("", {}, "PUBLIC")])[0][2].strip().upper() != "PUBLIC":
        raise Invalid.one("visibility", "Its calendar marks it as private.")


def _times(found: dict[str, list[Line]]) -> dict[str, Any]:
    zone, starts = _moment(found["DTSTART"][0], "starts_at")
    all_day = not isinstance(starts, datetime)
    ends = _end(found, zone, starts)
    excluded = [
        _wall(_moment((name, params, value), "excluded", zone=zone)[1])
        for name, params, values in found.get("EXDATE", ())
        for value in values.split(",")
    ]
    return {
        "starts_at": _wall(starts),
        "ends_at": _wall(ends) if ends is not None else "",
        "timezone": zone,
        "all_day": all_day,
        "excluded": excluded,
    }


def _end(found: dict[str, list[Line]], zone: str, starts: date) -> date | None:
    """The end in the zone of the start, the last day for whole days; None where none was given."""
    ends: date | None = None
    if "DTEND" in found:
        ends = _moment(found["DTEND"][0], "ends_at", zone=zone)[1]
    elif "DURATION" in found:
        ends = _after(starts, found["DURATION"][0][2], zone)
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


def _moment(line: Line, field: str, *, zone: str | None = None) -> tuple[str, date]:
    """The zone (empty: none is named) and the day or wall time, in `zone` where that is given."""
    _, params, text = line
    value = text.strip()
    try:
        if _DAY.fullmatch(value):
            return zone or "", datetime.strptime(value, "%Y%m%d").date()  # noqa: DTZ007 - a day
        if not _MOMENT.fullmatch(value):
            raise ValueError(value)
        wall = datetime.strptime(value[:15], "%Y%m%dT%H%M%S")  # noqa: DTZ007 - a wall time
    except ValueError:
        raise Invalid.one(field, f"The time “{value[:30]}” cannot be read.") from None
    own = "Etc/UTC" if value.endswith("Z") else _zone_of(str(params.get("TZID", "")), field)
    if zone and own and own != zone:
        wall = wall.replace(tzinfo=ZoneInfo(own)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return own, wall


def _zone_of(name: str, field: str) -> str:
    """The IANA name of a TZID: as it is, by its end (`/vendor/Europe/London`), or by the name Windows gives it."""
    if not name:
        return ""
    parts = name.strip().strip("/").split("/")
    names = ("/".join(parts[start:]) for start in range(max(0, len(parts) - 3), len(parts)))
    for candidate in (WINDOWS_TO_OLSON.get(name.strip(), ""), *names):
        try:
            return zones.zone(candidate).key
        except Invalid:
            continue
    raise Invalid.one(field, f"Its time zone “{name[:60]}” is not one that we know.")


def _wall(moment: date) -> str:
    if isinstance(moment, datetime):
        return moment.strftime("%Y-%m-%dT%H:%M")
    return moment.isoformat()


def _categories(found: dict[str, list[Line]]) -> list[str]:
    values = [value for line in found.get("CATEGORIES", ()) for value in _COMMA.split(line[2])]
    return list(dict.fromkeys(_text(value)[:40] for value in values if value.strip()))[:10]


def _text(value: str) -> str:
    """What the TEXT says (3.3.11)."""
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value).strip()


def _uid(found: dict[str, list[Line]]) -> str:
    """As it is; a name for it where it has signs that we do not take, so that the same file finds the same event."""
    given = found["UID"][0][2].strip() if "UID" in found else ""
    if not given or PLAIN_UID.fullmatch(given):
        return given
    return f"{hashlib.sha256(given.encode()).hexdigest()[:40]}@imported"
