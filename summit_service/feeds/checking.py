"""What calendar apps will make of a feed, in words: how it is written, how it is sent, what shows next."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from summit_service import ical_reading, zones
from summit_service.events import judging, overrides
from summit_service.events.incoming import FAULTY, Incoming
from summit_service.events.occurrences import Occurrence
from summit_service.ical import LONGEST_URL

WRONG, WAIT, GOOD = "wrong", "wait", "good"
AHEAD = timedelta(days=366)
MOST_LINES = 200_000
_TZID = re.compile(rb";TZID=\"?([^\":;]+)", re.IGNORECASE)
_URL = re.compile(rb"^URL[;:][^\r\n]*(?:\r?\n[ \t][^\r\n]*)*", re.IGNORECASE | re.MULTILINE)
_FOLD = re.compile(rb"\r?\n[ \t]")
_BREAKS = tuple(sign.encode() for sign in "\u0085\u2028\u2029")
"""Signs in a text that break the line in some readers."""
_FLOATING = re.compile(rb"DT(?:START|END):\d{8}T\d{6}\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sent:
    """How the feed was sent: headers (names in lower case), bytes on the wire, whether asking again gave 304."""

    headers: Mapping[str, str] = field(default_factory=dict)
    packed: int = 0
    is_conditional: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing: how bad, whom it concerns, what they will see."""

    kind: str
    apps: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found: how many entries, the next three as they show, findings, and how soon changes are seen."""

    entries: int
    upcoming: tuple[str, ...]
    findings: tuple[Finding, ...]
    soon: tuple[tuple[str, str], ...]
    is_partial: bool = False
    """Whether entries that are its owner's alone were counted, and left out of all that is named."""


@dataclass(slots=True)
class _Written:
    """What the lines say, before anything is understood."""

    is_calendar: bool = False
    cancelled: int = 0
    floating: int = 0
    longest: int = 0
    has_lone_ends: bool = False
    has_method: bool = False
    has_rdates: bool = False
    has_listed_dates: bool = False
    has_breaks: bool = False
    long_urls: int = 0
    used: set[bytes] = field(default_factory=set)
    defined: set[bytes] = field(default_factory=set)
    uids: Counter[bytes] = field(default_factory=Counter)


def check(
    body: bytes,
    sent: Sent,
    *,
    timezone: str,
    now: datetime,
    named: bytes | None = None,
    known: tuple[Finding, ...] = (),
) -> Checked:
    """Look at a feed as it came. Times that float are shown in `timezone`.

    Of a feed that somebody else may not read whole, `named` is the part of it of which titles and dates are told.
    `known` is what was found before.
    """
    reading = ical_reading.read(body)
    entries = reading.entries if named is None else ical_reading.read(named).entries
    items = [judging.judge(entry, None, timezone=timezone, now=now) for entry in entries]
    written = _written(body)
    findings = [*known, *_of_sending(body, sent), *_of_writing(written)]
    if written.is_calendar and not written.uids:
        findings.append(Finding(WAIT, "All", "It has no entry: apps show an empty calendar."))
    else:
        findings.extend(_of_entries(reading, items))
    if not any(one.kind in {WRONG, WAIT} for one in findings):
        findings.append(
            Finding(GOOD, "All", "Nothing stands out: Google, Apple, Outlook and Thunderbird show all of it.")
        )
    return Checked(
        sum(written.uids.values()),
        _upcoming(items, now),
        tuple(findings),
        _soon(reading.refresh),
        is_partial=named is not None and named != body,
    )


