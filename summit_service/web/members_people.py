"""Pages: who acts for an organisation, kept by its representatives."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.accounts.actor import Actor, check_manages
from summit_service.errors import Conflict, Invalid, NotFound
from summit_service.mail import queries as mail
from summit_service.members import actions, queries, rules
from summit_service.members.queries import Member
from summit_service.members.tables import Organisation
from summit_service.web.forms import text, texts
from summit_service.web.layout import page, see_other

DONE = {
    "kept": "The page is saved.",
    "logo": "The logo is saved.",
    "logo_removed": "The logo is taken away.",
    "added": "The person is added, and mailed a link to sign in.",
    "proposed": "The main contact is asked by mail to confirm who signs; the rest is done.",
    "confirmed": "The role is confirmed.",
    "ended": "The role is ended.",
    "handed_over": "The successor has the roles, and every login and link of who left has ended.",
}


@get("/organisations/{slug:str}/people")
async def people(
    request: Request[Any, Any, Any], slug: FromPath[str], actor: NamedDependency[Actor]
) -> Response[Any]:
    """Who acts for an organisation."""
    found = await managed(slug, actor)
    return await _people(request, actor, found, done=DONE.get(request.query_params.get("done", ""), ""))


@post("/organisations/{slug:str}/people", status_code=200)
async def add_person(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Add somebody, or another role of somebody."""
    found = await managed(slug, actor)
    form = await request.form()
    name, email, roles = text(form, "name"), text(form, "email"), texts(form, "roles")
    try:
        added = await actions.add_person(
            name=name, email=email, organisation=slug, roles=roles, actor=actor, now=now
        )
    except Invalid as fault:
        return await _people(
            request, actor, found, name=name, email=email, roles=roles, faults=fault.by_field()
        )
    waits = any(
        one.is_proposed for one in await queries.people_of(found.id) if one.person_id == added.person.id
    )
    return see_other(f"/organisations/{slug}/people?done={'proposed' if waits else 'added'}")


@post("/organisations/{slug:str}/roles/{role_id:int}/confirmation", status_code=303)
async def confirm_role(
    slug: FromPath[str],
    role_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Let a signatory or alternate who was proposed sign from now on."""
    await actions.confirm_role(role_id, organisation=slug, actor=actor, now=now)
    return see_other(f"/organisations/{slug}/people?done=confirmed")


@post("/organisations/{slug:str}/roles/{role_id:int}/end", status_code=200)
async def end_role(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    role_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """End what somebody may do for an organisation."""
    found = await managed(slug, actor)
    try:
        await actions.end_role(role_id, organisation=slug, actor=actor, now=now)
    except Conflict as fault:
        return await _people(request, actor, found, refusal=fault.sentence)
    still = {found.id} if actor.is_secretariat else (await queries.represented_by(actor))
    return see_other(f"/organisations/{slug}/people?done=ended" if found.id in still else "/me")


async def _people(
    request: Request[Any, Any, Any],
    actor: Actor,
    organisation: Organisation,
    *,
    name: str = "",
    email: str = "",
    roles: Sequence[str] = (),
    faults: dict[str, str] | None = None,
    refusal: str = "",
    done: str = "",
) -> Response[Any]:
    return page(
        request,
        "members/people.html",
        actor=actor,
        status=422 if faults else 409 if refusal else 200,
        organisation=organisation,
        bouncing=await mail.bouncing_keys(),
        people=_by_person(await queries.people_of(organisation.id)),
        role_words=rules.ROLES,
        can_confirm=actor.is_secretariat or await queries.is_contact(actor, organisation),
        name=name,
        email=email,
        roles=roles,
        faults=faults or {},
        refusal=refusal,
        done=done,
        noindex=True,
    )


def _by_person(members: Sequence[Member]) -> list[tuple[Member, list[Member]]]:
    """Each person once, with all their roles."""
    in_order = sorted(members, key=lambda one: (one.name.casefold(), one.person_id, one.role_id))
    groups = [list(group) for _, group in groupby(in_order, key=lambda one: one.person_id)]
    return [(group[0], group) for group in groups]


async def found_by(slug: str) -> Organisation:
    organisation = await queries.organisation_by_slug(slug)
    if organisation is None:
        raise NotFound(
            "There is no such organisation. It may have another address now; look in the directory."
        )
    return organisation


async def managed(slug: str, actor: Actor) -> Organisation:
    organisation = await found_by(slug)
    check_manages(actor, organisation.id)
    return organisation


ROUTES: list[Any] = [people, add_person, confirm_role, end_role]
