"""Events from a calendar file (.ics) for one organisation: all of them, or those that are sound."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from summit_service.accounts.actor import Actor
from summit_service.errors import Fault
from summit_service.events.actions.importing import ImportReport
from summit_service.events.actions.planning import plan_calendar
from summit_service.events.actions.taking import take
from summit_service.events.incoming import CHANGED, FAULTY, KNOWN, NEW


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
    plan = await plan_calendar(data, organisation=organisation, actor=actor, now=now)
    faults = [Fault("", sentence) for sentence in plan.faults]
    faults += [
        Fault(str(one.number), told) for one in plan.items if one.state == FAULTY for told in one.reasons
    ]
    counts = Counter(one.state for one in plan.items)
    if faults and (not skip_faulty or plan.faults):
        return ImportReport(faults=tuple(faults), is_dry_run=dry_run)
    if not dry_run:
        done = await take(plan, None, actor=actor, now=now)
        counts[NEW], counts[CHANGED] = len(done.added), len(done.changed)
    return ImportReport(counts[NEW], counts[CHANGED], counts[KNOWN], tuple(faults), dry_run)
