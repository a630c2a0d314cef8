"""JSON: the check of a feed, one of ours or elsewhere, and what calendar apps will show of it; personal calendars."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from summit_service import settings
from summit_service.accounts.actor import Actor, check_secretariat, check_signed_in
from summit_service.api import rates
from summit_service.api.event_bodies import Text
from summit_service.feeds import looking, probing, queries
from summit_service.feeds.checking import Checked

TAG = "Feed check"


class FeedCheckBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which feed: a path of ours that ends in .ics, such as /calendar.ics, or a whole address, https:// or webcal://."""

    address: Text


class FindingOut(msgspec.Struct, kw_only=True):
    """One thing: `kind` is wrong, wait (it costs time or data) or good; whom it concerns; what they will see."""

    kind: str
    apps: str
    sentence: str


class SoonOut(msgspec.Struct, kw_only=True):
    """How soon an app shows a change, in words."""

    app: str
    sentence: str


class FeedCheckOut(msgspec.Struct, kw_only=True):
    """How many entries it has, the next three as they show, what stands out, and how soon changes are seen."""

    entries: int
    upcoming: list[str]
    findings: list[FindingOut]
    soon: list[SoonOut]
    is_partial: bool
    """Whether sessions that somebody starred were counted, and neither named nor dated."""


class CalendarOut(msgspec.Struct, kw_only=True):
    """A personal calendar, without its address; `fetched_by` is the kind of app that came last, in words."""

    id: int
    created_at: datetime
    ended_at: datetime | None
    fetched_at: datetime | None
    fetched_by: str


class CalendarList(msgspec.Struct, kw_only=True):
    """All of them, in the order in which they were made."""

    items: list[CalendarOut]
    next: str | None = None


@post("/feed-checks", status_code=200, tags=[TAG], summary="Check a feed")
async def check_feed(
    request: Request[Any, Any, Any],
    data: JSONBody[FeedCheckBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> FeedCheckOut:
    """Fetch a feed twice, and tell what calendar apps will show of it. For the secretariat.

    A secret address of ours is not fetched: it is looked at inside, no fetch is noted, and the log says who looked.
    """
    check_secretariat(actor)
    rates.check(request, "calendar_file")
    zone = actor.timezone or settings.current().timezone
    found = await probing.probe(request.app, data.address, actor=actor, timezone=zone, now=now)
    return _told(found)


@get("/calendars", tags=[TAG], summary="Personal calendars")
async def list_calendars(
    actor: NamedDependency[Actor], *, person: FromQuery[int | None] = None
) -> CalendarList:
    """One's own personal calendars, ended ones too; for the secretariat those of `person`."""
    check_signed_in(actor)
    if person is not None and person != actor.person_id:
        check_secretariat(actor)
    rows = await queries.every_feed_of(person or actor.person_id or 0)
    return CalendarList(
        items=[
            CalendarOut(
                id=one.id,
                created_at=one.created_at,
                ended_at=one.ended_at,
                fetched_at=one.fetched_at,
                fetched_by=one.fetched_by,
            )
            for one in rows
        ]
    )


@post("/calendars/{feed_id:int}/checks", status_code=200, tags=[TAG], summary="Check a personal calendar")
async def check_calendar(
    request: Request[Any, Any, Any],
    feed_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> FeedCheckOut:
    """What apps show of it now, without a fetch. For its owner; the secretariat is told less, and the log says so."""
    check_signed_in(actor)
    rates.check(request, "calendar_file")
    zone = actor.timezone or settings.current().timezone
    return _told(await looking.check_feed(feed_id, actor=actor, timezone=zone, now=now))


def _told(found: Checked) -> FeedCheckOut:
    return FeedCheckOut(
        entries=found.entries,
        upcoming=list(found.upcoming),
        findings=[FindingOut(kind=one.kind, apps=one.apps, sentence=one.sentence) for one in found.findings],
        soon=[SoonOut(app=app, sentence=sentence) for app, sentence in found.soon],
        is_partial=found.is_partial,
    )


ROUTES: list[Any] = [check_feed, list_calendars, check_calendar]
