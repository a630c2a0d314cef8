"""The secretariat's desk: what waits, and what happens by itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.desk import holding, next_days, waiting_list
from summit_service.errors import Conflict, NotFound, SummitError
from summit_service.mail import queries as mail
from summit_service.waiting import headline
from summit_service.web.desk_mails import badge, list_address
from summit_service.web.forms import text
from summit_service.web.layout import page, see_other
from summit_service.web.reader_zone import zone_of


@get("/desk")
async def desk(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[str]:
    """What waits for the secretariat, the most urgent first, and who has begun on what."""
    check_secretariat(actor)
    return await _page(request, actor, now)


@post("/desk/tasks/{key:str}/holder", status_code=200)
async def take(
    request: Request[Any, Any, Any],
    key: FromPath[str],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Begin on what waits, or take it over from whoever the page said has it."""
    check_secretariat(actor)
    seen = text(await request.form(), "seen")
    try:
        await holding.take(key, seen=int(seen) if seen.isdecimal() else None, actor=actor, now=now)
    except (Conflict, NotFound) as refusal:
        return await _page(request, actor, now, refusal=refusal)
    return see_other("/desk#tasks")


@post("/desk/tasks/{key:str}/holder/end", status_code=200)
async def give_back(
    request: Request[Any, Any, Any],
    key: FromPath[str],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Let go of what one has begun on."""
    check_secretariat(actor)
    try:
        await holding.give_back(key, actor=actor, now=now)
    except (Conflict, NotFound) as refusal:
        return await _page(request, actor, now, refusal=refusal)
    return see_other("/desk#tasks")


async def _page(
    request: Request[Any, Any, Any], actor: Actor, now: datetime, *, refusal: SummitError | None = None
) -> Response[str]:
    counts = await mail.counts_by_state()
    found = await waiting_list.for_secretariat(now)
    holders = await holding.holders(now)
    return page(
        request,
        "desk/home.html",
        actor=actor,
        status=409 if refusal else 200,
        refusal=refusal.sentence if refusal else "",
        waiting=found,
        headline=headline(found),
        holders=holders,
        taken=holding.sentences(holders, reader=actor.person_id, zone=zone_of(actor), now=now),
        health=await mail.health(now=now),
        mail_counts=[
            (badge(state)[0], counts[state], list_address(state=state))
            for state in mail.STATES
            if counts[state]
        ],
    )


@get("/desk/ahead")
async def coming_days(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[str]:
    """What happens in the next days while nobody of the secretariat is here, and what will wait for them."""
    check_secretariat(actor)
    return page(
        request,
        "desk/ahead.html",
        actor=actor,
        found=await next_days.in_next_days(now),
        health=await mail.health(now=now),
    )


ROUTES: list[Any] = [
    desk,
    take,
    give_back,
    coming_days,
]
