"""Pages: the secretariat's desk for editions of the summit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Conflict, Invalid
from summit_service.registrations import actions as registrations
from summit_service.summits import queries
from summit_service.summits.actions import editions as actions
from summit_service.summits.stages import standing
from summit_service.summits.tables import Edition
from summit_service.web import summit_forms
from summit_service.web.layout import page, see_other
from summit_service.web.summit_forms import Fields

Asked = Request[Any, Any, Any]


@get("/desk/summits")
async def desk(
    request: Asked, actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """All editions, with what can be done next."""
    check_secretariat(actor)
    found = await queries.editions(is_announced_only=False)
    shown = [(edition, standing(edition, now=now)) for edition in found]
    return page(request, "summits/desk_list.html", actor=actor, editions=shown)


@get("/desk/summits/new")
async def new_edition(request: Asked, actor: NamedDependency[Actor]) -> Response[Any]:
    """An empty form, two years after the last summit."""
    check_secretariat(actor)
    found = await queries.editions(is_announced_only=False)
    form: dict[str, Any] = {"year": str(found[0].year + 2) if found else "", "announced": "yes"}
    if found:
        form |= {"timezone": found[0].timezone, "host": found[0].host}
    return _edition_page(request, actor, form)


@post("/desk/summits/new", status_code=200)
async def create_edition(
    request: Asked, actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Make the edition, or show the form again with what is wrong."""
    form = await summit_forms.fields_of(request)
    try:
        edition = await actions.create_edition(summit_forms.edition_values(form), actor=actor, now=now)
    except Invalid as refusal:
        return _edition_page(request, actor, form, faults=refusal.by_field(), status=422)
    except Conflict as refusal:
        return _edition_page(request, actor, form, faults={"year": refusal.sentence}, status=409)
    return see_other(f"/desk/summits/{edition.year}/programme")


@get("/desk/summits/{year:int}")
async def edition_form(request: Asked, year: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """The form of an edition that is there."""
    check_secretariat(actor)
    edition = await queries.found_edition(year)
    form = summit_forms.edition_form(actions.values_of_edition(edition))
    return _edition_page(request, actor, form, edition=edition)


@post("/desk/summits/{year:int}", status_code=200)
async def change_edition(
    request: Asked, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Change the edition, or show the form again with what is wrong."""
    form = await summit_forms.fields_of(request)
    try:
        values = summit_forms.edition_values(form, is_new=False)
        await registrations.change_edition(year, values, actor=actor, now=now)
    except Invalid as refusal:
        edition = await queries.found_edition(year)
        return _edition_page(request, actor, form, edition=edition, faults=refusal.by_field(), status=422)
    return see_other(f"/desk/summits/{year}/programme")


@post("/desk/summits/{year:int}/announcement", status_code=200)
async def announce(
    year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Show the edition to the public."""
    await actions.announce_edition(year, actor=actor, now=now)
    return see_other(f"/desk/summits/{year}/programme")


def _edition_page(
    request: Asked,
    actor: Actor,
    form: Mapping[str, str],
    *,
    edition: Edition | None = None,
    faults: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response[Any]:
    fields = {"form": Fields(form), "faults": Fields(faults or {})}
    return page(request, "summits/desk_edition.html", actor=actor, status=status, edition=edition, **fields)


ROUTES: list[Any] = [desk, new_edition, create_edition, edition_form, change_edition, announce]
