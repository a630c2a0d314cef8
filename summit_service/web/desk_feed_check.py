"""The feed check: one of our feeds, or a pasted address, and what calendar apps will show of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service import settings
from summit_service.accounts import queries as accounts
from summit_service.accounts.actor import Actor, check_secretariat, check_signed_in
from summit_service.errors import Invalid, NotFound
from summit_service.feeds import looking, probing, queries
from summit_service.feeds.checking import Checked
from summit_service.web import rates
from summit_service.web.forms import text
from summit_service.web.layout import page
from summit_service.web.reader_zone import zone_of

AnyRequest = Request[Any, Any, Any]


@get("/desk/feed-check")
async def ask(request: AnyRequest, actor: NamedDependency[Actor]) -> Response[str]:
    """Which feed?"""
    check_secretariat(actor)
    return _page(request, actor, "")


@post("/desk/feed-check", status_code=200)
async def check(
    request: AnyRequest, actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[str]:
    """Fetch it twice (does it know that nothing has changed?), and tell what apps will show."""
    check_secretariat(actor)
    rates.check(request, "calendar_file")
    given = text(await request.form(), "address").strip()
    try:
        checked = await probing.probe(request.app, given, actor=actor, timezone=zone_of(actor), now=now)
    except Invalid as refusal:
        return _page(request, actor, given, fault=refusal.sentence)
    return _page(request, actor, given, checked=checked)


@get("/desk/people/{person_id:int}/calendars")
async def calendars_of_person(
    request: AnyRequest, person_id: FromPath[int], actor: NamedDependency[Actor]
) -> Response[str]:
    """The personal calendars of somebody, to be checked without their addresses."""
    check_secretariat(actor)
    person = await accounts.person_by_id(person_id)
    if person is None:
        raise NotFound("There is no such person.")
    return page(
        request,
        "desk/calendars_of_person.html",
        actor=actor,
        person=person,
        calendars=await queries.every_feed_of(person_id),
        zone=zone_of(actor),
        noindex=True,
    )


@post("/desk/people/{person_id:int}/calendars/{feed_id:int}/check", status_code=200)
async def check_calendar_of_person(
    request: AnyRequest,
    person_id: FromPath[int],
    feed_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[str]:
    """What apps show of somebody's personal calendar, as far as the secretariat may see it."""
    check_secretariat(actor)
    back = ("Calendars", f"/desk/people/{person_id}/calendars")
    return await _checked_page(request, feed_id, actor, now, person_id=person_id, back=back)


@post("/me/calendars/{feed_id:int}/check", status_code=200)
async def check_own_calendar(
    request: AnyRequest,
    feed_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[str]:
    """What one's own personal calendar shows in apps."""
    check_signed_in(actor)
    return await _checked_page(
        request, feed_id, actor, now, person_id=actor.person_id or 0, back=("My page", "/me")
    )


async def _checked_page(
    request: AnyRequest,
    feed_id: int,
    actor: Actor,
    now: datetime,
    *,
    person_id: int,
    back: tuple[str, str],
) -> Response[str]:
    rates.check(request, "calendar_file")
    feed = await queries.feed_by_id(feed_id)
    if feed is None or feed.person != person_id:
        raise NotFound(looking.HIDDEN)
    checked = await looking.check_feed(feed_id, actor=actor, timezone=zone_of(actor), now=now)
    return page(request, "desk/calendar_checked.html", actor=actor, checked=checked, back=back, noindex=True)


def _page(
    request: AnyRequest, actor: Actor, address: str, *, fault: str = "", checked: Checked | None = None
) -> Response[str]:
    return page(
        request,
        "desk/feed_check.html",
        actor=actor,
        status=422 if fault else 200,
        address="" if probing.is_secret(address) else address,
        faults={"address": fault} if fault else {},
        checked=checked,
        base=settings.current().base_url,
        noindex=True,
    )


ROUTES: list[Any] = [ask, check, calendars_of_person, check_calendar_of_person, check_own_calendar]
