"""JSON: the call for contributions: what it asks for, until when, who reviews, and what came in as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.accounts.tables import Person
from summit_service.contributions import actions, conflicts, queries, rules
from summit_service.contributions.queries import OpenCall
from summit_service.contributions.rules import CallForm
from summit_service.contributions.tables import Contribution
from summit_service.summits import queries as summits

TAGS = ["Contributions"]


class KindBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A form that a contribution can take, and how many minutes of the programme it gets."""

    name: str
    minutes: int


class CallBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What is asked for (`intro` in Markdown); `closes_at` is wall time in the summit's zone, `2027-03-04T23:00`."""

    intro: str
    kinds: list[KindBody]
    closes_at: str
    themes: list[str] = []
    limit_per_person: int = 3
    most_words: int = 300
    is_blind: bool = True


class CallOut(msgspec.Struct, kw_only=True):
    """The call as it is now. While `is_blind`, reviewers do not see whose work it is."""

    intro: str
    kinds: list[KindBody]
    themes: list[str]
    limit_per_person: int
    most_words: int
    closes_at: str
    timezone: str
    is_open: bool
    is_blind: bool


class ReviewerBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The address of somebody whom the network knows."""

    email: str


class ReviewerOut(msgspec.Struct, kw_only=True):
    """Somebody who reviews; `conflicts` are the numbers of what they may not judge, `reviewed` of what they have."""

    id: int
    name: str
    email: str
    reviewed: list[int]
    conflicts: list[int]


class ReviewerList(msgspec.Struct, kw_only=True):
    """Who reviews for this summit now, by name."""

    items: list[ReviewerOut]
    next: str | None = None


class Statistics(msgspec.Struct, kw_only=True):
    """How many came in by kind, theme and decision, and have so many reviews; withdrawn ones are in `states` alone."""

    kinds: dict[str, int]
    themes: dict[str, int]
    states: dict[str, int]
    reviews: dict[str, int]


@get("/summits/{year:int}/call", tags=TAGS, summary="The call for contributions")
async def show_call(year: FromPath[int], now: NamedDependency[datetime]) -> CallOut:
    """What an announced summit asks for, and whether contributions come in now."""
    return _call(await queries.announced_call(year), now)


@put("/summits/{year:int}/call", tags=TAGS, summary="Open or change the call")
async def put_call(
    year: FromPath[int],
    data: JSONBody[CallBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> CallOut:
    """The whole call; it is open until `closes_at`. What came in stays as it is. Secretariat."""
    form = CallForm(
        intro=data.intro,
        kinds="\n".join(f"{kind.name}; {kind.minutes}" for kind in data.kinds),
        themes="\n".join(data.themes),
        limit_per_person=str(data.limit_per_person),
        most_words=str(data.most_words),
        closes_at=data.closes_at,
        is_blind="yes" if data.is_blind else "",
    )
    return _call(await actions.put_call(year, form, actor=actor, now=now), now)


@post("/summits/{year:int}/call/closure", status_code=200, tags=TAGS, summary="Close the call now")
async def close_call(
    year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> CallOut:
    """Nothing more comes in from this minute on; a later `closes_at` opens it again. Secretariat."""
    return _call(await actions.close_call(year, actor=actor, now=now), now)


@get("/summits/{year:int}/call/statistics", tags=TAGS, summary="What came in, as numbers")
async def statistics(year: FromPath[int], actor: NamedDependency[Actor]) -> Statistics:
    """By kind, theme, decision and number of reviews. Secretariat."""
    check_secretariat(actor)
    edition = await summits.found_edition(year)
    found = await queries.judged(edition.id)
    live = [one for one in found if one.row.withdrawn_at is None]
    return Statistics(
        kinds=dict(rules.counted(one.row.kind for one in live)),
        themes=dict(rules.counted(one.row.theme for one in live)),
        states=dict(rules.counted(one.state or "undecided" for one in found)),
        reviews=dict(rules.counted(str(one.judgement.number) for one in live)),
    )


@get("/summits/{year:int}/reviewers", tags=TAGS, summary="Who reviews")
async def list_reviewers(year: FromPath[int], actor: NamedDependency[Actor]) -> ReviewerList:
    """Each with what stands between them and a contribution. Secretariat."""
    check_secretariat(actor)
    edition = await summits.found_edition(year)
    rows = await queries.reviewable(edition.id)
    numbers = {row.id: row.number for row in rows}
    items = []
    for person in await queries.reviewers_of(edition.id):
        mine = await queries.reviews_by(person.id, edition.id)
        scored = [numbers[key] for key, one in mine.items() if one.score is not None and key in numbers]
        items.append(
            ReviewerOut(
                id=person.id,
                name=person.name,
                email=person.email,
                reviewed=sorted(scored),
                conflicts=await _conflicts(person, rows),
            )
        )
    return ReviewerList(items=items)


@post("/summits/{year:int}/reviewers", status_code=201, tags=TAGS, summary="Ask somebody to review")
async def appoint_reviewer(
    year: FromPath[int],
    data: JSONBody[ReviewerBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> ReviewerOut:
    """They get a mail; asked twice is asked once. Secretariat."""
    person = await actions.appoint_reviewer(year, data.email, actor=actor, now=now)
    edition = await summits.found_edition(year)
    near = await _conflicts(person, await queries.reviewable(edition.id))
    return ReviewerOut(id=person.id, name=person.name, email=person.email, reviewed=[], conflicts=near)


@delete("/summits/{year:int}/reviewers/{person:int}", tags=TAGS, summary="End somebody's reviews")
async def end_reviewer(
    year: FromPath[int],
    person: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> None:
    """They review no more, and what they wrote stays; twice changes nothing. Secretariat."""
    await actions.end_reviewer(year, person, actor=actor, now=now)


def _call(call: OpenCall, now: datetime) -> CallOut:
    row = call.row
    return CallOut(
        intro=row.intro,
        kinds=[KindBody(name=kind.name, minutes=kind.minutes) for kind in call.kinds],
        themes=list(call.themes),
        limit_per_person=row.limit_per_person,
        most_words=row.most_words,
        closes_at=row.closes_at,
        timezone=call.edition.timezone,
        is_open=call.is_open(now),
        is_blind=row.is_blind,
    )


async def _conflicts(person: Person, rows: Sequence[Contribution]) -> list[int]:
    """The numbers of those that this reviewer may not judge."""
    near = await conflicts.of_person(person, rows)
    return [row.number for row in rows if row.id in near]


ROUTES: list[Any] = [
    show_call, put_call, close_call, statistics, list_reviewers, appoint_reviewer, end_reviewer,
]  # fmt: skip
