"""Pages: naming a successor, and confirming one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service import handovers
from summit_service.accounts.actor import Actor, check_signed_in
from summit_service.errors import Conflict, Invalid, NotAllowed
from summit_service.members import queries
from summit_service.members.rules import OUTCOMES
from summit_service.members.tables import Organisation
from summit_service.web.forms import text
from summit_service.web.layout import page, see_other
from summit_service.web.members_people import found_by


@get("/organisations/{slug:str}/handover")
async def handover_form(
    request: Request[Any, Any, Any], slug: FromPath[str], actor: NamedDependency[Actor]
) -> Response[Any]:
    """The form to name a successor, for oneself or, by `?person=`, for somebody who has left."""
    found = await _of_theirs(slug, actor)
    return await _form(request, actor, found, person=request.query_params.get("person", ""))


@post("/organisations/{slug:str}/handover", status_code=200)
async def name_successor(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Name a successor; done at once where the actor may confirm it."""
    found = await _of_theirs(slug, actor)
    form = await request.form()
    typed = {name: text(form, name) for name in ("name", "email", "person")}
    try:
        made = await handovers.ask(
            slug,
            name=typed["name"],
            email=typed["email"],
            leaver_id=_number(typed["person"]),
            actor=actor,
            now=now,
        )
    except Invalid as fault:
        return await _form(request, actor, found, values=typed, faults=fault.by_field())
    except Conflict as fault:
        return await _form(request, actor, found, values=typed, refusal=fault.sentence)
    if made.outcome:
        return see_other(f"/organisations/{slug}/people?done=handed_over")
    return see_other(f"/organisations/{slug}/handovers/{made.id}")


async def _of_theirs(slug: str, actor: Actor) -> Organisation:
    """The organisation, for whoever has a role in it and for the secretariat."""
    check_signed_in(actor)
    found = await found_by(slug)
    if not actor.can_manage(found.id) and not await queries.roles_of(actor.person_id or 0, found.id):
        raise NotAllowed(
            "Only somebody who acts for this organisation, or the secretariat, can hand it over."
        )
    return found


def _number(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 9 else None


async def _form(
    request: Request[Any, Any, Any],
    actor: Actor,
    organisation: Organisation,
    *,
    person: str = "",
    values: Mapping[str, str] | None = None,
    faults: dict[str, str] | None = None,
    refusal: str = "",
) -> Response[Any]:
    typed = {"name": "", "email": "", "person": person, **(values or {})}
    people = {str(one.person_id): one.name for one in await queries.people_of(organisation.id)}
    own = str(actor.person_id)
    may_choose = actor.is_secretariat or await queries.is_contact(actor, organisation)
    chosen = typed["person"] if typed["person"] in people and may_choose else own if own in people else ""
    return page(
        request,
        "members/handover.html",
        actor=actor,
        status=422 if faults else 409 if refusal else 200,
        organisation=organisation,
        people=list(people.items()) if may_choose else [],
        person=chosen,
        is_done_at_once=actor.is_secretariat or (may_choose and chosen != own),
        name=typed["name"],
        email=typed["email"],
        faults=faults or {},
        refusal=refusal,
        noindex=True,
    )


@get("/organisations/{slug:str}/handovers/{handover_id:int}")
async def one_handover(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    handover_id: FromPath[int],
    actor: NamedDependency[Actor],
) -> Response[Any]:
    """What would happen, for who confirms it; how far it is, for who leaves."""
    return await _shown(request, actor, slug, handover_id)


@post("/organisations/{slug:str}/handovers/{handover_id:int}/confirmation", status_code=200)
async def confirm(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    handover_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Give the successor the roles; everything of the leaver's ends at once."""
    return await _decide(request, slug, handover_id, confirmed=True, actor=actor, now=now)


@post("/organisations/{slug:str}/handovers/{handover_id:int}/refusal", status_code=200)
async def refuse(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    handover_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Leave everything as it is."""
    return await _decide(request, slug, handover_id, confirmed=False, actor=actor, now=now)


async def _decide(
    request: Request[Any, Any, Any],
    slug: str,
    handover_id: int,
    *,
    confirmed: bool,
    actor: Actor,
    now: datetime,
) -> Response[Any]:
    try:
        await handovers.decide(slug, handover_id, confirmed=confirmed, actor=actor, now=now)
    except Conflict as fault:
        return await _shown(request, actor, slug, handover_id, refusal=fault.sentence)
    return see_other(f"/organisations/{slug}/handovers/{handover_id}")


async def _shown(
    request: Request[Any, Any, Any], actor: Actor, slug: str, handover_id: int, *, refusal: str = ""
) -> Response[Any]:
    found = await handovers.one(slug, handover_id, actor=actor)
    return page(
        request,
        "members/handover_one.html",
        actor=actor,
        status=409 if refusal else 200,
        handover=found.handover,
        organisation=found.organisation,
        can_confirm=found.can_confirm,
        outcome=OUTCOMES[found.handover.outcome],
        refusal=refusal,
        noindex=True,
    )


ROUTES: list[Any] = [handover_form, name_successor, one_handover, confirm, refuse]
