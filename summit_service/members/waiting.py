"""Members that wait for somebody to be named, and who was named and waits to be confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from summit_service.accounts.actor import Actor
from summit_service.members import queries, rules
from summit_service.waiting import Waiting, with_rest

MOST = 10


async def for_secretariat(now: datetime) -> list[Waiting]:
    """Members that nobody represents, then those for whom nobody could sign, and those whose key contact can confirm
    nothing: the first by name, the rest as a number.

    A member without either of the first two is told once: whoever represents it can propose who signs.
    """
    alone, all_alone = await queries.members_without_representative(limit=MOST)
    unsigned, all_unsigned = await queries.members_without_signatory(limit=MOST)
    idle, all_idle = await queries.members_whose_contact_does_not_act(limit=MOST)
    return [
        *_told(3, "nobody who represents it", "nobody who represents them", alone, all_alone),
        *_told(
            4,
            "nobody who could sign a statement",
            "nobody who could sign a statement",
            unsigned,
            all_unsigned,
        ),
        *_told(
            4,
            "a key contact who does not represent it, so that somebody else confirms who signs",
            "key contacts who do not represent them",
            idle,
            all_idle,
            button="See who represents it",
        ),
    ]


async def for_contact(actor: Actor, *, now: datetime) -> list[Waiting]:
    """Signatories and alternates whom somebody proposed where this person is the main contact."""
    first, count = await queries.roles_to_confirm(actor, limit=MOST)
    found = [
        Waiting(
            2,
            f"{role.person.name} is proposed as {rules.ROLES[role.kind].lower()} of {role.organisation.name} and "
            "signs for nobody before you confirm it.",
            f"/organisations/{role.organisation.slug}/people",
            "Look and confirm",
            since=role.created_at,
            which=f"role {role.id}",
        )
        for role in first
    ]
    return with_rest(found, count, rest=_more_to_confirm)


def _more_to_confirm(left: int) -> Waiting:
    told = "1 more person waits" if left == 1 else f"{left} more people wait"
    return Waiting(2, f"{told} for you to confirm their role.", "/me", "See your organisations", count=left)


def _told(
    urgency: int,
    lacks: str,
    all_lack: str,
    first: Sequence[tuple[str, str]],
    count: int,
    *,
    button: str = "Name one",
) -> list[Waiting]:
    found = [
        Waiting(urgency, f"{name} has {lacks}.", f"/organisations/{slug}/people", button)
        for slug, name in first
    ]

    def more(left: int) -> Waiting:
        told = f"1 more member has {lacks}" if left == 1 else f"{left} more members have {all_lack}"
        return Waiting(urgency, f"{told}.", "/organisations", "See the members", count=left, which=lacks)

    return with_rest(found, count, rest=more)
