"""JSON: what a reviewer is asked to judge, and what they think of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from summit_service.accounts.actor import Actor, check_signed_in
from summit_service.contributions import actions, conflicts, queries
from summit_service.contributions.queries import OpenCall
from summit_service.contributions.tables import Contribution, Review
from summit_service.errors import NotAllowed
from summit_service.summits import queries as summits

TAGS = ["Contributions"]


class ReviewBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A score from 1 to 5 with a comment, or a conflict of interest, of which neither is kept."""

    score: int | None = None
    comment: str = ""
    has_conflict: bool = False


class ReviewOut(msgspec.Struct, kw_only=True):
    """What you said of it last."""

    score: int | None
    comment: str
    has_conflict: bool


class ToReview(msgspec.Struct, kw_only=True):
    """A contribution to judge; without abstract where you stand near an author, without authors in a blind call."""

    number: int
    title: str
    kind: str
    theme: str
    abstract: str
    authors: list[str]
    stands_apart: bool
    mine: ReviewOut | None


class ToReviewList(msgspec.Struct, kw_only=True):
    """Everything that was not withdrawn, by number; nothing while the call is open."""

    items: list[ToReview]
    next: str | None = None


@get("/summits/{year:int}/reviews", tags=TAGS, summary="What you are asked to judge")
async def list_to_review(
    year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> ToReviewList:
    """For who was asked to review for this summit."""
    call = await _mine(year, actor)
    rows = [] if call.is_open(now) else await queries.reviewable(call.edition.id)
    mine = await queries.reviews_by(actor.person_id or 0, call.edition.id)
    near = await conflicts.known_to(actor, rows)
    return ToReviewList(items=[_item(row, call, mine.get(row.id), is_near=row.id in near) for row in rows])


@put("/summits/{year:int}/contributions/{number:int}/review", tags=TAGS, summary="Say what you think of one")
async def judge(
    year: FromPath[int],
    number: FromPath[int],
    data: JSONBody[ReviewBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> ReviewOut:
    """The last word counts. Refused while the call is open, once its author was told, and near an author."""
    edition = (await _mine(year, actor)).edition
    said: dict[str, Any] = {
        "score": "" if data.score is None else str(data.score),
        "comment": data.comment,
        "has_conflict": data.has_conflict,
    }
    await actions.review(year, number, **said, actor=actor, now=now)
    row = await queries.numbered(edition.id, number)
    return _review((await queries.reviews_by(actor.person_id or 0, edition.id))[row.id])


async def _mine(year: int, actor: Actor) -> OpenCall:
    check_signed_in(actor)
    call = await queries.found_call(await summits.found_edition(year))
    if not await queries.is_reviewer(call.edition.id, actor):
        raise NotAllowed("Only the reviewers of this summit see this.")
    return call


def _item(row: Contribution, call: OpenCall, mine: Review | None, *, is_near: bool) -> ToReview:
    hidden = call.row.is_blind or is_near
    return ToReview(
        number=row.number,
        title=row.title,
        kind=row.kind,
        theme=row.theme,
        abstract="" if is_near else row.abstract,
        authors=[] if hidden else [author.name for author in queries.authors_of(row)],
        stands_apart=is_near,
        mine=_review(mine) if mine else None,
    )


def _review(row: Review) -> ReviewOut:
    return ReviewOut(score=row.score, comment=row.comment, has_conflict=row.has_conflict)


ROUTES: list[Any] = [list_to_review, judge]
