"""Entries of a calendar file as fields of an event, each with the dates of its series that were moved or cancelled."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import nh3

from summit_service.errors import Fault, Invalid
from summit_service.ical_reading.lines import LARGEST, Found, blocks_of
from summit_service.ical_reading.times import Places, length, moment, named_zone, times_of, wall
from summit_service.markup import BIDI_CONTROLS

PLAIN_UID = re.compile(r"[A-Za-z0-9._@+-]{1,120}")
_ADDRESS = re.compile(r"https?://[^\s]{4,250}")
_COMMA = re.compile(r"(?<!\\),")
_ESCAPED = re.compile(r"\\([\\;,nN])")
_MARKUP = re.compile(r"</?(p|br|div|span|b|i|u|ul|ol|li|a|html|body|table)\b[^<>]{0,500}>", re.IGNORECASE)
_BREAK = re.compile(r"<(br|/p|/div|/li|/tr)\b[^<>]{0,100}>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ChangedDate:
    """One date of a series that is elsewhere, or cancelled. `moment` is where the series has it."""

    number: int
    moment: str
    starts_at: str = ""
    ends_at: str = ""
    location: str | None = None
    summary: str | None = None
    description: str | None = None
    is_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """The nth VEVENT of a file (0 is the first): fields of an event, no field that the file says nothing about."""

    number: int
    fields: dict[str, Any]
    is_cancelled: bool = False
    dates: tuple[ChangedDate, ...] = ()

    @property
    def uid(self) -> str:
        """Its UID; empty where it has none."""
        uid: str = self.fields["uid"]
        return uid


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file has, and what is wrong: faults by the number of the entry, or of the whole file (field empty)."""

    entries: tuple[Entry, ...] = ()
    faults: tuple[Fault, ...] = ()
    titles: dict[int, str] | None = None
    """What faulty entries are called, by number."""
    refresh: timedelta | None = None
    """How often the calendar wants to be fetched (RFC 7986, 5.7, or X-PUBLISHED-TTL)."""


def read(data: bytes) -> Reading:
    """Every VEVENT that can be understood; times without a zone have the field `timezone` empty."""
    if len(data) > LARGEST:
        return _refused(f"The file has {len(data) / 1e6:.1f} MB; {LARGEST / 1e6:.0f} MB is the most we read.")
    try:
        blocks = blocks_of(data)
    except Invalid as fault:
        return _refused(fault.sentence)
    if not blocks.entries:
        return _refused("The file is not a calendar (.ics), or has no event in it.")
    usual = blocks.calendar["X-WR-TIMEZONE"][0].value if "X-WR-TIMEZONE" in blocks.calendar else ""
    found = _Reader(Places(blocks.zones, named_zone(usual))).read(blocks.entries)
    return replace(found, refresh=_refresh(blocks.calendar))


def _refresh(calendar: Found) -> timedelta | None:
    lines = calendar.get("REFRESH-INTERVAL") or calendar.get("X-PUBLISHED-TTL") or ()
    return length(lines[0].value) if lines else None


def _refused(sentence: str) -> Reading:
    return Reading(faults=(Fault("", sentence),))


