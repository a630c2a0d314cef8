"""JSON: the check of a feed, one of ours or elsewhere, and what calendar apps will show of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from summit_service import settings
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.api import rates
from summit_service.api.event_bodies import Text
from summit_service.feeds import probing


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


@post("/feed-checks", status_code=200, tags=["Feed check"], summary="Check a feed")
async def check_feed(
    request: Request[Any, Any, Any],
    data: JSONBody[FeedCheckBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> FeedCheckOut:
    """Fetch a feed twice, and tell what calendar apps will show of it; nothing is kept. For the secretariat."""
    check_secretariat(actor)
    rates.check(request, "calendar_file")
    zone = actor.timezone or settings.current().timezone
    found = await probing.probe(request.app, data.address, timezone=zone, now=now)
    return FeedCheckOut(
        entries=found.entries,
        upcoming=list(found.upcoming),
        findings=[FindingOut(kind=one.kind, apps=one.apps, sentence=one.sentence) for one in found.findings],
        soon=[SoonOut(app=app, sentence=sentence) for app, sentence in found.soon],
    )


ROUTES: list[Any] = [check_feed]
