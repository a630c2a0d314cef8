"""The desk's announcements: the list, and a draft that is written and changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.announcements import actions, audiences, queries, rules
from summit_service.announcements.tables import Announcement
from summit_service.errors import Conflict, Invalid
from summit_service.web import announcements_sending
from summit_service.web.announcements_sending import BASE
from summit_service.web.forms import text
from summit_service.web.layout import page, see_other
from summit_service.web.reader_zone import zone_of

FIELDS = ("subject", "body", "audience")
DONE = {
    "saved": "Your draft is saved.",
    "test": "The test is on its way to you.",
    "deleted": "The draft is deleted.",
}


@get(BASE)
async def announcements(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], done: FromQuery[str] = ""
) -> Response[str]:
    """Drafts, and what was sent by whom and when."""
    check_secretariat(actor)
    return page(
        request,
        "announcements/list.html",
        actor=actor,
        rows=await queries.announcements(),
        done=DONE.get(done, ""),
        zone=zone_of(actor),
    )


@get(f"{BASE}/new")
async def new(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[str]:
    """An empty draft."""
    check_secretariat(actor)
    return await _form(request, actor, now, dict.fromkeys(FIELDS, "") | {"audience": audiences.MEMBERS})


@post(f"{BASE}/new", status_code=303)
async def create(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Keep the draft; nobody gets it yet."""
    check_secretariat(actor)
    typed = await _typed(request)
    try:
        made = await actions.write(**typed, actor=actor, now=now)
    except Invalid as fault:
        return await _form(request, actor, now, typed, faults=fault.by_field())
    return see_other(f"{BASE}/{made.id}")


@get(f"{BASE}/{{identifier:int}}/edit")
async def edit(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    identifier: FromPath[int],
) -> Response[str]:
    """The draft as it is, to be changed."""
    check_secretariat(actor)
    row = await queries.announcement_by_id(identifier)
    if row.sent_at is not None:
        raise Conflict(actions.SENT)
    typed = {
        "subject": row.subject,
        "body": row.body,
        "audience": actions.key_of(row.audience, row.audience_of),
    }
    return await _form(request, actor, now, typed, row=row)


@post(f"{BASE}/{{identifier:int}}/edit", status_code=303)
async def change(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    identifier: FromPath[int],
) -> Response[Any]:
    """Keep the changed draft; it has to be read again before it can be sent."""
    check_secretariat(actor)
    typed = await _typed(request)
    row = await queries.announcement_by_id(identifier)
    try:
        await actions.change(identifier, **typed, actor=actor, now=now)
    except Invalid as fault:
        return await _form(request, actor, now, typed, faults=fault.by_field(), row=row)
    return see_other(f"{BASE}/{identifier}?done=saved")


async def _typed(request: Request[Any, Any, Any]) -> dict[str, str]:
    form = await request.form()
    return {name: text(form, name) for name in FIELDS}


async def _form(
    request: Request[Any, Any, Any],
    actor: Actor,
    now: datetime,
    typed: dict[str, str],
    *,
    faults: dict[str, str] | None = None,
    row: Announcement | None = None,
) -> Response[str]:
    offered = [
        (actions.key_of(choice.kind, choice.of), choice.words, _hint(choice.kind))
        for choice in await audiences.choices(now)
    ]
    return page(
        request,
        "announcements/form.html",
        actor=actor,
        status=422 if faults else 200,
        form=typed,
        faults=faults or {},
        row=row,
        offered=offered,
        minutes=int(rules.TIME_TO_STOP.total_seconds() // 60),
    )


def _hint(kind: str) -> str:
    names = [f"{{{{{name}}}}}" for name in rules.PLACEHOLDERS if name in audiences.OFFERED[kind]]
    return "Placeholders: " + ", ".join(names)


@get(f"{BASE}/{{identifier:int}}")
async def announcement(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    identifier: FromPath[int],
    to: FromQuery[str] = "",
    done: FromQuery[str] = "",
) -> Response[str]:
    """A draft with its preview, or a sent one with how far it is."""
    check_secretariat(actor)
    row = await queries.announcement_by_id(identifier)
    if row.sent_at is not None:
        return await announcements_sending.sent(request, actor, row, now)
    return await announcements_sending.preview(request, actor, now, row, to=to, done=DONE.get(done, ""))


ROUTES: list[Any] = [
    announcements,
    new,
    create,
    edit,
    change,
    announcement,
]
