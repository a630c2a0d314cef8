"""The zones that can be chosen, and the reader's choice of one."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from summit_service import zones
from summit_service.accounts.actor import Actor
from summit_service.errors import Invalid
from summit_service.web.forms import text
from summit_service.web.layout import html, is_htmx, page, render, see_other
from summit_service.web.reader_zone import chosen_zone, zone_cookie

LONGEST_PATH = 300


@get("/zones")
async def time_zones(request: Request[Any, Any, Any], actor: NamedDependency[Actor]) -> Response[Any]:
    """Every zone, to choose one's own; for htmx the choices of a field, which are too many to send with each form."""
    if is_htmx(request):
        kept = {"Cache-Control": "public, max-age=86400", "Vary": "HX-Request"}
        return html(render(request, "events/_zones.html", zone_names=zones.zone_names()), headers=kept)
    chosen = chosen_zone(request)
    return _page(request, actor, chosen=chosen, following=_path(str(request.query_params.get("next", ""))))


@post("/zones")
async def choose_zone(request: Request[Any, Any, Any], actor: NamedDependency[Actor]) -> Response[Any]:
    """Keep the choice in this browser, or forget it."""
    form = await request.form()
    typed, following = text(form, "typed").strip(), _path(text(form, "next"))
    try:
        chosen = zones.zone(typed or text(form, "zone"), field="typed" if typed else "zone").key
    except Invalid as fault:
        if "forget" not in form:
            return _page(
                request,
                actor,
                chosen=text(form, "zone"),
                typed=typed,
                following=following,
                faults=fault.by_field(),
            )
        chosen = ""
    answer = see_other(following or "/events")
    answer.set_cookie(zone_cookie("" if "forget" in form else chosen))
    return answer


def _page(
    request: Request[Any, Any, Any],
    actor: Actor,
    *,
    chosen: str,
    following: str,
    typed: str = "",
    faults: dict[str, str] | None = None,
) -> Response[str]:
    regions: dict[str, list[str]] = {}
    for name in zones.zone_names():
        regions.setdefault(name.partition("/")[0] if "/" in name else "Others", []).append(name)
    return page(
        request,
        "events/zones.html",
        actor=actor,
        status=422 if faults else 200,
        regions=sorted(regions.items()),
        chosen=chosen,
        typed=typed,
        following=following,
        faults=faults or {},
    )


def _path(given: str) -> str:
    """A page of ours to go back to; empty for anything else."""
    is_ours = given.startswith("/") and not given.startswith(("//", "/\\")) and len(given) <= LONGEST_PATH
    return given if is_ours and given.isprintable() else ""


ROUTES: list[Any] = [time_zones, choose_zone]
