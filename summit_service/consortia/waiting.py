"""What waits of consortia: invitations without an answer, and applications of which nobody said what became."""

from __future__ import annotations

from datetime import datetime, timedelta

from summit_service.accounts.actor import Actor
from summit_service.consortia import queries
from summit_service.consortia.tables import Consortium
from summit_service.waiting import Waiting, at_most

MOST = 20
SOON = timedelta(days=7)


async def for_member(actor: Actor, *, now: datetime) -> list[Waiting]:
    """Invitations to this person's organisations, and what those that lead have still to say."""
    invited = await queries.invitations_to(actor, now=now, limit=queries.MOST)
    found = [
        Waiting(
            1 if one.deadline - now < SOON else 2,
            f"{one.lead_name} invites {name} to apply for “{one.call_title}” together.",
            f"/consortia/{one.id}",
            "Read and answer",
            since=one.created_at,
        )
        for one, name in invited
    ]
    over = Consortium.lead.is_in(sorted(actor.represents) or [0]) & (Consortium.call.deadline_instant <= now)
    found += [
        Waiting(
            3,
            f"The deadline of “{one.call_title}” has passed. Say what became of “{one.title}”.",
            f"/consortia/{one.id}/outcome",
            "Say it",
            since=one.deadline,
        )
        for one in await queries.forming(over)
    ]
    return at_most(found, MOST, rest=_rest)


def _rest(count: int) -> Waiting:
    return Waiting(3, f"{count} more wait in joint applications.", "/consortia", "See them all", count=count)