def _of_sending(body: bytes, sent: Sent) -> Iterable[Finding]:
    kind = sent.headers.get("content-type", "")
    if not kind.lower().startswith("text/calendar"):
        told = f"It is sent as “{kind[:60]}”" if kind else "It is sent without saying what it is"
        yield Finding(
            WRONG, "Outlook, Apple", f"{told}, not as text/calendar: some apps refuse to subscribe to it."
        )
    elif "charset" in kind.lower() and "utf-8" not in kind.lower():
        yield Finding(
            WRONG, "All", "It says that it is not in UTF-8: letters with accents may come out wrong."
        )
    if "etag" not in sent.headers and "last-modified" not in sent.headers:
        yield Finding(
            WAIT, "All", "It has no ETag and no Last-Modified: every fetch costs the whole calendar."
        )
    elif not sent.is_conditional:
        yield Finding(WAIT, "All", "Asked whether it has changed, it sends everything again instead of 304.")
    if len(body) > 5_000 and sent.packed >= len(body):
        yield Finding(WAIT, "All", f"It is sent unpacked: {len(body) / 1000:.0f} kB each time.")


def _of_writing(written: _Written) -> Iterable[Finding]:
    missing = written.used - written.defined
    if written.has_method:
        sentence = "It has a METHOD: it is taken for an invitation, and may be asked about instead of shown."
        yield Finding(WRONG, "Outlook, Apple", sentence)
    if missing:
        names = ", ".join(sorted(name.decode("utf-8", "replace")[:40] for name in missing)[:3])
        sentence = (
            f"Zones are named and not described (VTIMEZONE is missing for {names}): times may be hours off."
        )
        yield Finding(WRONG, "Outlook on the desktop", sentence)
    if written.has_rdates:
        sentence = "Its zones are lists of single days (RDATE in VTIMEZONE): some show nothing, others an hour wrong."
        yield Finding(WRONG, "Outlook, older Apple", sentence)
    odd = sorted(
        name for name in (one.decode("utf-8", "replace") for one in written.used) if not zones.is_zone(name)
    )
    if odd:
        sentence = (
            f"Zones have names of their own ({', '.join(name[:40] for name in odd[:3])}): "
            "apps that go by the name of a zone may be hours off."
        )
        yield Finding(WAIT, "Apple, Google", sentence)
    yield from _of_texts(written)
    if written.floating:
        sentence = (
            f"{_times(written.floating)} no zone: each reader sees that hour in their own, wherever they are."
        )
        yield Finding(WRONG, "All", sentence)
    if written.longest > 75:
        sentence = (
            f"A line has {written.longest:,} bytes; more than 75 are against the standard, and cut by some."
        )
        yield Finding(WAIT, "Older apps", sentence)
    if written.has_lone_ends:
        yield Finding(WAIT, "Older apps", "Lines end with LF alone; the standard wants CRLF.")
    if written.cancelled:
        sentence = f"{_entries(written.cancelled)} cancelled: Google hides them, the others show that."
        yield Finding(WAIT, "Google", sentence)
    twice = sum(count > 1 for count in written.uids.values())
    if twice:
        sentence = (
            f"{twice} UIDs stand there more than once: apps show one of the entries, or both, or neither."
        )
        yield Finding(WRONG, "All", sentence)


def _of_texts(written: _Written) -> Iterable[Finding]:
    if written.long_urls:
        sentence = (
            f"{_addresses(written.long_urls)} {LONGEST_URL} characters: Google leaves out what is longer."
        )
        yield Finding(WAIT, "Google", sentence)
    if written.has_listed_dates:
        sentence = "Dates of a series are listed one by one (RDATE): several apps leave them out."
        yield Finding(WRONG, "Google, Outlook", sentence)
    if written.has_breaks:
        sentence = (
            "A text has a sign that breaks lines in some apps (U+2028, U+2029 or U+0085): the rest is lost."
        )
        yield Finding(WRONG, "Older apps", sentence)


def _of_entries(reading: ical_reading.Reading, items: Iterable[Incoming]) -> Iterable[Finding]:
    for fault in reading.faults[:1] if not reading.entries else ():
        yield Finding(WRONG, "All", fault.sentence)
    faulty = [one for one in items if one.state == FAULTY and one.reasons]
    for one in faulty[:3]:
        yield Finding(WAIT, "Us", f"“{one.title}” could not be taken over here: {one.reasons[0]}")


