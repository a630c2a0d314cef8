"""What of consortia comes by itself: reminders of a deadline, outlines and words that are erased."""

from __future__ import annotations

from summit_service.ahead import Ahead, Window, number
from summit_service.consortia import queries, rules
from summit_service.consortia.tables import Consortium


async def coming(window: Window) -> list[Ahead]:
    """Each reminder of each consortium, and by day how many lose their words."""
    return [*await _reminders(window), *await _erasing(window)]


async def _reminders(window: Window) -> list[Ahead]:
    near = (Consortium.call.deadline_instant > window.now) & (
        Consortium.call.deadline_instant < window.until + max(rules.REMIND_BEFORE)
    )
    rows = await Consortium.select(Consortium.id, Consortium.reminded_at).where(
        near & (Consortium.state == "forming")
    )
    reminded = {row["id"]: row["reminded_at"] for row in rows}
    return [
        Ahead(
            at,
            f"Those who apply together as “{one.title}” are reminded of the deadline of “{one.call_title}”.",
            f"/consortia/{one.id}",
            "See who they are",
        )
        for one in await queries.forming(near)
        for moment in rules.reminders_left(
            one.deadline, since=one.created_at, reminded_at=reminded.get(one.id), now=window.now
        )
        if (at := window.due(moment)) is not None
    ]


async def _erasing(window: Window) -> list[Ahead]:
    over = Consortium.call.deadline_instant <= rules.erased_before(window.until)
    rows = await Consortium.select(Consortium.call.deadline_instant.as_alias("deadline")).where(
        over & Consortium.erased_at.is_null()
    )
    return [
        Ahead(
            at,
            f"The outline and the words of {number(count, 'consortium', 'consortia')} are erased, two years after "
            "the deadline.",
            "/consortia",
            "See the consortia",
            count=count,
        )
        for at, count in window.by_day(rules.erased_at(row["deadline"]) for row in rows)
    ]
