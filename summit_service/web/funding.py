"""Pages: calls for funding, to find and to read, and who wants to apply together."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from summit_service.accounts.actor import Actor, check_signed_in
from summit_service.consortia import queries as consortia
from summit_service.consortia import rules as consortia_rules
from summit_service.errors import Invalid
from summit_service.funding import actions, queries, rules
from summit_service.funding.queries import CallView
from summit_service.funding.rules import Interest
from summit_service.members import queries as members
from summit_service.members.countries import COUNTRIES
from summit_service.templating import country_name
from summit_service.web.forms import fields
from summit_service.web.layout import page, see_other

AnyRequest = Request[Any, Any, Any]
PAGE, LONGEST_PARAMETER = 50, 80
DONE = {
    "posted": "It is posted, and its deadline stands in the shared calendar.",
    "waiting": "It waits for the secretariat, as the first thing of a new member does. You get a mail.",
    "changed": "What you changed is saved; the calendar follows.",
    "confirmed": "It is published, and its organisation is told.",
    "returned": "It is given back, with your reason by mail.",
    "joined": "Your organisation stands among those that want to apply. Write to the others.",
    "back": "The organisation does not stand among those that want to apply any more.",
}


@get("/funding")
async def calls(
    request: AnyRequest,
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    *,
    q: FromQuery[str] = "",
    country: FromQuery[str] = "",
    past: FromQuery[str] = "",
    after: FromQuery[str] = "",
) -> Response[str]:
    """Calls for funding, the next deadline first, fifty on a page."""
    words, code = q[:LONGEST_PARAMETER].strip(), country[:2].upper()
    found, following = await queries.listed(
        now=now, q=words, country=code, is_past=bool(past), after=after, limit=PAGE
    )
    given = (("q", words), ("country", code), ("past", "yes" if past else ""))
    kept = {name: value for name, value in given if value}
    return page(
        request,
        "funding/list.html",
        actor=actor,
        found=found,
        following=f"/funding?{urlencode(kept | {'after': following})}" if following else "",
        first=f"/funding?{urlencode(kept)}".rstrip("?") if after else "",
        unpublished=await queries.unpublished(actor, limit=queries.MOST) if actor.is_signed_in else [],
        q=words,
        country=code,
        is_past=bool(past),
        is_filtered=bool(words or code),
        countries=sorted(((one, country_name(one)) for one in COUNTRIES), key=lambda pair: pair[1]),
        can_post=actor.can_act,
        states=rules.STATES,
    )


@get("/funding/{slug:str}")
async def call(
    request: AnyRequest,
    slug: FromPath[str],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[str]:
    """One call; a withdrawn one says so."""
    return await call_page(request, await queries.call_by_slug(slug, viewer=actor), actor, now)


@post("/funding/{slug:str}/interests", status_code=200)
async def join_in(
    request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Our organisation wants to apply."""
    check_signed_in(actor)
    typed = await fields(request, "organisation", "role", "brings", "contact")
    interest = Interest(role=typed["role"], brings=typed["brings"], contact=typed["contact"])
    try:
        await actions.join_in(slug, interest, organisation=typed["organisation"], actor=actor, now=now)
    except Invalid as refusal:
        found = await queries.call_by_slug(slug, viewer=actor)
        return await call_page(request, found, actor, now, typed=typed, faults=refusal.by_field())
    return see_other(f"/funding/{slug}?done=joined")


@post("/funding/{slug:str}/interests/withdrawal")
async def step_back(
    request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Our organisation does not apply after all."""
    typed = await fields(request, "organisation")
    await actions.step_back(slug, organisation=typed["organisation"], actor=actor, now=now)
    return see_other(f"/funding/{slug}?done=back")


async def call_page(
    request: AnyRequest,
    found: CallView,
    actor: Actor,
    now: datetime,
    *,
    typed: dict[str, str] | None = None,
    faults: dict[str, str] | None = None,
) -> Response[str]:
    """The page of a call, with what the form of an interest has brought."""
    is_withdrawn = found.state == "withdrawn"
    status = 422 if faults else 410 if is_withdrawn else 200
    empty = {"organisation": "", "role": "", "brings": "", "contact": f"{actor.name}, {actor.email}"}
    mine = await members.own_members_of(actor)
    return page(
        request,
        "funding/call.html",
        actor=actor,
        status=status,
        call=found,
        details=found.details,
        countries=", ".join(country_name(code) for code in found.details.countries),
        is_over=found.deadline <= now,
        is_withdrawn=is_withdrawn,
        can_change=actor.can_manage(found.organisation_id),
        interests=await queries.interests_in(found.id, viewer=actor),
        roles=rules.ROLES,
        together=await consortia.seen_by(actor, call_id=found.id) if actor.is_signed_in else [],
        outcomes=await consortia.public_lines(found.id),
        states=consortia_rules.STATES,
        mine=[(one.slug, one.name) for one in mine],
        form=typed or empty,
        faults=faults or {},
        done=DONE.get(request.query_params.get("done", ""), ""),
        noindex=found.state != "published",
    )


ROUTES: list[Any] = [calls, call, join_in, step_back]
