"""Pages: the form to share a resource and to change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.accounts.actor import Actor, check_manages, check_signed_in
from summit_service.errors import Conflict, Invalid, NotAllowed
from summit_service.members import queries as members
from summit_service.resources import actions, files, queries, rules
from summit_service.resources.queries import ResourceView
from summit_service.resources.rules import Details
from summit_service.web.forms import text
from summit_service.web.languages import language_choices
from summit_service.web.layout import page, see_other

AnyRequest = Request[Any, Any, Any]
DONE_WHEN = {"published": "shared", "waiting": "waiting", "returned": "changed"}


@get("/resources/new")
async def new(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[str]:
    """An empty form."""
    return await _form(request, actor, {**_typed_of(Details()), "organisation": ""})


@post("/resources/new", status_code=200, request_max_body_size=files.LARGEST + 500_000)
async def create(
    request: AnyRequest, actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Share it, or show the form again with everything that was typed."""
    check_signed_in(actor)
    typed = await _read(request)
    given = (await request.form()).get("file")
    data = await given.read() if isinstance(given, UploadFile) else b""
    file = (data, given.filename) if isinstance(given, UploadFile) and data else None
    try:
        made = await actions.share(
            details_from(typed), organisation=typed["organisation"], file=file, actor=actor, now=now
        )
    except Invalid as refusal:
        return await _form(request, actor, typed, faults=refusal.by_field())
    return see_other(f"/resources/{made.slug}?done={DONE_WHEN[made.state]}")


@get("/resources/{slug:str}/edit")
async def edit(request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor]) -> Response[str]:
    """The form as the resource stands."""
    found = await changeable(slug, actor)
    return await _form(request, actor, _typed_of(found.details), resource=found)


@post("/resources/{slug:str}/edit", status_code=200)
async def change(
    request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Change it, or show the form again with everything that was typed."""
    found = await changeable(slug, actor)
    typed = await _read(request)
    try:
        made = await actions.change(slug, _changes(details_from(typed)), actor=actor, now=now)
    except Invalid as refusal:
        return await _form(request, actor, typed, resource=found, faults=refusal.by_field())
    return see_other(f"/resources/{slug}?done={'changed' if made.state == found.state else made.state}")


async def changeable(slug: str, actor: Actor) -> ResourceView:
    """The resource for who may change it; raises NotFound, NotAllowed, Conflict for what is withdrawn."""
    found = await queries.resource_by_slug(slug, viewer=actor)
    check_manages(actor, found.organisation.id)
    if found.state == "withdrawn":
        raise Conflict("This resource is withdrawn. Share it anew, if it is to come back.")
    return found


def details_from(typed: Mapping[str, str]) -> Details:
    """What was typed; topics stand on one line with commas between them."""
    plain = {name: typed[name] for name in rules.FIELDS if name != "topics"}
    return Details(**plain, topics=tuple(typed["topics"].split(",")))


def _typed_of(details: Details) -> dict[str, str]:
    return {**asdict(details), "topics": ", ".join(details.topics)}


def _changes(details: Details) -> dict[str, Any]:
    return {name: getattr(details, name) for name in rules.FIELDS}


async def _read(request: AnyRequest) -> dict[str, str]:
    form = await request.form()
    return {name: text(form, name) for name in (*rules.FIELDS, "organisation")}


async def _sharers(actor: Actor) -> list[tuple[str, str]]:
    check_signed_in(actor)
    found = await members.may_act_for(actor)
    if not found:
        raise NotAllowed("A representative of an organisation shares resources. Ask yours to make you one.")
    return [(one.slug, one.name) for one in found]


async def _form(
    request: AnyRequest,
    actor: Actor,
    typed: Mapping[str, str],
    *,
    resource: ResourceView | None = None,
    faults: Mapping[str, str] | None = None,
) -> Response[str]:
    sharers = [] if resource is not None else await _sharers(actor)
    return page(
        request,
        "resources/form.html",
        actor=actor,
        status=422 if faults else 200,
        resource=resource,
        form=typed,
        faults=dict(faults or {}),
        sharers=sharers,
        kinds=[("", "Choose one"), *rules.KINDS.items()],
        licences=[("", "Choose one"), *((code, words) for code, (words, _) in rules.LICENCES.items())],
        visibilities=list(rules.VISIBILITIES.items()),
        languages=language_choices(),
        noindex=True,
    )


ROUTES: list[Any] = [new, create, edit, change]
