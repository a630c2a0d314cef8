"""Pages: organisations that apply for a call together; who is in, invitations and their answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.accounts.actor import Actor, check_signed_in
from summit_service.consortia import actions, queries, rules
from summit_service.consortia.queries import View
from summit_service.errors import Conflict, Invalid, NotAllowed
from summit_service.funding import queries as funding
from summit_service.members import queries as members
from summit_service.statements import paragraphs
from summit_service.web.forms import fields
from summit_service.web.layout import page, see_other

AnyRequest = Request[Any, Any, Any]
DONE = {
    "begun": "It has begun. Invite others now.",
    "invited": "Their representatives have got a mail.",
    "taken-back": "The invitation is taken back.",
    "accepted": "You are in it. The organisation that leads is told.",
    "led": "It is led by the organisation that you chose.",
    "written": "Your version is saved. The ones before stay.",
    "outcome": "It is recorded, and the others in it are told.",
}


@get("/consortia")
async def consortia(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[str]:
    """Those that this person's organisations are in or invited to; all of them for the secretariat."""
    check_signed_in(actor)
    return page(
        request,
        "consortia/list.html",
        actor=actor,
        found=await queries.seen_by(actor),
        states=rules.STATES,
        done="You see it no more, and the organisation that leads is told."
        if request.query_params.get("done") == "out"
        else "",
        noindex=True,
    )


@get("/funding/{slug:str}/consortia/new")
async def new(request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor]) -> Response[str]:
    """Which organisation leads, and what it is called."""
    check_signed_in(actor)
    return await _new_page(request, slug, actor, {"title": "", "organisation": ""})


