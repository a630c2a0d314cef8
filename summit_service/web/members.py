"""Pages: the directory, an organisation's page, and what its representatives keep there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from summit_service import zones
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Conflict, Invalid
from summit_service.events import listing
from summit_service.events.actions import render_again
from summit_service.events.details import MODES
from summit_service.events.queries import Filters
from summit_service.members import actions, directory, logos, queries, rules
from summit_service.members.countries import COUNTRIES
from summit_service.members.directory import Entry
from summit_service.members.rules import Details
from summit_service.members.tables import Organisation
from summit_service.resources import queries as resources
from summit_service.resources import rules as resource_rules
from summit_service.templating import country_name
from summit_service.web.forms import text
from summit_service.web.languages import language_name
from summit_service.web.layout import page, see_other
from summit_service.web.members_people import DONE, found_by, managed

EVENTS_AHEAD = timedelta(days=366)
NEXT_EVENTS = 3
NEWEST_RESOURCES = 3


@get("/organisations")
async def member_list(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    *,
    q: FromQuery[str] = "",
    country: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    after: FromQuery[str] = "",
) -> Response[Any]:
    """The public directory, by country, a hundred organisations on a page."""
    everybody = await directory.entries()
    found = _in_order([one for one in everybody if directory.is_in(one, words=q, country=country, kind=kind)])
    shown, following = directory.page_after(found, after)
    search = {name: value for name, value in (("q", q), ("country", country), ("kind", kind)) if value}
    return page(
        request,
        "members/directory.html",
        actor=actor,
        groups=_by_country(shown),
        logos=await logos.logos_of([one.id for one in shown]),
        next_url=f"/organisations?{urlencode(search | {'after': following})}" if following else "",
        first_url=f"/organisations?{urlencode(search)}".rstrip("?") if after else "",
        count=len(found),
        total=len(everybody),
        q=q,
        country=country.upper(),
        kind=kind,
        countries=_choices({one.country for one in everybody if one.country}),
        kinds=[
            (value, words)
            for value, words in rules.KINDS.items()
            if any(one.kind == value for one in everybody)
        ],
        kind_words=rules.KINDS,
        standing_words=rules.STANDINGS,
        search=urlencode(search),
    )


def _place(one: Entry) -> tuple[bool, str]:
    return not one.country, country_name(one.country)


def _in_order(found: Sequence[Entry]) -> list[Entry]:
    """By the name of their country, those without one last, and by their own."""
    return sorted(found, key=lambda one: (_place(one), one.name_key))


def _by_country(in_order: Sequence[Entry]) -> list[tuple[str, list[Entry]]]:
    """The organisations under the name of their country."""
    return [(name, list(group)) for (_, name), group in groupby(in_order, key=_place)]


def _choices(codes: set[str] | frozenset[str]) -> list[tuple[str, str]]:
    return sorted(((code, country_name(code)) for code in codes), key=lambda choice: choice[1])


@get("/organisations/new")
async def new_form(request: Request[Any, Any, Any], actor: NamedDependency[Actor]) -> Response[Any]:
    """The form to take an organisation in."""
    check_secretariat(actor)
    return _form(request, actor, Details(name="", kind=""), slug="", heading="A new organisation")


@post("/organisations/new", status_code=200)
async def create(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Take an organisation in."""
    check_secretariat(actor)
    form = await request.form()
    typed = Details(**{field: text(form, field) for field in rules.FIELDS})
    try:
        made = await actions.create_organisation(typed, actor=actor, now=now)
    except Invalid as fault:
        return _form(request, actor, typed, slug="", heading="A new organisation", faults=fault.by_field())
    return see_other(f"/organisations/{made.slug}?done=kept")


