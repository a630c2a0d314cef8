"""Pages: a copy of all that is held about a person or an organisation, and erasing it after asking twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.accounts.actor import PUBLIC, Actor, check_signed_in
from summit_service.accounts.tables import Person
from summit_service.errors import Conflict, Invalid
from summit_service.members.tables import Organisation
from summit_service.own_data import actions, leaving, organisation, person, telling
from summit_service.own_data.rules import Told
from summit_service.web.forms import text
from summit_service.web.layout import page
from summit_service.web.session import login_cookie

Page = Request[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose data a page is about: where it is, what has to be typed, and the way back."""

    name: str
    base: str
    back: str
    typed: str
    field: str
    label: str
    is_own: bool = False


def _of_person(found: Person, actor: Actor) -> Whose:
    is_own = found.id == actor.person_id
    base = "/me" if is_own else f"/desk/people/{found.id}"
    label = "Your e-mail address" if is_own else f"The e-mail address of {found.name}"
    return Whose(found.name, base, "/me" if is_own else "/desk", found.email, "email", label, is_own)


def _of_organisation(found: Organisation) -> Whose:
    base = f"/organisations/{found.slug}"
    return Whose(found.name, base, base, found.name, "name", "The name of the organisation")


@get(["/me/data", "/desk/people/{person_id:int}/data"])
async def person_data(
    request: Page, actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """What is held about a person, as numbers, with the way to all of it."""
    found = await _person(request, actor)
    return _data_page(request, actor, _of_person(found, actor), await person.held(found, now=now))


@get(["/me/data.json", "/desk/people/{person_id:int}/data.json"])
async def person_file(
    request: Page, actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """All of it, for a program or to be kept."""
    found = await _person(request, actor)
    return _file(await person.held(found, now=now), f"person-{found.id}.json")


@get(["/me/erasure", "/desk/people/{person_id:int}/erasure"])
async def person_erasure(request: Page, actor: NamedDependency[Actor]) -> Response[Any]:
    """The first question: what goes, what stays and why."""
    found = await _person(request, actor)
    return _told_page(request, actor, _of_person(found, actor), await telling.told(found))


@get(["/me/erasure/confirmation", "/desk/people/{person_id:int}/erasure/confirmation"])
async def confirm_person(request: Page, actor: NamedDependency[Actor]) -> Response[Any]:
    """The second question: the address, typed."""
    found = await _person(request, actor)
    return _confirm_page(request, actor, _of_person(found, actor), await telling.told(found))


@post(["/me/erasure/confirmation", "/desk/people/{person_id:int}/erasure/confirmation"], status_code=200)
async def erase_person(
    request: Page, actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Erase; whoever erased themselves is signed out by it."""
    found = await _person(request, actor)
    whose = _of_person(found, actor)
    form = await request.form()
    given = {"seen": text(form, "seen"), "email": text(form, "email")}
    try:
        await actions.erase_person(found.id, **given, actor=actor, now=now)
    except Invalid as fault:
        return _confirm_page(request, actor, whose, await telling.told(found), faults=fault.by_field())
    except Conflict as fault:
        return _told_page(request, actor, whose, await telling.told(found), refusal=fault.sentence)
    return _done_page(request, PUBLIC if whose.is_own else actor, whose)


@get("/organisations/{slug:str}/data")
async def organisation_data(
    request: Page, slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """What is held about an organisation, as numbers, with the way to all of it."""
    found = await organisation.organisation_of(slug, actor=actor)
    return _data_page(request, actor, _of_organisation(found), await organisation.held(found, now=now))


@get("/organisations/{slug:str}/data.json")
async def organisation_file(
    slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """All of it, for a program or to be kept."""
    found = await organisation.organisation_of(slug, actor=actor)
    return _file(await organisation.held(found, now=now), f"{found.slug}.json")


@get("/organisations/{slug:str}/erasure")
async def organisation_erasure(
    request: Page, slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """The first question: what goes, what stays and why."""
    found = await organisation.organisation_of(slug, actor=actor)
    return _told_page(request, actor, _of_organisation(found), await leaving.told(found, now=now))


@get("/organisations/{slug:str}/erasure/confirmation")
async def confirm_organisation(
    request: Page, slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """The second question: its name, typed."""
    found = await organisation.organisation_of(slug, actor=actor)
    return _confirm_page(request, actor, _of_organisation(found), await leaving.told(found, now=now))


@post("/organisations/{slug:str}/erasure/confirmation", status_code=200)
async def erase_organisation(
    request: Page, slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Erase; its people are signed out where they have no other role."""
    found = await organisation.organisation_of(slug, actor=actor)
    whose = _of_organisation(found)
    form = await request.form()
    given = {"seen": text(form, "seen"), "name": text(form, "name")}
    try:
        await leaving.erase_organisation(slug, **given, actor=actor, now=now)
    except Invalid as fault:
        told = await leaving.told(found, now=now)
        return _confirm_page(request, actor, whose, told, faults=fault.by_field())
    except Conflict as fault:
        told = await leaving.told(found, now=now)
        return _told_page(request, actor, whose, told, refusal=fault.sentence)
    return _done_page(request, actor, whose)


async def _person(request: Page, actor: Actor) -> Person:
    check_signed_in(actor)
    return await actions.person_of(request.path_params.get("person_id") or actor.person_id or 0, actor=actor)


def _data_page(request: Page, actor: Actor, whose: Whose, kept: dict[str, Any]) -> Response[Any]:
    counts = [
        (name.replace("_", " ").capitalize(), len(rows)) for name, rows in kept.items() if _is_list(rows)
    ]
    return page(request, "own_data/data.html", actor=actor, whose=whose, counts=counts, noindex=True)


def _is_list(rows: Any) -> bool:
    return isinstance(rows, list) and bool(rows)


def _file(kept: dict[str, Any], name: str) -> Response[Any]:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(kept, media_type="application/json", headers=headers)


def _told_page(request: Page, actor: Actor, whose: Whose, told: Told, *, refusal: str = "") -> Response[Any]:
    status = 409 if refusal else 200
    return page(
        request,
        "own_data/told.html",
        actor=actor,
        status=status,
        whose=whose,
        told=told,
        refusal=refusal,
        noindex=True,
    )


def _confirm_page(
    request: Page, actor: Actor, whose: Whose, told: Told, *, faults: dict[str, str] | None = None
) -> Response[Any]:
    return page(
        request,
        "own_data/confirm.html",
        actor=actor,
        status=422 if faults else 200,
        whose=whose,
        told=told,
        faults=faults or {},
        noindex=True,
    )


def _done_page(request: Page, actor: Actor, whose: Whose) -> Response[Any]:
    answer = page(request, "own_data/done.html", actor=actor, whose=whose, noindex=True)
    if whose.is_own:
        gone: Cookie = login_cookie("")
        answer.set_cookie(gone)
    return answer


ROUTES: list[Any] = [
    person_data,
    person_file,
    person_erasure,
    confirm_person,
    erase_person,
    organisation_data,
    organisation_file,
    organisation_erasure,
    confirm_organisation,
    erase_organisation,
]
