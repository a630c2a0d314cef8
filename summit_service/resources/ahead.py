"""What of best practice comes by itself: mails to who shares something, words of hidden comments that go."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from summit_service import settings
from summit_service.ahead import Ahead, Window, number
from summit_service.resources import rules
from summit_service.resources.tables import LinkCheck, ResourceComment, ResourceUse


async def coming(window: Window) -> list[Ahead]:
    """By day: how many people are told what others said, and how many hidden comments lose their words."""
    return [*await _mails(window), *await _hidden(window), *await _links(window)]


async def _mails(window: Window) -> list[Ahead]:
    untold: dict[int, datetime] = {}
    told: dict[int, datetime] = {}
    tables: tuple[Any, ...] = (ResourceUse, ResourceComment)
    for table in tables:
        sharer = table.resource.created_by.as_alias("sharer")
        by_somebody = table.resource.created_by.is_not_null()
        open_ones = table.told_at.is_null() & table.withdrawn_at.is_null() & by_somebody
        for row in await table.select(sharer, table.created_at).where(open_ones):
            untold[row["sharer"]] = min(row["created_at"], untold.get(row["sharer"], row["created_at"]))
        lately = (table.told_at > window.now - rules.TELL_EVERY) & by_somebody
        for row in await table.select(sharer, table.told_at).where(lately):
            told[row["sharer"]] = max(row["told_at"], told.get(row["sharer"], row["told_at"]))
    moments = [rules.time_to_tell(oldest, told.get(sharer)) for sharer, oldest in untold.items()]
    return [
        Ahead(
            at,
            f"{number(count, 'person is', 'people are')} told by mail what others said of what they share.",
            "/resources",
            "See what is shared",
            count=count,
        )
        for at, count in window.by_day(moments)
    ]


async def _links(window: Window) -> list[Ahead]:
    if settings.current().is_demo:
        return []
    rows = await LinkCheck.select(LinkCheck.next_at).where(LinkCheck.next_at < window.until)
    return [
        Ahead(
            at,
            f"{number(count, 'link of what is shared is', 'links of what is shared are')} looked at.",
            "/resources",
            "See what is shared",
            count=count,
        )
        for at, count in window.by_day(row["next_at"] for row in rows)
    ]


async def _hidden(window: Window) -> list[Ahead]:
    table = ResourceComment
    hidden = (table.hidden_at < window.until - rules.HIDDEN_KEPT) & (table.body != "")
    rows = await table.select(table.hidden_at).where(hidden)
    return [
        Ahead(
            at,
            f"The words of {number(count, 'hidden comment', 'hidden comments')} are erased.",
            "/resources",
            "See what is shared",
            count=count,
        )
        for at, count in window.by_day(row["hidden_at"] + rules.HIDDEN_KEPT for row in rows)
    ]
