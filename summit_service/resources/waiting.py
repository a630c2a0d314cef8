"""What members share and somebody has to look at: the secretariat first, who shares it when it was given back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from summit_service.accounts.actor import OPERATOR, Actor
from summit_service.resources import queries
from summit_service.waiting import Waiting, with_rest

MOST = 20


async def for_secretariat(now: datetime) -> list[Waiting]:
    """What new organisations have shared, and links that are broken."""
    found = [
        Waiting(
            2,
            f"{one.organisation.name} is new and has shared “{one.details.title}”.",
            f"/resources/{one.slug}",
            "Read and confirm",
            since=one.changed_at,
        )
        for one in await queries.waiting_for_confirmation(limit=MOST)
    ]
    count = await queries.number_in("waiting", viewer=OPERATOR)
    unread = with_rest(
        found, count, rest=lambda left: _rest(left, count, "resources that wait for confirmation")
    )
    return [*unread, *await _broken(None)]


async def for_member(actor: Actor, *, now: datetime) -> list[Waiting]:
    """What was given back to their organisations, and their links that are broken."""
    found = [
        Waiting(
            2,
            f"The secretariat gave “{one.details.title}” back.",
            f"/resources/{one.slug}",
            "See why",
            since=one.changed_at,
        )
        for one in await queries.returned_to(actor, limit=MOST)
    ]
    count = await queries.number_in(
        "returned", viewer=replace(actor, is_secretariat=False, represents=actor.acts_for)
    )
    given_back = with_rest(
        found, count, rest=lambda left: _rest(left, count, "resources that were given back")
    )
    return [*given_back, *await _broken(actor)]


async def _broken(viewer: Actor | None) -> list[Waiting]:
    """Links that have not worked on several days; nobody is in a hurry about them."""
    first, count = await queries.with_broken_links(viewer, limit=MOST)
    found = [
        Waiting(
            5,
            f"The link of “{one.details.title}” does not work. {one.link_fault}",
            f"/resources/{one.slug}",
            "See it",
        )
        for one in first
    ]
    return with_rest(found, count, rest=_more_links)


def _more_links(count: int) -> Waiting:
    sentence = f"More links of what is shared do not work: {count}."
    return Waiting(5, sentence, "/resources", "See what is shared", count=count)


def _rest(left: int, count: int, what: str) -> Waiting:
    sentence = f"Shown are {count - left} of {count} {what}."
    return Waiting(
        2, sentence, "/unpublished#resources", f"See all {count}", count=left, which="more resources"
    )
