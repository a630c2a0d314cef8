"""What of the enquiries comes by itself: those that are erased; and those that have waited for a week by then."""

from __future__ import annotations

from summit_service.ahead import Ahead, Window, number
from summit_service.enquiries import queries
from summit_service.enquiries.tables import Enquiry
from summit_service.enquiries.waiting import WEEK


async def coming(window: Window) -> list[Ahead]:
    """By day: how many are erased, and how many a person should have decided."""
    due = queries.is_over(window.until) & Enquiry.erased_at.is_null()
    ending = await Enquiry.objects().where(due)
    undecided = await Enquiry.select(Enquiry.confirmed_at).where(
        (Enquiry.confirmed_at > window.now - WEEK) & (Enquiry.decision == "") & Enquiry.erased_at.is_null()
    )
    erased = window.by_day(queries.ends_at(row) for row in ending)
    waiting = window.by_day(row["confirmed_at"] + WEEK for row in undecided)
    return [
        *(
            Ahead(
                at,
                f"What is personal in {number(count, 'enquiry', 'enquiries')} is erased.",
                "/desk/enquiries",
                "See the enquiries",
                count=count,
            )
            for at, count in erased
        ),
        *(
            Ahead(
                at,
                f"{number(count, 'enquiry has', 'enquiries have')} waited a week for a decision.",
                "/desk/enquiries",
                "Read and decide",
                count=count,
                is_for_somebody=True,
            )
            for at, count in waiting
        ),
    ]
