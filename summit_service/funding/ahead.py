"""What of joint funding comes by itself: deadlines of calls, contacts that are erased a year after them."""

from __future__ import annotations

from summit_service import zones
from summit_service.ahead import Ahead, Window, number
from summit_service.funding import rules
from summit_service.funding.tables import FundingCall, FundingInterest


async def coming(window: Window) -> list[Ahead]:
    """Each published call's deadline, and by day how many contacts go."""
    return [*await _deadlines(window), *await _contacts(window)]


async def _deadlines(window: Window) -> list[Ahead]:
    call = FundingCall
    ahead = (call.deadline_instant > window.now) & (call.deadline_instant < window.until)
    rows = await call.select(call.slug, call.title, call.deadline_instant, call.timezone).where(
        ahead & (call.state == "published")
    )
    return [
        Ahead(
            row["deadline_instant"],
            f"The call “{row['title']}” closes: {zones.long_deadline(row['deadline_instant'], row['timezone'])}.",
            f"/funding/{row['slug']}",
            "See the call",
        )
        for row in rows
    ]


async def _contacts(window: Window) -> list[Ahead]:
    over = FundingInterest.call.deadline_instant <= rules.contacts_end_before(window.until)
    rows = await FundingInterest.select(FundingInterest.call.deadline_instant.as_alias("deadline")).where(
        over & (FundingInterest.contact != "")
    )
    return [
        Ahead(
            at,
            f"{number(count, 'contact', 'contacts')} of who wanted to apply {'is' if count == 1 else 'are'} erased, "
            "a year after the deadline.",
            "/funding?past=yes",
            "See past calls",
            count=count,
        )
        for at, count in window.by_day(row["deadline"] + rules.CONTACT_KEPT for row in rows)
    ]
