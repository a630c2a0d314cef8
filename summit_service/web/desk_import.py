"""Members as a CSV file at the desk: taken out with their contacts; taken in after what it would do was seen."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromQuery

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Conflict, Invalid
from summit_service.events import actions as events
from summit_service.members import actions, sheet
from summit_service.members import queries as members
from summit_service.members.actions.importing import ImportReport
from summit_service.web.forms import text
from summit_service.web.layout import page

HERE = "/desk/import"
MOST_SHOWN = 100
"""Lines of each list; the rest is told as a number."""
ANOTHER = "This is not the file that you have looked at. Here is what it would do; nothing was changed."


@get(HERE)
async def ask(request: Request[Any, Any, Any], actor: NamedDependency[Actor]) -> Response[str]:
    """Which file?"""
    check_secretariat(actor)
    return _page(request, actor)


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
async def look_or_take(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[str]:
    """Say what a file would do; the same file, sent again by the other button, is taken in."""
    check_secretariat(actor)
    form = await request.form()
    given, seen = form.get("file"), text(form, "seen")
    data = await given.read() if isinstance(given, UploadFile) and given.filename else b""
    if not data:
        return _page(request, actor, seen=seen, fault="Choose a CSV file first.")
    digest = hashlib.sha256(data).hexdigest()
    is_meant = bool(seen) and text(form, "do") == "take"
    is_known = is_meant and digest == seen
    try:
        report = await actions.import_organisations(data, actor=actor, now=now, dry_run=not is_known)
    except (Conflict, Invalid) as refusal:
        return _page(request, actor, fault=refusal.sentence)
    if report.changed and is_known and not report.faults:
        await events.render_again(now=now)
    told = ANOTHER if is_meant and not is_known else ""
    return _page(request, actor, report=report, seen=digest, refusal=told)


def _page(
    request: Request[Any, Any, Any],
    actor: Actor,
    *,
    report: ImportReport | None = None,
    seen: str = "",
    fault: str = "",
    refusal: str = "",
) -> Response[str]:
    status = 409 if refusal else 422 if fault or (report and report.faults) else 200
    return page(
        request,
        "desk/import.html",
        actor=actor,
        status=status,
        report=report,
        seen="" if report and (report.faults or not report.is_dry_run) else seen,
        faults={"file": fault} if fault else {},
        refusal=refusal,
        columns=sheet.COLUMNS,
        most=MOST_SHOWN,
        noindex=True,
    )


ROUTES: list[Any] = [ask, take_out, look_or_take]
