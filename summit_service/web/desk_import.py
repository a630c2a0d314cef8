"""Members as a CSV file at the desk: taken out with their contacts; taken in after what it would do was seen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from summit_service import settings
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Conflict
from summit_service.events import actions as events
from summit_service.members import actions, sheet
from summit_service.members import queries as members
from summit_service.members.actions import ImportReport
from summit_service.sent_files.actions import KeptFile
from summit_service.web.forms import text
from summit_service.web.layout import page, see_other

AnyRequest = Request[Any, Any, Any]
HERE = "/desk/import"
MOST_SHOWN = 100
"""Lines of each list; the rest is told as a number."""


@get(HERE)
async def ask(
    request: AnyRequest, actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[str]:
    """Which file? And those that wait to be taken in."""
    check_secretariat(actor)
    return await _ask_page(request, actor, now=now)


@get("/desk/members.csv")
async def take_out(actor: NamedDependency[Actor], *, parted_by: FromQuery[str] = "") -> Response[bytes]:
    """Every organisation with its contact, in the columns that the import takes."""
    check_secretariat(actor)
    found = await members.all_members(standings=("member", "associate", "former"))
    return Response(
        sheet.written(
            [members.details_of(one) for one in found], delimiter=";" if parted_by == "semicolons" else ","
        ),
        media_type="text/csv",
        headers={
            "Content-Disposition": 'attachment; filename="members-with-contacts.csv"',
            "Cache-Control": "no-store",
        },
    )


@post(HERE, status_code=200, request_max_body_size=sheet.MOST_BYTES + 100_000)
async def send(
    request: AnyRequest, actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Keep the file until it is looked at and taken; one with faults is told them and not kept."""
    check_secretariat(actor)
    given = (await request.form()).get("file")
    if not isinstance(given, UploadFile) or not given.filename:
        return await _ask_page(request, actor, now=now, fault="Choose a file first.")
    kept, report = await actions.keep_file(await given.read(), name=given.filename, actor=actor, now=now)
    if kept is None:
        return await _ask_page(request, actor, now=now, report=report)
    return see_other(f"{HERE}/{kept.id}")


@get(f"{HERE}/{{file_id:int}}")
async def look(
    request: AnyRequest,
    file_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[str]:
    """What the file would do now, with the button that takes it in."""
    kept, report = await actions.look_at_file(file_id, actor=actor, now=now)
    return _file_page(request, actor, kept, report)


@post(f"{HERE}/{{file_id:int}}", status_code=200)
async def take(
    request: AnyRequest,
    file_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[str]:
    """Take it in if it still does what was shown; otherwise show anew what it would do."""
    check_secretariat(actor)
    seen = text(await request.form(), "seen")
    try:
        kept, report = await actions.take_file(file_id, seen=seen or "nothing", actor=actor, now=now)
    except Conflict as refusal:
        kept, report = await actions.look_at_file(file_id, actor=actor, now=now)
        return _file_page(request, actor, kept, report, refusal=refusal.sentence)
    if report.is_dry_run:
        return _file_page(request, actor, kept, report, refusal=actions.OVERTAKEN)
    if report.changed:
        await events.render_again(now=now)
    return _file_page(request, actor, kept, report)


@post(f"{HERE}/{{file_id:int}}/discard")
async def discard(
    file_id: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Throw the file away."""
    await actions.discard_file(file_id, actor=actor, now=now)
    return see_other(HERE)


async def _ask_page(
    request: AnyRequest,
    actor: Actor,
    *,
    now: datetime,
    report: ImportReport | None = None,
    fault: str = "",
) -> Response[str]:
    return page(
        request,
        "desk/import.html",
        actor=actor,
        status=422 if fault or report else 200,
        report=report,
        waiting=await actions.files_of(actor, now=now),
        faults={"file": fault} if fault else {},
        columns=sheet.COLUMNS,
        most=MOST_SHOWN,
        zone=actor.timezone or settings.current().timezone,
        noindex=True,
    )


def _file_page(
    request: AnyRequest, actor: Actor, kept: KeptFile, report: ImportReport, *, refusal: str = ""
) -> Response[str]:
    return page(
        request,
        "desk/import_file.html",
        actor=actor,
        status=409 if refusal else 200,
        file=kept,
        report=report,
        refusal=refusal,
        most=MOST_SHOWN,
        zone=actor.timezone or settings.current().timezone,
        noindex=True,
    )


ROUTES: list[Any] = [ask, take_out, send, look, take, discard]
