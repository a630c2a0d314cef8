"""Pages: who we are, for everybody; naming officers, correcting and ending their terms, for the secretariat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service import zones
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Conflict, Invalid
from summit_service.members import queries as members
from summit_service.officers import actions, queries, rules
from summit_service.officers.queries import Term
from summit_service.officers.rules import Details
from summit_service.web.forms import fields
from summit_service.web.layout import page, see_other

AnyRequest = Request[Any, Any, Any]
DONE = {
    "named": "The officer is named and stands on this page.",
    "changed": "What you corrected is saved.",
    "ended": "The last day of the term is set.",
    "erased": "The name is erased. The office and its days stay.",
    "removed": "The entry is taken out.",
}


@get("/who-we-are")
async def who_we_are(
    request: AnyRequest, actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[str]:
    """The officers of the network, those to come, and those of earlier years."""
    return page(
        request,
        "officers/who_we_are.html",
        actor=actor,
        found=rules.by_phase(await queries.all_terms(), queries.today(now)),
        short_day=zones.short_day,
        done=DONE.get(request.query_params.get("done", ""), ""),
    )


@get("/desk/officers/new")
async def new(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[str]:
    """An empty form."""
    check_secretariat(actor)
    return await _form(request, actor, asdict(Details(office="", name="", starts_on="")))


@post("/desk/officers/new", status_code=200)
async def create(
    request: AnyRequest, actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Name an officer, or show the form again with everything that was typed."""
    check_secretariat(actor)
    typed = await fields(request, *rules.FIELDS)
    try:
        await actions.name(Details(**typed), actor=actor, now=now)
    except Invalid as refusal:
        return await _form(request, actor, typed, faults=refusal.by_field())
    return see_other("/who-we-are?done=named")


@get("/desk/officers/{officer_id:int}")
async def show(
    request: AnyRequest, officer_id: FromPath[int], actor: NamedDependency[Actor]
) -> Response[str]:
    """A term as it stands, to be corrected or ended."""
    check_secretariat(actor)
    found = await queries.term(officer_id)
    return await _form(request, actor, asdict(queries.details_of(found)), term=found)


@post("/desk/officers/{officer_id:int}", status_code=200)
async def change(
    request: AnyRequest,
    officer_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Correct a term, or show the form again with everything that was typed."""
    check_secretariat(actor)
    typed = await fields(request, *rules.FIELDS)
    try:
        await actions.change(officer_id, typed, seen=await _seen(request), actor=actor, now=now)
    except Invalid as refusal:
        found = await queries.term(officer_id)
        return await _form(request, actor, typed, term=found, faults=refusal.by_field())
    except Conflict as refusal:
        found = await queries.term(officer_id)
        return await _form(request, actor, typed, term=found, refusal=refusal.sentence)
    return see_other("/who-we-are?done=changed")


@post("/desk/officers/{officer_id:int}/end", status_code=200)
async def end(
    request: AnyRequest,
    officer_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Set the last day of a term."""
    check_secretariat(actor)
    typed = await fields(request, "ends_on")
    try:
        await actions.end(officer_id, typed["ends_on"], seen=await _seen(request), actor=actor, now=now)
    except Conflict as refusal:
        found = await queries.term(officer_id)
        stands = asdict(queries.details_of(found))
        return await _form(
            request, actor, stands, term=found, last_day=typed["ends_on"], refusal=refusal.sentence
        )
    except Invalid as refusal:
        found = await queries.term(officer_id)
        return await _form(
            request,
            actor,
            asdict(queries.details_of(found)),
            term=found,
            last_day=typed["ends_on"],
            faults={"last_day": refusal.by_field().get("ends_on", refusal.sentence)},
        )
    return see_other("/who-we-are?done=ended")


@post("/desk/officers/{officer_id:int}/erasure")
async def erase(
    officer_id: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Erase who it was, at their wish."""
    await actions.erase_name(officer_id, actor=actor, now=now)
    return see_other("/who-we-are?done=erased")


@post("/desk/officers/{officer_id:int}/removal")
async def remove(
    officer_id: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Take out an entry that was a mistake."""
    await actions.remove(officer_id, actor=actor, now=now)
    return see_other("/who-we-are?done=removed")


async def _seen(request: AnyRequest) -> str | None:
    """The mark of the term that stood on the page; a form without one asks nothing."""
    return (await fields(request, "seen"))["seen"] or None


async def _form(
    request: AnyRequest,
    actor: Actor,
    typed: Mapping[str, str],
    *,
    term: Term | None = None,
    last_day: str = "",
    faults: Mapping[str, str] | None = None,
    refusal: str = "",
) -> Response[str]:
    everybody = await members.all_members(standings=("member", "associate", "former"))
    return page(
        request,
        "officers/form.html",
        actor=actor,
        status=422 if faults else 409 if refusal else 200,
        term=term,
        form=dict(typed),
        last_day=last_day or (typed["ends_on"] if term else ""),
        faults=dict(faults or {}),
        refusal=refusal,
        offices=rules.OFFICES,
        organisations=[(one.slug, one.name) for one in everybody],
        noindex=True,
    )


ROUTES: list[Any] = [who_we_are, new, create, show, change, end, erase, remove]
