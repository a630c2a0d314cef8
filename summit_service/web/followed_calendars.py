"""Pages of followed calendars: an organisation's, what one of them has, and all of them on the desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Conflict, Invalid
from summit_service.events.actions import Done
from summit_service.following import actions, queries
from summit_service.following.actions import Decisions
from summit_service.following.board import board_of
from summit_service.following.rules import PAUSED
from summit_service.web import rates
from summit_service.web.event_import import NAMED, SHOWN, rows_of
from summit_service.web.forms import text, texts
from summit_service.web.layout import page, see_other
from summit_service.web.reader_zone import zone_of

AnyRequest = Request[Any, Any, Any]
DONE = {
    "added": ("The calendar is followed", "It is fetched within a minute or two. Come back then and look."),
    "soon": ("It is fetched soon", "Within a minute, or five minutes after the last time."),
    "chosen": ("Your choice is kept", "It counts from the next fetch on, which comes soon."),
    "ended": ("The calendar is followed no longer", "Its address is erased. Its events stay as they are."),
}


@get("/organisations/{slug:str}/calendars")
async def calendars(request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor]) -> Response[str]:
    """What an organisation follows, with a form to follow more."""
    return await _list_page(request, actor, slug)


@post("/organisations/{slug:str}/calendars")
async def follow(
    request: AnyRequest, slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Follow a calendar."""
    rates.check(request, "calendar_file")
    form = await request.form()
    address, takes_new = text(form, "address"), text(form, "takes_new") == "at_once"
    try:
        await actions.follow(slug, address, takes_new=takes_new, actor=actor, now=now)
    except Invalid as refusal:
        return await _list_page(
            request, actor, slug, faults=refusal.by_field(), takes_new=takes_new, address=address
        )
    except Conflict as refusal:
        faults = {"address": refusal.sentence}
        return await _list_page(
            request, actor, slug, faults=faults, takes_new=takes_new, status=409, address=address
        )
    return see_other(f"/organisations/{slug}/calendars?done=added")


@get("/organisations/{slug:str}/calendars/{calendar_id:int}")
async def calendar(
    request: AnyRequest,
    slug: FromPath[str],
    calendar_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[str]:
    """What waits of one calendar."""
    rates.check(request, "calendar_look")
    return await _one_page(request, actor, slug, calendar_id, now)


@post("/organisations/{slug:str}/calendars/{calendar_id:int}", status_code=200)
async def decide(
    request: AnyRequest,
    slug: FromPath[str],
    calendar_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[str]:
    """Take or leave what is ticked; cancel or keep what has vanished."""
    rates.check(request, "calendar_look")
    form = await request.form()
    what, ticked = text(form, "do"), dict(_pair(value) for value in texts(form, "take"))
    gone = texts(form, "gone")
    decisions = Decisions(
        take=ticked if what == "take" else {},
        leave=ticked if what == "leave" else {},
        cancel=gone if what == "cancel" else (),
        keep=gone if what == "keep" else (),
    )
    done = await actions.decide(slug, calendar_id, decisions, actor=actor, now=now)
    return await _one_page(request, actor, slug, calendar_id, now, done=done)


@post("/organisations/{slug:str}/calendars/{calendar_id:int}/fetch")
async def fetch(
    request: AnyRequest,
    slug: FromPath[str],
    calendar_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Fetch it with the next round."""
    rates.check(request, "calendar_file")
    await actions.fetch_soon(slug, calendar_id, actor=actor, now=now)
    return see_other(f"/organisations/{slug}/calendars/{calendar_id}?done=soon")


@post("/organisations/{slug:str}/calendars/{calendar_id:int}/choice")
async def choose(
    request: AnyRequest,
    slug: FromPath[str],
    calendar_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """New entries at once, or after a look."""
    rates.check(request, "calendar_file")
    takes_new = text(await request.form(), "takes_new") == "at_once"
    await actions.choose(slug, calendar_id, takes_new=takes_new, actor=actor, now=now)
    return see_other(f"/organisations/{slug}/calendars/{calendar_id}?done=chosen")


@post("/organisations/{slug:str}/calendars/{calendar_id:int}/stop")
async def end(
    slug: FromPath[str],
    calendar_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Follow it no longer."""
    await actions.stop(slug, calendar_id, actor=actor, now=now)
    return see_other(f"/organisations/{slug}/calendars?done=ended")


@get("/desk/calendars")
async def desk(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[str]:
    """Every calendar that is followed: last fetch, result, next fetch, what waits."""
    check_secretariat(actor)
    found = await queries.followed()
    return page(
        request,
        "following/desk.html",
        actor=actor,
        calendars=found,
        zone=zone_of(actor),
        noindex=True,
    )


def _pair(value: str) -> tuple[str, str]:
    fingerprint, _, key = value.partition(" ")
    return key, fingerprint


async def _list_page(
    request: AnyRequest,
    actor: Actor,
    slug: str,
    *,
    faults: dict[str, str] | None = None,
    takes_new: bool = False,
    address: str = "",
    status: int = 422,
) -> Response[str]:
    host = await actions.managed(slug, actor)
    return page(
        request,
        "following/list.html",
        actor=actor,
        status=status if faults else 200,
        organisation=host,
        calendars=await queries.followed([host.id]),
        faults=faults or {},
        takes_new=takes_new,
        address=address,
        done=DONE.get(str(request.query_params.get("done", "")), ()),
        zone=actor.timezone or host.timezone,
        noindex=True,
    )


async def _one_page(
    request: AnyRequest,
    actor: Actor,
    slug: str,
    calendar_id: int,
    now: datetime,
    *,
    done: Done | None = None,
) -> Response[str]:
    row = await actions.calendar_of(slug, calendar_id, actor)
    host = await actions.managed(slug, actor)
    board = await board_of(row, now=now)
    return page(
        request,
        "following/one.html",
        actor=actor,
        status=409 if done is not None and done.overtaken else 200,
        organisation=host,
        calendar=row,
        paused=PAUSED.get((await queries.paused_organisations([host.id])).get(host.id, ""), ""),
        rows=rows_of(list(board.asked))[:SHOWN],
        more=max(0, len(board.asked) - SHOWN),
        vanished=board.vanished,
        faulty=[one for one in board.plan.items if one.state == "faulty"],
        named=NAMED,
        taken=done,
        done=DONE.get(str(request.query_params.get("done", "")), ()),
        zone=actor.timezone or host.timezone,
        noindex=True,
    )


ROUTES: list[Any] = [calendars, follow, calendar, decide, fetch, choose, end, desk]
