"""Pages: what somebody is asked to review, and their judgement of each contribution."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service import zones
from summit_service.accounts.actor import Actor, check_signed_in
from summit_service.contributions import actions, conflicts, queries, rules
from summit_service.contributions.actions.reviewing import CONFLICT
from summit_service.contributions.queries import OpenCall
from summit_service.contributions.tables import Contribution, Review
from summit_service.errors import Conflict, Invalid, NotAllowed, NotFound
from summit_service.summits import queries as summits
from summit_service.web import kept
from summit_service.web.forms import text
from summit_service.web.layout import page, see_other

Asked = Request[Any, Any, Any]


@get("/reviews/{year:int}")
async def reviews(
    request: Asked, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Everything that was proposed, with what this reviewer has done and what is open."""
    call = await _mine(year, actor)
    rows = await queries.reviewable(call.edition.id) if not call.is_open(now) else []
    mine = await queries.reviews_by(actor.person_id or 0, call.edition.id)
    return page(
        request,
        "contributions/reviews.html",
        actor=actor,
        call=call,
        edition=call.edition,
        rows=[(row, _done(mine.get(row.id))) for row in rows],
        open_number=sum(row.id not in mine for row in rows),
        is_open=call.is_open(now),
        closes=zones.long_deadline(call.row.closes_instant, call.edition.timezone),
        noindex=True,
    )


def _done(review: Review | None) -> tuple[str, str]:
    """What this reviewer has said, in words, and the kind of badge."""
    if review is None:
        return "Not yet", "wait"
    return ("Conflict of interest", "plain") if review.has_conflict else (f"Score {review.score}", "good")


async def _mine(year: int, actor: Actor) -> OpenCall:
    check_signed_in(actor)
    call = await queries.found_call(await summits.found_edition(year))
    if not await queries.is_reviewer(call.edition.id, actor):
        raise NotAllowed("Only the reviewers of this summit see this page.")
    return call


@get("/reviews/{year:int}/{number:int}")
async def one(
    request: Asked,
    year: FromPath[int],
    number: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """One contribution and the form for its score."""
    return await _one(request, year, number, actor, now)


@post("/reviews/{year:int}/{number:int}", status_code=200)
async def judge(
    request: Asked,
    year: FromPath[int],
    number: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Keep the score and the comment, or the conflict of interest."""
    check_signed_in(actor)
    form = await request.form()
    typed = {name: text(form, name) for name in ("score", "comment", "conflict")}
    try:
        await actions.review(
            year,
            number,
            score=typed["score"],
            comment=typed["comment"],
            has_conflict=typed["conflict"] == "yes",
            actor=actor,
            now=now,
        )
    except Invalid as fault:
        return await _one(request, year, number, actor, now, typed=typed, faults=fault.by_field())
    except Conflict as fault:
        return await _one(request, year, number, actor, now, typed=typed, refusal=fault.sentence)
    return see_other(f"/reviews/{year}")


async def _one(
    request: Asked,
    year: int,
    number: int,
    actor: Actor,
    now: datetime,
    *,
    typed: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
    refusal: str = "",
) -> Response[Any]:
    call = await _mine(year, actor)
    row = await _readable(call, number, now)
    mine = (await queries.reviews_by(actor.person_id or 0, call.edition.id)).get(row.id)
    stands_apart = bool(await conflicts.known_to(actor, [row]))
    start = {
        "score": str(mine.score or "") if mine else "",
        "comment": mine.comment if mine else "",
        "conflict": "yes" if mine and mine.has_conflict else "",
    }
    return page(
        request,
        "contributions/review.html",
        actor=actor,
        status=422 if faults else 409 if refusal else 200,
        edition=call.edition,
        row=row,
        authors=() if call.row.is_blind else queries.authors_of(row),
        scores=[(str(score), words) for score, words in rules.SCORES.items()],
        kept_rows=kept.rows(rules.REVIEW_KEPT, call.edition),
        typed=start | dict(typed or {}),
        faults=dict(faults or {}),
        refusal=refusal,
        conflict=CONFLICT if stands_apart else "",
        noindex=True,
    )


async def _readable(call: OpenCall, number: int, now: datetime) -> Contribution:
    row = await queries.numbered(call.edition.id, number)
    if row.withdrawn_at is not None or row.erased_at is not None or call.is_open(now):
        raise NotFound("There is no contribution to review here.")
    return row


ROUTES: list[Any] = [reviews, one, judge]
