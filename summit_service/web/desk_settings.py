"""Pages: the settings that the secretariat changes by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service import zones
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Conflict, Invalid
from summit_service.preferences import actions, queries, rules
from summit_service.web.forms import text
from summit_service.web.layout import page, see_other

Page = Request[Any, Any, Any]


@get("/desk/settings")
async def desk_settings(request: Page, actor: NamedDependency[Actor]) -> Response[Any]:
    """Every setting with its default, what it affects, and its earlier values."""
    check_secretariat(actor)
    return await _page(request, actor, done=request.query_params.get("done", ""))


@post("/desk/settings/{name:str}", status_code=200)
async def change_setting(
    request: Page, name: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Look at how a value will stand on pages, or keep it."""
    check_secretariat(actor)
    choice, form = rules.choice_of(name), await request.form()
    typed, seen = text(form, "value"), text(form, "seen")
    try:
        if "preview" in form:
            return await _page(request, actor, name=name, typed=typed, preview=rules.checked(choice, typed))
        await actions.change(name, typed, seen=_number(seen), actor=actor, now=now)
    except Invalid as fault:
        return await _page(
            request, actor, name=name, typed=typed, fault=fault.by_field()["value"], status=422
        )
    except Conflict as fault:
        return await _page(request, actor, name=name, typed=typed, fault=fault.sentence, status=409)
    return see_other(f"/desk/settings?done={name}#{name}")


@post("/desk/settings/{name:str}/default", status_code=200)
async def restore_setting(
    request: Page, name: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Let the default hold again."""
    seen = text(await request.form(), "seen")
    try:
        await actions.give_back(name, seen=_number(seen), actor=actor, now=now)
    except Conflict as fault:
        return await _page(request, actor, name=name, fault=fault.sentence, status=409)
    return see_other(f"/desk/settings?done={name}#{name}")


@post("/desk/settings/test-mail", status_code=200)
async def send_test_mail(actor: NamedDependency[Actor], now: NamedDependency[datetime]) -> Response[Any]:
    """A mail to whoever presses the button; its page in the outbox says what became of it."""
    number = await actions.send_test_mail(actor=actor, now=now)
    return see_other(f"/desk/mails/{number}")


def _number(seen: str) -> int | None:
    """The version that was on the page; a form without one changes nothing that it has not seen."""
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else -1


async def _page(
    request: Page,
    actor: Actor,
    *,
    name: str = "",
    typed: str | None = None,
    preview: str = "",
    fault: str = "",
    status: int = 200,
    done: str = "",
) -> Response[Any]:
    shown = await queries.shown()
    if typed is not None:
        shown = [replace(one, value=typed) if one.choice.name == name else one for one in shown]
    return page(
        request,
        "preferences/desk.html",
        actor=actor,
        status=status,
        shown=shown,
        name=name,
        preview=preview,
        fault=fault,
        zones=[(zone, zone.replace("_", " ")) for zone in zones.zone_names()],
        hours=[(str(hour), f"{hour}:00") for hour in range(24)],
        done=next((one.choice.label for one in shown if one.choice.name == done), ""),
    )


ROUTES: list[Any] = [desk_settings, send_test_mail, change_setting, restore_setting]
