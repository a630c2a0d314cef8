"""Enquiries that wait for the secretariat."""

from __future__ import annotations

from datetime import datetime, timedelta

from summit_service import zones
from summit_service.enquiries import queries
from summit_service.enquiries.rules import ENDS_SOON
from summit_service.enquiries.tables import Enquiry
from summit_service.waiting import Waiting, at_most, by_urgency

MOST = 20
WEEK = timedelta(days=7)
DECIDE = "decide"
"""One line from the first day to the last, whatever its button says."""


async def for_secretariat(now: datetime) -> list[Waiting]:
    """Those that nobody has decided, and kept ones whose time is nearly over; the most urgent, the rest as a number."""
    told = [_enquiry(row, now) for row in await queries.confirmed_enquiries(now=now)]
    return at_most(by_urgency([item for item in told if item is not None]), MOST, rest=_more)


def _more(count: int) -> Waiting:
    told = "1 more enquiry waits" if count == 1 else f"{count} more enquiries wait"
    return Waiting(2, f"{told} for a decision.", "/desk/enquiries", "See them all", count=count)


def _enquiry(row: Enquiry, now: datetime) -> Waiting | None:
    """One that nobody has decided, or a kept one whose time is nearly over."""
    url, ends_at = f"/desk/enquiries/{row.id}", queries.ends_at(row)
    erased = f"it is erased on {zones.long_day(ends_at.date())}"
    if row.answered_at is not None:
        sentence = f"{row.name} has answered by mail. Read it, and ask back or decide."
        if row.decision:
            sentence = f"{row.name}, whose enquiry was decided, has answered by mail."
        return Waiting(
            1,
            sentence,
            f"{url}#talk",
            "Read the answer",
            since=row.answered_at,
            which=DECIDE,
            matter=f"answered {row.answered_at.isoformat()}",
        )
    if row.decision == "kept" and ends_at - now <= ENDS_SOON:
        sentence = f"The enquiry of {row.name} is kept until there is a rule; {erased}."
        return Waiting(3, sentence, url, "Decide", since=row.confirmed_at, which=DECIDE)
    if row.decision or row.confirmed_at is None:
        return None
    if ends_at - now <= ENDS_SOON:
        sentence = f"Nobody has decided the enquiry of {row.name}; {erased}."
        return Waiting(0, sentence, url, "Decide", since=row.confirmed_at, which=DECIDE)
    sentence = f"{row.name} enquired about joining."
    urgency = 1 if now - row.confirmed_at >= WEEK else 2
    return Waiting(urgency, sentence, url, "Read and decide", since=row.confirmed_at, which=DECIDE)
