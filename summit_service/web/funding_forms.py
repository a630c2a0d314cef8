"""Pages: a call for funding is posted, changed, confirmed, given back and withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service import zones
from summit_service.accounts.actor import Actor, check_manages, check_secretariat, check_signed_in
from summit_service.errors import Conflict, Invalid, NotAllowed
from summit_service.funding import actions, queries, rules
from summit_service.funding.queries import CallView
from summit_service.funding.rules import Details
from summit_service.members import queries as members
from summit_service.web.forms import fields
from summit_service.web.layout import page, see_other
from summit_service.web.reason import Step, reason_page

AnyRequest = Request[Any, Any, Any]
DONE_WHEN = {"published": "posted", "waiting": "waiting", "returned": "changed"}
STEPS = {
    "return": Step(
        "Give this call back?",
        "Its organisation can change it, and it waits for you again.",
        "It is mailed to who posted it.",
        "Give it back",
        "main",
    ),
    "withdrawal": Step(
        "Withdraw this call?",
        "It leaves the list for good, and its deadline shows as cancelled in every calendar.",
        "Its page and the calendars show this.",
        "Withdraw it",
        "danger",
    ),
}


@get("/funding/new")
async def new(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[str]:
    """An empty form."""
    start = Details(timezone=zones.WORLDWIDE)
    return await _form(request, actor, {**_typed_of(start), "organisation": ""})


@post("/funding/new", status_code=200)
async def create(
    request: AnyRequest, actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Post it, or show the form again with everything that was typed."""
    check_signed_in(actor)
    typed = await fields(request, *rules.FIELDS, "organisation")
    try:
        made = await actions.post(_details(typed), organisation=typed["organisation"], actor=actor, now=now)
    except Invalid as refusal:
        return await _form(request, actor, typed, faults=refusal.by_field())
    return see_other(f"/funding/{made.slug}?done={DONE_WHEN[made.state]}")


@get("/funding/{slug:str}/edit")
async def edit(request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor]) -> Response[str]:
    """The form as the call stands."""
    found = await _changeable(slug, actor)
    return await _form(request, actor, _typed_of(found.details), call=found)


@post("/funding/{slug:str}/edit", status_code=200)
async def change(
    request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Change it, or show the form again with everything that was typed."""
    found = await _changeable(slug, actor)
    typed = await fields(request, *rules.FIELDS)
    try:
        await actions.change(slug, _changes(typed), actor=actor, now=now)
    except Invalid as refusal:
        return await _form(request, actor, typed, call=found, faults=refusal.by_field())
    return see_other(f"/funding/{slug}?done=changed")


@post("/funding/{slug:str}/confirmation")
async def confirm(
    slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Publish the first call of a new organisation."""
    await actions.confirm(slug, actor=actor, now=now)
    return see_other(f"/funding/{slug}?done=confirmed")


@get("/funding/{slug:str}/return")
async def why_return(
    request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor]
) -> Response[str]:
    """Why is it given back?"""
    check_secretariat(actor)
    return _reason_page(request, actor, await _changeable(slug, actor), "return")


@post("/funding/{slug:str}/return", status_code=200)
async def give_back(
    request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Give it back, with a reason."""
    check_secretariat(actor)
    typed = await fields(request, "reason")
    try:
        await actions.give_back(slug, reason=typed["reason"], actor=actor, now=now)
    except Invalid as refusal:
        found = await _changeable(slug, actor)
        return _reason_page(request, actor, found, "return", reason=typed["reason"], refusal=refusal)
    return see_other(f"/funding/{slug}?done=returned")


@get("/funding/{slug:str}/withdrawal")
async def why_withdraw(
    request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor]
) -> Response[str]:
    """Sure? And why?"""
    return _reason_page(request, actor, await _changeable(slug, actor), "withdrawal")


@post("/funding/{slug:str}/withdrawal", status_code=200)
async def withdraw(
    request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Take it back for good."""
    found = await _changeable(slug, actor)
    typed = await fields(request, "reason")
    try:
        await actions.withdraw(slug, reason=typed["reason"], actor=actor, now=now)
    except Invalid as refusal:
        return _reason_page(request, actor, found, "withdrawal", reason=typed["reason"], refusal=refusal)
    return see_other(f"/funding/{slug}")


async def _changeable(slug: str, actor: Actor) -> CallView:
    found = await queries.call_by_slug(slug, viewer=actor)
    check_manages(actor, found.organisation_id)
    if found.state == "withdrawn":
        raise Conflict("This call is withdrawn. Post it anew, if it is to come back.")
    return found


def _details(typed: Mapping[str, str]) -> Details:
    plain = {name: typed[name] for name in rules.FIELDS if name != "countries"}
    return Details(**plain, countries=tuple(typed["countries"].split(",")))


def _changes(typed: Mapping[str, str]) -> dict[str, Any]:
    details = _details(typed)
    return {name: getattr(details, name) for name in rules.FIELDS}


def _typed_of(details: Details) -> dict[str, str]:
    return {**asdict(details), "countries": ", ".join(details.countries)}


async def _bringers(actor: Actor) -> list[tuple[str, str]]:
    check_signed_in(actor)
    found = await members.may_act_for(actor)
    if not found:
        raise NotAllowed("A representative of an organisation posts calls. Ask yours to make you one.")
    return [(one.slug, one.name) for one in found]


async def _form(
    request: AnyRequest,
    actor: Actor,
    typed: Mapping[str, str],
    *,
    call: CallView | None = None,
    faults: Mapping[str, str] | None = None,
) -> Response[str]:
    return page(
        request,
        "funding/form.html",
        actor=actor,
        status=422 if faults else 200,
        call=call,
        form=typed,
        faults=dict(faults or {}),
        bringers=[] if call is not None else await _bringers(actor),
        zones=[(zones.WORLDWIDE, "Anywhere on Earth (UTC-12)")]
        + [(name, name.replace("_", " ")) for name in zones.zone_names() if name != zones.WORLDWIDE],
        noindex=True,
    )


def _reason_page(
    request: AnyRequest,
    actor: Actor,
    found: CallView,
    step: str,
    *,
    reason: str = "",
    refusal: Invalid | None = None,
) -> Response[str]:
    at = f"/funding/{found.slug}"
    return reason_page(
        request,
        actor,
        STEPS[step],
        url=f"{at}/{step}",
        crumbs=[("Joint funding", "/funding"), (found.details.title, at)],
        of=found.organisation_name,
        reason=reason,
        refusal=refusal,
    )


ROUTES: list[Any] = [new, create, edit, change, confirm, why_return, give_back, why_withdraw, withdraw]
