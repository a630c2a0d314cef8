"""Certificates of attendance: for whom there is one, what stands on it, and how anybody checks it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from summit_service import papers, settings, tokens, typeset, zones
from summit_service.doors import queries, rules
from summit_service.errors import Conflict
from summit_service.registrations import queries as registrations
from summit_service.registrations import rules as places
from summit_service.registrations import sign_ups
from summit_service.registrations.queries import Standing
from summit_service.registrations.tables import Registration
from summit_service.summits import queries as summits
from summit_service.summits.tables import Edition

CODE = re.compile(r"([0-9]{1,9})-([0-9A-F]{20})")
VALID, WITHDRAWN, UNKNOWN = "valid", "withdrawn", "unknown"
BREAKS = frozenset({"break", "social"})


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check page says of a number; `is_named` is None where no name was given or none is kept any more."""

    state: str
    edition: Edition | None = None
    is_named: bool | None = None


def code_of(registration: Registration) -> str:
    """The number of a certificate: nobody else can make one, and it says nothing of the person."""
    mark = tokens.sign(settings.current().secret_key, "certificate", str(registration.id), registration.uid)
    return f"{registration.id}-{mark[:20].upper()}"


def hours(spans: list[tuple[datetime, datetime]]) -> float:
    """Hours that the spans cover, what overlaps counted once, to the quarter."""
    total, until = timedelta(), None
    for starts, ends in sorted(spans):
        begins = starts if until is None else max(starts, until)
        total += max(ends - begins, timedelta())
        until = ends if until is None else max(until, ends)
    return round(total / timedelta(minutes=15)) / 4


async def check(code: str, name: str = "") -> Checked:
    """Whether a certificate with that number is valid; a name that is given is only compared."""
    found = CODE.fullmatch(code.strip().upper())
    row = await Registration.objects().get(Registration.id == int(found[1])) if found else None
    if row is None or not tokens.is_same(code.strip().upper(), code_of(row)):
        return Checked(UNKNOWN)
    edition = await Edition.objects().get(Edition.id == row.edition)
    entries = (await queries.entries_of([row.id]))[row.id]
    if not entries:
        return Checked(WITHDRAWN, edition)
    is_compared = bool(name.strip()) and row.erased_at is None
    same = rules.folded(" ".join(name.split())) == rules.folded(" ".join(row.name.split()))
    return Checked(VALID, edition, same if is_compared else None)


async def data_of(registration_id: int, *, now: datetime) -> dict[str, Any]:
    """What stands on the certificate. Raises Conflict for somebody who was not let in, or before the summit is over."""
    standing = await registrations.standing(registration_id, now=now)
    entries = (await queries.entries_of([registration_id]))[registration_id]
    edition = standing.edition
    if not entries:
        raise Conflict("There is a certificate for everybody who was let in at the door.", code="not_there")
    if now < zones.day_end(edition.ends_on, edition.timezone):
        raise Conflict("There is a certificate once the summit is over.", code="not_over")
    days = sorted({zones.at_wall(entry.at, edition.timezone).date() for entry in entries})
    sessions = await _sessions_of(standing, days)
    return _words(standing, days, await _hours_of(edition, days), sessions)


def _words(standing: Standing, days: list[date], count: float, sessions: list[str]) -> dict[str, Any]:
    row, edition = standing.registration, standing.edition
    return {
        **papers.head("Certificate of attendance"),
        "name": row.name,
        "organisation": row.organisation,
        "summit": edition.title,
        "theme": edition.theme,
        "when": zones.day_span(edition.starts_on, edition.ends_on),
        "where": edition.venue,
        "days": ", ".join(zones.long_day(day) for day in days),
        "hours": f"{count:g}" if count else "",
        "sessions": sessions,
        **papers.seal("certificates", code_of(row)),
    }


async def _sessions_of(standing: Standing, days: list[date]) -> list[str]:
    """The sessions of these days in which they had a seat, by the last release."""
    held = await sign_ups.seats_of(standing.registration.id)
    return [
        one.session.title
        for one in await sign_ups.sign_ups_of(standing.edition.id)
        if one.row.id in held
        and held[one.row.id].state == places.CONFIRMED
        and not one.is_off
        and zones.at_wall(one.session.starts, standing.edition.timezone).date() in days
    ]


async def _hours_of(edition: Edition, days: list[date]) -> float:
    """Hours of the programme as it was released, on these days, without its breaks and what was cancelled."""
    released = await summits.last_release(edition.id)
    items = summits.snapshot_of(released).items if released is not None else ()
    return hours(
        [
            (one.starts, one.ends)
            for one in (item.session for item in items)
            if one.kind not in BREAKS
            and not one.is_cancelled
            and zones.at_wall(one.starts, edition.timezone).date() in days
        ]
    )


def set_certificate(data: dict[str, Any]) -> bytes:
    """The PDF, the same bytes each time; blocking. Raises typeset.CannotTypeset."""
    return typeset.pdf("certificate", data, fonts=settings.current().fonts_dir)
