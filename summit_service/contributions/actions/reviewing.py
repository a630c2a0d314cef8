"""Judging a contribution."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from summit_service import db, journal, markup
from summit_service.accounts.actor import Actor
from summit_service.contributions import conflicts, queries, rules
from summit_service.contributions.queries import OpenCall
from summit_service.contributions.tables import Contribution, Review
from summit_service.errors import Conflict, NotAllowed, NotFound
from summit_service.summits import queries as summits

TOO_EARLY = "Reviewing begins when the call is closed, so that nothing changes under your eyes."
CONFLICT = "You have a conflict of interest here: you or somebody you work with is an author."


async def review(
    year: int, number: int, *, score: str, comment: str, has_conflict: bool, actor: Actor, now: datetime
) -> Review:
    """Keep what this reviewer thinks, or that they have a conflict of interest; the last word counts.

    Raises Invalid, NotFound, NotAllowed for who does not review or has a conflict, Conflict out of time.
    """
    text = markup.many_lines(comment, field="comment", longest=4_000, name="The comment")
    kept = rules.check_review(score, has_conflict=has_conflict)
    async with db.transaction():
        edition = await summits.found_edition(year)
        if not await queries.is_reviewer(edition.id, actor):
            raise NotAllowed("Only its reviewers see this.")
        row = await queries.locked((await queries.numbered(edition.id, number)).id)
        _check_time(row, await queries.found_call(edition), now=now)
        if not has_conflict and await conflicts.known_to(actor, [row]):
            raise NotAllowed(CONFLICT)
        await journal.note("summit.reviewed", actor, year, edition.title, now=now, detail=f"number {number}")
        return await _keep(row.id, actor, kept, "" if has_conflict else text, now=now)


def _check_time(row: Contribution, call: OpenCall, *, now: datetime) -> None:
    if row.withdrawn_at is not None:
        raise NotFound("This contribution was withdrawn.")
    if call.is_open(now):
        raise Conflict(TOO_EARLY)
    if row.told_at is not None:
        raise Conflict("This is decided, and its author has been told.")


async def _keep(
    contribution_id: int, actor: Actor, score: int | None, comment: str, *, now: datetime
) -> Review:
    mine = (Review.contribution == contribution_id) & (Review.person == actor.person_id)
    values: dict[Any, Any] = {
        Review.score: score,
        Review.comment: comment,
        Review.has_conflict: score is None,
        Review.updated_at: now,
    }
    found = await Review.objects().where(mine).first()
    if found is not None:
        await Review.update(values).where(mine)
        return found
    made = Review(
        {
            **values,
            Review.contribution: contribution_id,
            Review.person: actor.person_id,
            Review.created_at: now,
        }
    )
    await made.save()
    return made
