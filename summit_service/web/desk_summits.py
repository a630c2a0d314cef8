"""Pages: the secretariat's desk for a programme, where drafts and releases are made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service import settings
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.agendas import queries as agendas
from summit_service.errors import Conflict, Invalid, NotFound
from summit_service.registrations import actions as registrations
from summit_service.registrations import sign_ups
from summit_service.summits import queries
from summit_service.summits.actions import drafts, files
from summit_service.summits.exchange import sheet
from summit_service.summits.rules.programme import (
    KINDS,
    Programme,
    SessionPlan,
    lists_mark,
    session_mark,
    session_values,
    values_of,
)
from summit_service.summits.tables import Edition
from summit_service.web import kept, summit_forms
from summit_service.web.layout import page, see_other
from summit_service.web.summit_forms import Fields

Asked = Request[Any, Any, Any]


@get("/desk/summits/{year:int}/programme")
async def draft(
    request: Asked, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """The working draft: its sessions, warnings, lists, and the release."""
    check_secretariat(actor)
    return await _draft_page(request, actor, year, now)


@get("/desk/summits/{year:int}/programme.json")
async def download(year: FromPath[int], actor: NamedDependency[Actor]) -> Response[bytes]:
    """The draft as a file that can be changed and sent back."""
    check_secretariat(actor)
    found = await queries.draft_of(await queries.found_edition(year))
    body = msgspec.json.format(msgspec.json.encode({"year": year, **values_of(found.programme)}), indent=1)
    name = f'attachment; filename="programme-{year}.json"'
    return Response(body, media_type="application/json", headers={"Content-Disposition": name})


@get("/desk/summits/{year:int}/programme.csv")
async def download_sheet(year: FromPath[int], actor: NamedDependency[Actor]) -> Response[bytes]:
    """The draft as a sheet that can be changed and sent back."""
    check_secretariat(actor)
    found = await queries.draft_of(await queries.found_edition(year))
    name = f'attachment; filename="programme-{year}.csv"'
    return Response(
        sheet.as_csv(found.programme),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": name},
    )


@post("/desk/summits/{year:int}/programme", status_code=200)
async def upload(
    request: Asked, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Keep the file until it is looked at and taken; one with faults is told them and not kept."""
    check_secretariat(actor)
    try:
        given = await _uploaded(request)
        file = await files.keep_file(year, await given.read(), name=given.filename, actor=actor, now=now)
    except Invalid as refusal:
        faults = [(fault.field, fault.sentence) for fault in refusal.faults]
        return await _draft_page(request, actor, year, now, upload_faults=faults, status=422)
    return see_other(f"/desk/summits/{year}/programme/files/{file.id}")


async def _uploaded(request: Asked) -> UploadFile:
    given = (await request.form()).get("file")
    if not isinstance(given, UploadFile) or not given.filename:
        raise Invalid.one("file", "Choose a file first.")
    return given


