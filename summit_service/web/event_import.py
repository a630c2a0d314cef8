"""A calendar file becomes events: sent, looked at entry by entry, and what is ticked is taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service import ical_reading, zones
from summit_service.accounts.actor import Actor, check_signed_in
from summit_service.errors import Invalid
from summit_service.events import actions
from summit_service.events.actions import Done, Upload
from summit_service.events.incoming import CHANGED, FAULTY, KNOWN, NEW, Incoming
from summit_service.web import rates
from summit_service.web.event_forms import hosts_of
from summit_service.web.forms import text, texts
from summit_service.web.layout import page, see_other

AnyRequest = Request[Any, Any, Any]
SHOWN = 50
"""Entries that can be ticked on one page."""
NAMED = 40
LIMITS = f"At most {ical_reading.LARGEST // 1_000_000} MB and {ical_reading.MOST_ENTRIES:,} entries."


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as its line shows it."""

    item: Incoming
    when: str
    is_ticked: bool

    @property
    def value(self) -> str:
        """What the tick sends."""
        return f"{self.item.fingerprint} {self.item.key}"


@get("/events/import")
async def ask(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[str]:
    """Which file, whose events?"""
    return await _ask_page(request, actor, "")


@post("/events/import", request_max_body_size=ical_reading.LARGEST + 100_000)
async def send(
    request: AnyRequest, actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Keep the file for its preview; nothing is posted yet."""
    check_signed_in(actor)
    rates.check(request, "calendar_file")
    form = await request.form()
    organisation, given = text(form, "organisation"), form.get("file")
    try:
        if not isinstance(given, UploadFile) or not given.filename:
            raise Invalid.one("file", "Choose a calendar file first (.ics).")
        data, name = await given.read(), given.filename
        upload = await actions.keep_upload(data, name=name, organisation=organisation, actor=actor, now=now)
    except Invalid as refusal:
        return await _ask_page(request, actor, organisation, refusal)
    return see_other(f"/events/import/{upload}")


@get("/events/import/{upload_id:int}")
async def preview(
    request: AnyRequest,
    upload_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[str]:
    """Each entry of the file: new, changed, known or faulty."""
    check_signed_in(actor)
    rates.check(request, "calendar_look")
    upload = await actions.upload_of(upload_id, actor=actor, now=now)
    return _preview_page(request, actor, upload)


@post("/events/import/{upload_id:int}", status_code=200)
async def take(
    request: AnyRequest,
    upload_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Take what is ticked, and show what is left."""
    check_signed_in(actor)
    rates.check(request, "calendar_look")
    pairs = (value.partition(" ") for value in texts(await request.form(), "take"))
    chosen = {key: fingerprint for fingerprint, _, key in pairs}
    done = await actions.take_upload(upload_id, chosen, actor=actor, now=now) if chosen else Done()
    upload = await actions.upload_of(upload_id, actor=actor, now=now)
    return _preview_page(request, actor, upload, done=done)


@post("/events/import/{upload_id:int}/discard")
async def discard(
    upload_id: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Forget the file; what was taken of it stays."""
    await actions.discard_upload(upload_id, actor=actor, now=now)
    return see_other("/events/import")


def rows_of(items: list[Incoming]) -> list[Row]:
    """New entries to come and changed ones first; what was changed here, and what is over, is not ticked."""
    able = [one for one in items if one.state in {NEW, CHANGED}]
    found = [Row(one, when_of(one), not (one.is_over or one.was_changed_here)) for one in able]
    return sorted(found, key=lambda row: not row.is_ticked)


def when_of(item: Incoming) -> str:
    """When it takes place, in words."""
    if item.details is None or item.span is None:
        return ""
    if item.details.all_day:
        first, last = (
            datetime.fromisoformat(day).date() for day in (item.details.starts_at, item.details.ends_at)
        )
        return zones.day_span(first, last)
    return zones.long_span(item.span.starts, item.span.ends, item.details.timezone)


def _start(request: AnyRequest, count: int) -> int:
    """The number of the first entry that is shown."""
    asked = str(request.query_params.get("from", ""))
    number = int(asked) if asked.isdecimal() and len(asked) < 6 else 0
    return number // SHOWN * SHOWN if number < count else 0


async def _ask_page(
    request: AnyRequest, actor: Actor, organisation: str, refusal: Invalid | None = None
) -> Response[str]:
    return page(
        request,
        "events/import.html",
        actor=actor,
        status=422 if refusal else 200,
        hosts=await hosts_of(actor),
        organisation=organisation,
        limits=LIMITS,
        faults=refusal.by_field() if refusal else {},
        noindex=True,
    )


def _preview_page(
    request: AnyRequest, actor: Actor, upload: Upload, *, done: Done | None = None
) -> Response[str]:
    items = list(upload.plan.items)
    rows, by_state = (
        rows_of(items),
        {state: [one for one in items if one.state == state] for state in (KNOWN, FAULTY)},
    )
    start = _start(request, len(rows))
    nothing = done is not None and not (done.added or done.changed or done.overtaken)
    return page(
        request,
        "events/import_preview.html",
        actor=actor,
        status=422 if nothing else 409 if done is not None and done.overtaken else 200,
        upload=upload,
        rows=rows[start : start + SHOWN],
        following=f"{request.url.path}?from={start + SHOWN}" if len(rows) > start + SHOWN else "",
        earlier=f"{request.url.path}?from={start - SHOWN}" if start else "",
        new=sum(row.item.state == NEW for row in rows),
        changed=sum(row.item.state == CHANGED for row in rows),
        known=by_state[KNOWN],
        faulty=by_state[FAULTY],
        named=NAMED,
        done=done,
        faults={"take": "Tick at least one entry."} if nothing and rows else {},
        zone=actor.timezone or upload.plan.organisation.timezone,
        noindex=True,
    )


ROUTES: list[Any] = [ask, send, preview, take, discard]
