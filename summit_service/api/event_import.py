"""The JSON face of calendar files: what one would do, and doing it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody

from summit_service import ical_reading
from summit_service.accounts.actor import Actor
from summit_service.api import rates
from summit_service.api.event_bodies import Text
from summit_service.errors import Fault, Invalid
from summit_service.events import actions
from summit_service.events.incoming import CHANGED, NEW, Incoming

MOST_KEYS = 5_000


class ImportBody(msgspec.Struct, forbid_unknown_fields=True):
    """A calendar file as text, and whose events it has. `take` are keys of the entries wanted; null: every one."""

    organisation: Text
    calendar: Annotated[str, msgspec.Meta(max_length=ical_reading.LARGEST)]
    take: Annotated[tuple[str, ...], msgspec.Meta(max_length=MOST_KEYS)] | None = None


class FieldOut(msgspec.Struct):
    """What would differ, in words."""

    field: str
    before: str
    after: str


class EntryOut(msgspec.Struct):
    """One entry of the file: `state` is new, changed, known or faulty; `reasons` say why, or what is left out."""

    key: str
    uid: str
    state: str
    summary: str
    slug: str | None
    starts_at: str
    timezone: str
    recurrence: str
    is_over: bool
    changed_here: bool
    changes: list[FieldOut]
    reasons: list[str]


class ImportOut(msgspec.Struct):
    """What the file does, or would do; `added` and `changed` are the keys of what was taken."""

    dry_run: bool
    items: list[EntryOut]
    added: list[str]
    changed: list[str]
    overtaken: list[str]


@post("/events/import", status_code=200)
async def import_events(
    request: Request[Any, Any, Any],
    data: JSONBody[ImportBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    dry_run: FromQuery[bool] = False,
) -> ImportOut:
    """Take the entries of a calendar file (.ics) over. Faulty ones are told and left out; with `dry_run` all are."""
    rates.check(request, "calendar_file")
    body = data.calendar.encode("utf-8", "replace")
    plan = await actions.plan_calendar(body, organisation=data.organisation, actor=actor, now=now)
    if plan.faults:
        raise Invalid([Fault("calendar", sentence) for sentence in plan.faults])
    able = {one.key: one.fingerprint for one in plan.items if one.state in {NEW, CHANGED}}
    wanted = able if data.take is None else {key: able.get(key, "") for key in data.take}
    done = actions.Done() if dry_run else await actions.take(plan, wanted, actor=actor, now=now)
    return ImportOut(
        dry_run=dry_run,
        items=[entry_out(one) for one in plan.items],
        added=list(done.added),
        changed=list(done.changed),
        overtaken=list(done.overtaken),
    )


def entry_out(one: Incoming) -> EntryOut:
    """An entry as the API writes it."""
    details = one.details
    return EntryOut(
        key=one.key,
        uid=one.uid,
        state=one.state,
        summary=details.summary if details else one.title,
        slug=one.known.slug if one.known else None,
        starts_at=details.starts_at if details else "",
        timezone=details.timezone if details else "",
        recurrence=details.recurrence if details else "",
        is_over=one.is_over,
        changed_here=one.was_changed_here,
        changes=[FieldOut(*words) for words in one.changes],
        reasons=list(one.reasons),
    )


ROUTES = [import_events]