@get("/organisations/{slug:str}")
async def show(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """An organisation's public page, with its next events."""
    found = await found_by(slug)
    events = await listing.dates_between(
        Filters(organisation=slug), viewer=actor, after=now, before=now + EVENTS_AHEAD
    )
    shared, following = await resources.listed(
        resources.Filters(organisation=slug), viewer=actor, limit=NEWEST_RESOURCES
    )
    return page(
        request,
        "members/organisation.html",
        actor=actor,
        organisation=found,
        logo=await logos.logo_of(found.id),
        can_manage=actor.can_manage(found.id),
        kind_words=rules.KINDS,
        standing_words=rules.STANDINGS,
        is_own_contact=found.contact_name == found.name
        or rules.is_one_person(found.kind, found.name, found.contact_name),
        events=events[:NEXT_EVENTS],
        resources=shared,
        has_more_resources=bool(following),
        resource_kinds=resource_rules.KINDS,
        zone="",
        modes=MODES,
        language_name=language_name,
        done=DONE.get(request.query_params.get("done", ""), ""),
    )


@get("/organisations/{slug:str}/edit")
async def edit_form(
    request: Request[Any, Any, Any], slug: FromPath[str], actor: NamedDependency[Actor]
) -> Response[Any]:
    """The form to keep an organisation's page."""
    found = await managed(slug, actor)
    return await _edit_form(request, actor, found, queries.details_of(found))


@post("/organisations/{slug:str}/edit", status_code=200)
async def edit(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Keep an organisation's page."""
    found = await managed(slug, actor)
    form = await request.form()
    typed = {field: text(form, field) for field in rules.FIELDS if field in form}
    stands = queries.details_of(found)
    shown = rules.with_changes(stands, typed)
    try:
        changed = await actions.change_organisation(
            slug, typed, seen=text(form, "seen") or None, actor=actor, now=now
        )
    except Invalid as fault:
        return await _edit_form(
            request, actor, found, shown, seen=text(form, "seen"), faults=fault.by_field()
        )
    except Conflict as refusal:
        return await _edit_form(request, actor, found, shown, refusal=refusal.sentence)
    await render_again(now=now, organisation_id=changed.id)
    return see_other(f"/organisations/{slug}?done=kept")


async def _edit_form(
    request: Request[Any, Any, Any],
    actor: Actor,
    organisation: Organisation,
    details: Details,
    *,
    seen: str = "",
    faults: dict[str, str] | None = None,
    refusal: str = "",
) -> Response[Any]:
    """`seen` is the mark that the form had; without one, it is made anew, of what stands now."""
    stands = queries.details_of(organisation)
    may_name = actor.is_secretariat or await queries.is_contact(actor, organisation)
    return _form(
        request,
        actor,
        details,
        slug=organisation.slug,
        heading=organisation.name,
        seen=seen or rules.mark_of(stands),
        stands=[
            (rules.WORDS[name], getattr(stands, name) or "nothing")
            for name in rules.FIELDS
            if refusal and getattr(stands, name) != getattr(details, name)
        ],
        faults=faults,
        refusal=refusal,
        may_name_contact=may_name or "contact_email" in (faults or {}),
    )


def _form(
    request: Request[Any, Any, Any],
    actor: Actor,
    details: Details,
    *,
    slug: str,
    heading: str,
    seen: str = "",
    stands: Sequence[tuple[str, str]] = (),
    faults: dict[str, str] | None = None,
    refusal: str = "",
    may_name_contact: bool = True,
) -> Response[Any]:
    return page(
        request,
        "members/edit.html",
        actor=actor,
        status=422 if faults else 409 if refusal else 200,
        heading=heading,
        slug=slug,
        seen=seen,
        stands=stands,
        refusal=refusal,
        may_name_contact=may_name_contact,
        details=asdict(details),
        faults=faults or {},
        kinds=list(rules.KINDS.items()),
        standings=list(rules.STANDINGS.items()),
        countries=_choices(COUNTRIES),
        zones=zones.zone_names(),
        noindex=True,
    )


ROUTES: list[Any] = [
    member_list,
    new_form,
    create,
    show,
    edit_form,
    edit,
]
