"""Events from a calendar file (.ics) for one organisation: all of them, or those that are sound."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import msgspec

from summit_service import ical_reading
from summit_service.accounts.actor import Actor, check_signed_in
from summit_service.errors import Fault
from summit_service.events.actions.importing import ImportReport, import_events


async def import_calendar(
    data: bytes,
    *,
    organisation: str,
    actor: Actor,
    now: datetime,
    dry_run: bool = False,
    skip_faulty: bool = False,
) -> ImportReport:
    """Add the entries, or change those that are here by their UID; the same file twice changes nothing.

    With any fault nothing is stored, unless `skip_faulty`: then the others are, and the faults told all the same.
    """
    check_signed_in(actor)
    reading = ical_reading.read(data)
    items = [(number, entry | {"organisation": organisation}) for number, entry in reading.entries]
    tried = await _take(items, actor=actor, now=now, dry_run=True)
    faults = (*reading.faults, *(_numbered(fault, items) for fault in tried.faults))
    if faults and not (skip_faulty and items):
        return ImportReport(faults=faults, is_dry_run=dry_run)
    bad = {fault.field.partition("/")[0] for fault in faults}
    sound = [(number, item) for number, item in items if str(number) not in bad]
    done = await _take(sound, actor=actor, now=now, dry_run=dry_run)
    return replace(done, faults=(*faults, *(_numbered(fault, sound) for fault in done.faults)))


async def _take(
    items: list[tuple[int, dict[str, object]]], *, actor: Actor, now: datetime, dry_run: bool
) -> ImportReport:
    data = msgspec.json.encode([item for _, item in items])
    return await import_events(data, actor=actor, now=now, dry_run=dry_run)


def _numbered(fault: Fault, items: list[tuple[int, dict[str, object]]]) -> Fault:
    """The fault of the nth item taken, by the number that it has in the file."""
    index, slash, field = fault.field.partition("/")
    return replace(fault, field=f"{items[int(index)][0]}{slash}{field}") if index.isdigit() else fault