@post("/funding/{slug:str}/consortia/new", status_code=200)
async def begin(
    request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Begin one."""
    check_signed_in(actor)
    typed = await fields(request, "title", "organisation")
    try:
        made = await actions.begin(
            slug, typed["title"], organisation=typed["organisation"], actor=actor, now=now
        )
    except (Invalid, Conflict) as refusal:
        return await _new_page(request, slug, actor, typed, refusal=refusal)
    return see_other(f"/consortia/{made}?done=begun")


@get("/consortia/{consortium_id:int}")
async def one(
    request: AnyRequest,
    consortium_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[str]:
    """Who is in it, the outline, what became of it; for who is only invited: who asks, and what for."""
    return await consortium_page(request, await queries.consortium(consortium_id, viewer=actor), actor, now)


@post("/consortia/{consortium_id:int}/invitations", status_code=200)
async def invite(
    request: AnyRequest,
    consortium_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Invite an organisation."""
    typed = await fields(request, "organisation", "words")
    try:
        await actions.invite(consortium_id, typed["organisation"], typed["words"], actor=actor, now=now)
    except (Invalid, Conflict) as refusal:
        found = await queries.inside(consortium_id, viewer=actor)
        return await consortium_page(request, found, actor, now, typed=typed, refusal=refusal)
    return see_other(f"/consortia/{consortium_id}?done=invited")


@post("/consortia/{consortium_id:int}/invitations/withdrawal")
async def take_back(
    request: AnyRequest,
    consortium_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Take an invitation back."""
    typed = await fields(request, "organisation")
    await actions.take_back(consortium_id, typed["organisation"], actor=actor, now=now)
    return see_other(f"/consortia/{consortium_id}?done=taken-back")


@post("/consortia/{consortium_id:int}/acceptance")
async def accept(
    request: AnyRequest,
    consortium_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Apply with them."""
    typed = await fields(request, "organisation")
    await actions.accept(consortium_id, organisation=typed["organisation"], actor=actor, now=now)
    return see_other(f"/consortia/{consortium_id}?done=accepted")


@post("/consortia/{consortium_id:int}/refusal", status_code=200)
async def decline(
    request: AnyRequest,
    consortium_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Do not apply with them."""
    typed = await fields(request, "organisation", "reason")
    try:
        await actions.decline(consortium_id, **typed, actor=actor, now=now)
    except Invalid as refusal:
        found = await queries.consortium(consortium_id, viewer=actor)
        return await consortium_page(request, found, actor, now, typed=typed, refusal=refusal)
    return see_other("/consortia?done=out")


@post("/consortia/{consortium_id:int}/departure", status_code=200)
async def leave(
    request: AnyRequest,
    consortium_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Leave again."""
    typed = await fields(request, "organisation", "reason")
    try:
        await actions.leave(consortium_id, **typed, actor=actor, now=now)
    except Invalid as refusal:
        found = await queries.inside(consortium_id, viewer=actor)
        return await consortium_page(request, found, actor, now, typed=typed, refusal=refusal)
    return see_other("/consortia?done=out")


@post("/consortia/{consortium_id:int}/lead")
async def hand_over(
    request: AnyRequest,
    consortium_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Let a partner lead."""
    typed = await fields(request, "organisation")
    await actions.hand_over(consortium_id, typed["organisation"], actor=actor, now=now)
    return see_other(f"/consortia/{consortium_id}?done=led")


async def consortium_page(
    request: AnyRequest,
    found: View,
    actor: Actor,
    now: datetime,
    *,
    typed: Mapping[str, str] | None = None,
    refusal: Invalid | Conflict | None = None,
) -> Response[str]:
    """The page of a consortium, with what one of its forms has brought."""
    brief = found.brief
    is_lead = actor.can_manage(brief.lead_id)
    newest = await queries.newest_of(brief.id) if found.is_in else None
    wishes = await funding.interests_in(brief.call_id, viewer=actor) if is_lead else []
    is_over = brief.deadline <= now
    return page(
        request,
        "consortia/one.html",
        actor=actor,
        status=422 if isinstance(refusal, Invalid) else 409 if refusal else 200,
        found=found,
        brief=brief,
        inside=found.with_state("in"),
        invited=found.invited_as_seen(actor.represents),
        out=found.with_state("declined", "left", "taken_back") if found.is_in else [],
        to_answer=[one for one in found.with_state("invited") if actor.can_manage(one.organisation_id)],
        to_leave=[
            one
            for one in found.with_state("in")
            if one.organisation_id in actor.represents and one.organisation_id != brief.lead_id
        ],
        is_lead=is_lead,
        is_over=is_over,
        can_invite=is_lead and brief.state == "forming" and not is_over,
        wishes=[one for one in wishes if found.current(one.organisation_id) is None],
        newest=newest,
        blocks=paragraphs.numbered(newest.canonical) if newest else [],
        history=await queries.history_of(brief.id) if found.is_in else [],
        erased_at=rules.erased_at(brief.deadline),
        states=rules.STATES,
        member_states=rules.MEMBER_STATES,
        changes=rules.CHANGES,
        form={"organisation": "", "words": "", "reason": ""} | dict(typed or {}),
        faults=_faults(refusal),
        done="" if refusal else DONE.get(request.query_params.get("done", ""), ""),
        noindex=True,
    )


async def _new_page(
    request: AnyRequest,
    slug: str,
    actor: Actor,
    typed: Mapping[str, str],
    *,
    refusal: Invalid | Conflict | None = None,
) -> Response[str]:
    call = await funding.call_by_slug(slug, viewer=actor)
    mine = await members.may_act_for(actor)
    if not mine:
        raise NotAllowed("A consortium is begun by a representative of a member.")
    return page(
        request,
        "consortia/new.html",
        actor=actor,
        status=422 if isinstance(refusal, Invalid) else 409 if refusal else 200,
        call=call,
        mine=[(one.slug, one.name) for one in mine],
        form=typed,
        faults=_faults(refusal),
        noindex=True,
    )


def _faults(refusal: Invalid | Conflict | None) -> dict[str, str]:
    if isinstance(refusal, Invalid):
        return refusal.by_field()
    return {"organisation": refusal.sentence} if refusal else {}


ROUTES: list[Any] = [consortia, new, begin, one, invite, take_back, accept, decline, leave, hand_over]