@post("/desk/summits/{year:int}/lists", status_code=200)
async def change_lists(
    request: Asked, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Replace the rooms, tracks and speakers by what the three boxes say."""
    form = await summit_forms.fields_of(request)
    try:
        values = summit_forms.lists_values(form)
        await drafts.change_lists(year, values, seen=form["seen"], actor=actor, now=now)
    except Invalid as refusal:
        faults = summit_forms.lists_faults(refusal, await _programme(year))
        return await _draft_page(
            request, actor, year, now, lists=form, list_faults=Fields(faults), seen=form["seen"], status=422
        )
    except Conflict as refusal:
        return await _draft_page(
            request, actor, year, now, lists=form, lists_refusal=refusal.sentence, status=409
        )
    return see_other(f"/desk/summits/{year}/programme#lists")


async def _programme(year: int) -> Programme:
    return (await queries.draft_of(await queries.found_edition(year))).programme


@get("/desk/summits/{year:int}/sessions/new")
async def new_session(request: Asked, year: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """An empty form on the first day."""
    check_secretariat(actor)
    edition = await queries.found_edition(year)
    form = {"starts_at": f"{edition.starts_on}T09:00", "ends_at": f"{edition.starts_on}T10:00"}
    return await _session_page(request, actor, edition, form)


@post("/desk/summits/{year:int}/sessions/new", status_code=200)
async def add_session(
    request: Asked, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Add a session to the draft."""
    return await _save_session(request, actor, year, "", now)


@get("/desk/summits/{year:int}/sessions/{session_id:str}")
async def session_form(
    request: Asked, year: FromPath[int], session_id: FromPath[str], actor: NamedDependency[Actor]
) -> Response[Any]:
    """The form of a session that is in the draft."""
    check_secretariat(actor)
    edition = await queries.found_edition(year)
    found = _session(await _programme(year), session_id)
    form = summit_forms.session_form(session_values(found))
    return await _session_page(request, actor, edition, form, session_id=session_id)


@post("/desk/summits/{year:int}/sessions/{session_id:str}", status_code=200)
async def change_session(
    request: Asked,
    year: FromPath[int],
    session_id: FromPath[str],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Change a session of the draft."""
    return await _save_session(request, actor, year, session_id, now)


@post("/desk/summits/{year:int}/sessions/{session_id:str}/removal", status_code=200)
async def remove_session(
    year: FromPath[int],
    session_id: FromPath[str],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Take a session out of the draft."""
    await drafts.remove_session(year, session_id, actor=actor, now=now)
    return see_other(f"/desk/summits/{year}/programme#sessions")


@post("/desk/summits/{year:int}/releases", status_code=200)
async def release(
    request: Asked, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Freeze the draft; the form says which release its writer has seen last."""
    form = await summit_forms.fields_of(request)
    last_seen = form.get("after", "")
    after = int(last_seen) if last_seen.isdecimal() and len(last_seen) < 8 else None
    try:
        await registrations.release_programme(
            year, note=form.get("note", ""), after=after, actor=actor, now=now
        )
    except Invalid as refusal:
        return await _draft_page(
            request, actor, year, now, note=form.get("note", ""), note_fault=refusal.sentence, status=422
        )
    except Conflict as refusal:
        return await _draft_page(
            request, actor, year, now, note=form.get("note", ""), note_fault=refusal.sentence, status=409
        )
    return see_other(f"/desk/summits/{year}/programme?released=yes")


def _session(programme: Programme, session_id: str) -> SessionPlan:
    found = next((one for one in programme.sessions if one.id == session_id), None)
    if found is None:
        raise NotFound("This session is not in the draft. Somebody may have taken it out meanwhile.")
    return found


async def _save_session(
    request: Asked, actor: Actor, year: int, session_id: str, now: datetime
) -> Response[Any]:
    form = await summit_forms.fields_of(request)
    try:
        values = summit_forms.session_values(form)
        await drafts.put_session(year, values, session_id=session_id, seen=form["seen"], actor=actor, now=now)
    except Invalid as refusal:
        edition = await queries.found_edition(year)
        faults = summit_forms.session_faults(refusal)
        return await _session_page(
            request, actor, edition, form, session_id=session_id, seen=form["seen"], faults=faults, status=422
        )
    except Conflict as refusal:
        edition = await queries.found_edition(year)
        return await _session_page(
            request, actor, edition, form, session_id=session_id, refusal=refusal.sentence, status=409
        )
    return see_other(f"/desk/summits/{year}/programme#sessions")


async def _session_page(
    request: Asked,
    actor: Actor,
    edition: Edition,
    form: Mapping[str, str],
    *,
    session_id: str = "",
    seen: str | None = None,
    faults: Mapping[str, str] | None = None,
    refusal: str = "",
    status: int = 200,
) -> Response[Any]:
    programme = (await queries.draft_of(edition)).programme
    stands = session_values(_session(programme, session_id)) if session_id else {}
    return page(
        request,
        "summits/desk_session.html",
        actor=actor,
        status=status,
        edition=edition,
        form=Fields(form),
        kept_rows=kept.PROGRAMME,
        session_id=session_id,
        seen=session_mark(stands) if seen is None else seen,
        refusal=refusal,
        differs=summit_forms.session_differs(form, stands) if refusal else (),
        faults=Fields(faults or {}),
        kinds=[(kind, kind.capitalize()) for kind in KINDS],
        rooms=[("", "No room yet"), *((room.name, room.name) for room in programme.rooms)],
        tracks=[("", "No track"), *((track, track) for track in programme.tracks)],
        known_speakers=[speaker.name for speaker in programme.speakers],
    )


async def _draft_page(
    request: Asked, actor: Actor, year: int, now: datetime, *, status: int = 200, **given: Any
) -> Response[Any]:
    found = await sign_ups.draft_of(await queries.found_edition(year))
    last = await queries.last_release(found.edition.id)
    context: dict[str, Any] = {
        "kept_rows": kept.PROGRAMME,
        "lists": summit_forms.lists_form(found.programme),
        "list_faults": Fields(),
        "lists_refusal": "",
        "stands": summit_forms.lists_form(found.programme),
        "seen": lists_mark(values_of(found.programme)),
        "upload_faults": [],
        "note": "",
        "note_fault": "",
        "has_taken": request.query_params.get("taken") == "yes",
        "has_released": request.query_params.get("released") == "yes",
    }
    return page(
        request,
        "summits/desk_programme.html",
        actor=actor,
        status=status,
        edition=found.edition,
        programme=found.programme,
        warnings=found.warnings,
        last=last,
        changes=queries.changes_since(last, found, now=now),
        days=summit_forms.by_day(found.programme.sessions),
        waiting=await files.files_of(year, actor=actor, now=now),
        zone=actor.timezone or settings.current().timezone,
        stars=await agendas.counts_of(found.edition.id),
        **{**context, **given},
    )


ROUTES: list[Any] = [
    draft, download, download_sheet, upload, change_lists,
    new_session, add_session, session_form, change_session, remove_session, release,
]  # fmt: skip
