"""Contributions that wait: decisions to be mailed, reviews to be written."""

from __future__ import annotations

from datetime import datetime

from summit_service.accounts.actor import Actor
from summit_service.contributions import queries
from summit_service.summits import queries as summits
from summit_service.waiting import Waiting


async def for_secretariat(now: datetime) -> list[Waiting]:
    """Decisions that their authors do not know yet."""
    edition = await summits.current_edition(now)
    untold = await queries.to_be_told(edition.id) if edition else []
    if edition is None or not untold:
        return []
    number = "1 decision" if len(untold) == 1 else f"{len(untold)} decisions"
    sentence = f"{number} about contributions to {edition.title} wait to be mailed."
    url = f"/desk/summits/{edition.year}/contributions#tell"
    return [Waiting(3, sentence, url, "Read and mail them", count=len(untold))]


async def for_reviewer(actor: Actor, *, now: datetime) -> list[Waiting]:
    """What the actor has not reviewed, for each edition whose call is closed and whose summit is not over."""
    found = []
    for edition, left in await queries.left_to_review(actor, now=now):
        if left:
            number = "1 contribution waits" if left == 1 else f"{left} contributions wait"
            sentence = f"{number} for your review for {edition.title}."
            found.append(Waiting(2, sentence, f"/reviews/{edition.year}", "Review", count=left))
    return found