class _Reader:
    """Puts a series and its changed dates together, whichever comes first in the file."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.faults: list[Fault] = []

    def read(self, blocks: list[Found]) -> Reading:
        changed: dict[str, list[tuple[int, Found]]] = {}
        series: dict[str, tuple[int, Found]] = {}
        for number, block in enumerate(blocks):
            uid = _uid(block)
            if "RECURRENCE-ID" in block:
                changed.setdefault(uid, []).append((number, block))
            elif (kept := series.get(uid)) is None or not uid:
                series[uid or f"\0{number}"] = (number, block)
            else:
                series[uid] = self._newer(kept, (number, block))
        entries = [
            entry for number, block in series.values() for entry in self._entry(number, block, changed)
        ]
        for left in changed.values():
            for number, _ in left:
                self._refuse(
                    number, "starts_at", "It is one changed date of a series that the file does not have."
                )
        titles = {int(fault.field.partition("/")[0]): "" for fault in self.faults}
        titles = {number: _title(blocks[number]) for number in titles}
        return Reading(tuple(entries), tuple(self.faults), titles)

    def _newer(self, one: tuple[int, Found], other: tuple[int, Found]) -> tuple[int, Found]:
        """Of two with one UID that with the higher SEQUENCE; the other is told."""
        first, last = (one, other) if _sequence(one[1]) >= _sequence(other[1]) else (other, one)
        self._refuse(last[0], "uid", f"Entry {first[0] + 1} of this file has the same UID; that one counts.")
        return first

    def _entry(self, number: int, block: Found, changed: dict[str, list[tuple[int, Found]]]) -> list[Entry]:
        mine = changed.pop(_uid(block), [])
        try:
            fields = _fields(block, self.places)
            dates = tuple(self._date(at, one, block, fields) for at, one in mine)
        except Invalid as fault:
            for at in (number, *(at for at, _ in mine)):
                self.faults += [Fault(f"{at}/{one.field}", one.sentence) for one in fault.faults]
            return []
        return [Entry(number, fields, _is_cancelled(block), dates)]

    def _date(self, number: int, block: Found, series: Found, fields: dict[str, Any]) -> ChangedDate:
        line = block["RECURRENCE-ID"][0]
        if "RANGE" in line.params:
            raise Invalid.one(
                "recurrence", "It changes a date and all that follow. End this series, begin another."
            )
        zone = fields["timezone"]
        day = wall(moment(line, "starts_at", self.places, into=zone)[1])
        if _is_cancelled(block):
            return ChangedDate(number, day, is_cancelled=True)
        times = times_of(block, self.places, into=zone)
        place = _line(block, "LOCATION") if "LOCATION" in block else None
        ends = wall(times.ends) if times.ends is not None else ""
        title = _line(block, "SUMMARY") if "SUMMARY" in block else None
        text = _description(block["DESCRIPTION"][0].value) if "DESCRIPTION" in block else None
        return ChangedDate(number, day, wall(times.starts), ends, place, title, text)

    def _refuse(self, number: int, field: str, sentence: str) -> None:
        self.faults.append(Fault(f"{number}/{field}", sentence))


def _fields(found: Found, places: Places) -> dict[str, Any]:
    _check_taken(found)
    times = times_of(found, places)
    values: dict[str, Any] = {
        "summary": _title(found),
        "starts_at": wall(times.starts),
        "ends_at": wall(times.ends) if times.ends is not None else "",
        "timezone": times.zone,
        "all_day": not isinstance(times.starts, datetime),
        "repeated_hour": "second" if times.fold else "first",
        "recurrence": found["RRULE"][0].value.strip() if "RRULE" in found else "",
        "excluded": _excluded(found, times.zone, places),
    }
    if "DESCRIPTION" in found:
        values["description"] = _description(found["DESCRIPTION"][0].value)
    if "LOCATION" in found:
        values["location"] = _line(found, "LOCATION")
    if "CATEGORIES" in found:
        values["categories"] = _categories(found)
    if "URL" in found:
        values["url"] = found["URL"][0].value.strip()
    if "CONFERENCE" in found:
        values["online_url"] = found["CONFERENCE"][0].value.strip()
    elif _ADDRESS.fullmatch(values.get("location", "")):
        values |= {"online_url": values["location"], "location": ""}
    return values | {"uid": _uid(found)}


def _check_taken(found: Found) -> None:
    if "RDATE" in found or "EXRULE" in found or len(found.get("RRULE", ())) > 1:
        raise Invalid.one(
            "recurrence", "It is a series of single dates, which is not taken. Post them one by one."
        )
    if "CLASS" in found and found["CLASS"][0].value.strip().upper() != "PUBLIC":
        raise Invalid.one("visibility", "Its calendar marks it as private.")


def _is_cancelled(found: Found) -> bool:
    return "STATUS" in found and found["STATUS"][0].value.strip().upper() == "CANCELLED"


def _excluded(found: Found, zone: str, places: Places) -> list[str]:
    """The dates left out, as wall times of the zone; each once."""
    dates = dict[str, None]()
    for line in found.get("EXDATE", ()):
        for value in line.value.split(","):
            one = type(line)(line.name, line.params, value)
            dates[wall(moment(one, "excluded", places, into=zone)[1])] = None
            if len(dates) > 1000:
                raise Invalid.one("excluded", "It leaves out more than 1,000 dates.")
    return list(dates)


def _title(found: Found) -> str:
    return _line(found, "SUMMARY") or "Without a title"


def _line(found: Found, name: str) -> str:
    return " ".join(_text(found[name][0].value).split()) if name in found else ""


def _description(value: str) -> str:
    """Some calendars write HTML here; its words are kept."""
    text = _text(value)
    if not _MARKUP.search(text):
        return text
    return unescape(nh3.clean(_BREAK.sub("\n", text), tags=set())).strip()


def _categories(found: Found) -> list[str]:
    values = [value for line in found.get("CATEGORIES", ()) for value in _COMMA.split(line.value)[:100]]
    return list(dict.fromkeys(" ".join(_text(value).split())[:40] for value in values if value.strip()))[:10]


def _text(value: str) -> str:
    """What the TEXT says (3.3.11), without characters that nobody can see."""
    said = _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)
    if said.isascii() and said.isprintable():
        return said.strip()
    return "".join(sign for sign in said if not _is_unseen(sign)).strip()


def _is_unseen(sign: str) -> bool:
    if sign in "\n\t":
        return False
    return sign in BIDI_CONTROLS or unicodedata.category(sign) in {"Cc", "Cs", "Co", "Zl", "Zp"}


def _sequence(found: Found) -> int:
    text = found["SEQUENCE"][0].value.strip() if "SEQUENCE" in found else ""
    return int(text) if text.isdigit() and len(text) < 10 else 0


def _uid(found: Found) -> str:
    """As it is; a name for it where it has signs that we do not take, so that the same file finds the same event."""
    given = found["UID"][0].value.strip() if "UID" in found else ""
    if not given or PLAIN_UID.fullmatch(given):
        return given
    return f"{hashlib.sha256(given.encode()).hexdigest()[:40]}@imported"
