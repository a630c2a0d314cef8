"""Pages: what can still be recorded about a published statement, and every manifest that there has been."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Conflict, Invalid, NotFound
from summit_service.members import queries as members
from summit_service.statements import actions, bundle, queries, since
from summit_service.statements.tallying import SIGNING
from summit_service.web import statements_evidence as evidence
from summit_service.web.layout import page, see_other

BASE = "/desk/statements/{slug:str}"
DONE = {
    "erratum": "The erratum is attached",
    "supersession": "It is recorded which statement takes the place of this one",
    "withdrawal": "The withdrawal is recorded, and both have a mail about it",
}


@get(f"{BASE}/afterwards")
async def afterwards(
    request: Request[Any, Any, Any], slug: FromPath[str], actor: NamedDependency[Actor]
) -> Response[str]:
    """Three things that can be recorded after publication, each with its button."""
    check_secretariat(actor)
    return await _page(request, slug, actor)


@post(f"{BASE}/erratum", status_code=200)
async def erratum(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    actor: NamedDependency[Actor],
    database_now: NamedDependency[datetime],
) -> Response[Any]:
    """Attach a correction."""
    check_secretariat(actor)
    form = await _fields(request)
    try:
        await actions.add_erratum(slug, actor=actor, now=database_now, text=form["text"])
    except (Invalid, Conflict) as fault:
        return await _page(request, slug, actor, form=form, fault=fault)
    return see_other(f"/desk/statements/{slug}/afterwards?done=erratum")


@post(f"{BASE}/supersession", status_code=200)
async def supersession(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    actor: NamedDependency[Actor],
    database_now: NamedDependency[datetime],
) -> Response[Any]:
    """Name the statement that takes the place of this one."""
    check_secretariat(actor)
    form = await _fields(request)
    try:
        await actions.supersede(slug, actor=actor, now=database_now, by=form["by"])
    except (Invalid, Conflict) as fault:
        return await _page(request, slug, actor, form=form, fault=fault)
    return see_other(f"/desk/statements/{slug}/afterwards?done=supersession")


@post(f"{BASE}/withdrawal", status_code=200)
async def withdrawal(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    actor: NamedDependency[Actor],
    database_now: NamedDependency[datetime],
) -> Response[Any]:
    """Record that a member has withdrawn by a letter."""
    check_secretariat(actor)
    form = await _fields(request)
    try:
        await actions.record_withdrawal(
            slug, actor=actor, now=database_now, organisation=form["organisation"], note=form["note"]
        )
    except (Invalid, Conflict) as fault:
        return await _page(request, slug, actor, form=form, fault=fault)
    return see_other(f"/desk/statements/{slug}/afterwards?done=withdrawal")


async def _fields(request: Request[Any, Any, Any]) -> dict[str, str]:
    form = await request.form()
    names = ("text", "by", "organisation", "note")
    return {name: value if isinstance(value := form.get(name, ""), str) else "" for name in names}


async def _page(
    request: Request[Any, Any, Any],
    slug: str,
    actor: Actor,
    *,
    form: dict[str, str] | None = None,
    fault: Invalid | Conflict | None = None,
) -> Response[str]:
    row = await queries.statement_by_slug(slug)
    if row.state != "published":
        raise NotFound("This page is there when the statement is published.")
    manifests = await bundle.manifests_of(row)
    faults = fault.by_field() if isinstance(fault, Invalid) else {"step": fault.sentence} if fault else {}
    others = [other for other in await queries.public_statements() if other.state == "published"]
    return page(
        request,
        "statements/desk_afterwards.html",
        actor=actor,
        status=422 if isinstance(fault, Invalid) else 409 if fault else 200,
        statement=row,
        manifests=manifests,
        stamping=await bundle.stamping_of(manifests),
        after=since.of(manifests[-1] if manifests else None),
        others=[(other.slug, other.title) for other in others if other.id != row.id],
        signed=await _standing(row),
        form=form or dict.fromkeys(("text", "by", "organisation", "note"), ""),
        faults=faults,
        done=DONE.get(request.query_params.get("done", ""), ""),
    )


async def _standing(row: Any) -> list[tuple[str, str]]:
    """The members whose signature stands, by slug and name."""
    answers = await queries.answers_of(row, with_late=True)
    ids = {
        request.organisation
        for request in await queries.requests_of(row)
        if request.id in answers and answers[request.id].kind in SIGNING
    }
    listed = await members.all_members(standings=("member", "associate", "former"))
    return [(one.slug, one.name) for one in listed if one.id in ids]


@get("/statements/{slug:str}/manifests/{n:int}/{name:str}")
async def earlier_file(
    request: Request[Any, Any, Any], slug: FromPath[str], n: FromPath[int], name: FromPath[str]
) -> Response[Any]:
    """`bundle.zip`, or a file of it, as it was with the n-th manifest: it keeps this address."""
    found = await queries.statement_by_slug(slug)
    return evidence.conditional(request, await evidence.bundle_file(found, name, n=n))


ROUTES: list[Any] = [afterwards, erratum, supersession, withdrawal, earlier_file]
