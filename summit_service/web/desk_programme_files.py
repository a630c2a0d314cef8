"""Pages: what a file would do to the draft of a programme, and taking it in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service import settings
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Invalid
from summit_service.sent_files.actions import KeptFile
from summit_service.summits import queries
from summit_service.summits.actions import files
from summit_service.summits.actions.replacing import Replaced
from summit_service.web.forms import text
from summit_service.web.layout import page, see_other

Asked = Request[Any, Any, Any]
HERE = "/desk/summits/{year:int}/programme/files/{file_id:int}"
MOST_SHOWN = 100
"""Lines of each list; the rest is told as a number."""
OVERTAKEN = "Somebody has changed the draft since you looked, or this is another file. It was not taken."


@get(HERE)
async def look(
    request: Asked,
    year: FromPath[int],
    file_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[str]:
    """What the file would do to the draft now, with the button that takes it in."""
    file = await files.file_of(year, file_id, actor=actor, now=now)
    return await _shown(request, actor, year, file, now=now)


@post(HERE, status_code=200)
async def take(
    request: Asked,
    year: FromPath[int],
    file_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Make it the draft if that is still the one that was shown; otherwise show anew what it would do."""
    check_secretariat(actor)
    file = await files.file_of(year, file_id, actor=actor, now=now)
    seen = text(await request.form(), "seen")
    try:
        done = await files.take_file(year, file_id, seen=seen, actor=actor, now=now)
    except Invalid:
        return await _shown(request, actor, year, file, now=now)
    if done.is_dry_run:
        return await _file_page(request, actor, year, file, done, refusal=OVERTAKEN)
    return see_other(f"/desk/summits/{year}/programme?taken=yes")


@post(f"{HERE}/discard", status_code=200)
async def discard(
    year: FromPath[int],
    file_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Throw the file away."""
    await files.discard_file(year, file_id, actor=actor, now=now)
    return see_other(f"/desk/summits/{year}/programme#files")


async def _shown(request: Asked, actor: Actor, year: int, file: KeptFile, *, now: datetime) -> Response[str]:
    try:
        would = await files.look_at_file(year, file, now=now)
    except Invalid as refusal:
        return await _file_page(request, actor, year, file, None, faults=refusal, status=422)
    return await _file_page(request, actor, year, file, would)


async def _file_page(
    request: Asked,
    actor: Actor,
    year: int,
    file: KeptFile,
    would: Replaced | None,
    *,
    faults: Invalid | None = None,
    refusal: str = "",
    status: int = 200,
) -> Response[str]:
    return page(
        request,
        "summits/desk_file.html",
        actor=actor,
        status=409 if refusal else status,
        edition=await queries.found_edition(year),
        file=file,
        would=would,
        faults=[(fault.field, fault.sentence) for fault in faults.faults] if faults else [],
        refusal=refusal,
        most=MOST_SHOWN,
        zone=actor.timezone or settings.current().timezone,
        noindex=True,
    )


ROUTES: list[Any] = [look, take, discard]