def _upcoming(items: Iterable[Incoming], now: datetime) -> tuple[str, ...]:
    """The next three dates, as apps show them."""
    dates = [
        (date.starts, f"{one.title}: {_when(one, date)}{' (cancelled)' if date.is_cancelled else ''}")
        for one in items
        if one.details is not None
        for date in overrides.dates(one.details, one.dates.values(), after=now, before=now + AHEAD, limit=3)
    ]
    return tuple(words for _, words in sorted(dates)[:3])


def _when(one: Incoming, date: Occurrence) -> str:
    if one.details is None or one.details.all_day:
        return f"{zones.long_day(date.day)}, the whole day"
    return zones.long_span(date.starts, date.ends, one.details.timezone)


def _soon(refresh: timedelta | None) -> tuple[tuple[str, str], ...]:
    hours = round(refresh.total_seconds() / 3600) if refresh else 0
    asked = "" if refresh is None else "an hour" if hours <= 1 else f"{hours} hours"
    return (
        ("Google", "usually within a day; it fetches every 8 to 24 hours, whatever the feed asks for"),
        ("Apple", "as its owner chose, usually within an hour"),
        ("Outlook on the web", "usually within a day; every 3 to 24 hours"),
        (
            "Outlook on the desktop",
            f"usually after {asked}, as the feed asks" if asked else "usually within hours",
        ),
        ("Thunderbird", "usually within half an hour"),
        (
            "Nextcloud",
            f"usually after {asked}, as the feed asks"
            if asked
            else "usually within a week: the feed does not say how often",
        ),
    )


def _written(body: bytes) -> _Written:
    """One pass over the lines as they stand, folded or not."""
    found, parts = _Written(), list[bytes]()
    found.has_breaks = any(sign in body for sign in _BREAKS)
    urls = (_FOLD.sub(b"", one).partition(b":")[2] for one in _URL.findall(body))
    found.long_urls = sum(len(url.strip()) > LONGEST_URL for url in urls)
    uid, is_exception, is_off = b"", False, False
    for raw in body.split(b"\n", MOST_LINES)[:MOST_LINES]:
        line = raw.rstrip(b"\r")
        found.longest = max(found.longest, len(line))
        found.has_lone_ends = found.has_lone_ends or (bool(raw) and not raw.endswith(b"\r"))
        upper = line[:40].upper()
        if upper.startswith(b"BEGIN:"):
            parts.append(upper[6:].strip())
        elif upper.startswith(b"END:") and parts:
            ended = parts.pop()
            found.is_calendar = found.is_calendar or (ended == b"VCALENDAR" and not parts)
            if ended == b"VEVENT":
                found.uids[uid] += not is_exception
                found.cancelled += is_off
                uid, is_exception, is_off = b"", False, False
        elif parts == [b"VCALENDAR"]:
            found.has_method = found.has_method or upper.startswith(b"METHOD")
        elif b"VTIMEZONE" in parts:
            found.has_rdates = found.has_rdates or upper.startswith(b"RDATE")
            if upper.startswith(b"TZID:"):
                found.defined.add(line[5:].strip())
        elif parts[-1:] == [b"VEVENT"]:
            found.used |= (
                set(_TZID.findall(line)) if upper.startswith((b"DT", b"EXDATE", b"RECURRENCE")) else set()
            )
            found.floating += bool(_FLOATING.match(line))
            found.has_listed_dates = found.has_listed_dates or upper.startswith(b"RDATE")
            uid = line[4:].strip() if upper.startswith(b"UID:") else uid
            is_exception = is_exception or upper.startswith(b"RECURRENCE-ID")
            is_off = is_off or upper.startswith(b"STATUS:CANCELLED")
    return found


def _times(count: int) -> str:
    return "1 time has" if count == 1 else f"{count} times have"


def _addresses(count: int) -> str:
    return "1 address has more than" if count == 1 else f"{count} addresses have more than"


def _entries(count: int) -> str:
    return "1 entry is" if count == 1 else f"{count} entries are"
