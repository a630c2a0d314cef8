"""JSON: proposing a contribution to a summit; what came in, deciding, telling and placing, for the secretariat."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.api import rates
from summit_service.contributions import actions, conflicts, drafts, queries
from summit_service.contributions.drafts import Draft
from summit_service.contributions.queries import Judged
from summit_service.contributions.rules import Form
from summit_service.summits import queries as summits

TAGS = ["Contributions"]


class ContributionInput(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What is proposed by whom; `co_authors` has a line each, `Name; Affiliation`."""

    title: str
    kind: str
    abstract: str
    name: str
    email: str
    theme: str = ""
    affiliation: str = ""
    co_authors: str = ""


class ContributionAnswer(msgspec.Struct, kw_only=True):
    """Its number; the link that changes it goes by mail alone."""

    number: int
    title: str


class JudgedAnswer(msgspec.Struct, kw_only=True):
    """A contribution as the secretariat sees it; `state` is empty, `accepted`, `declined` or `withdrawn`.

    `stands_apart`: you have a conflict of interest, so somebody else of the secretariat knows the score and decides.
    """

    number: int
    title: str
    kind: str
    theme: str
    state: str
    is_told: bool
    reviews: int
    score: float | None
    session: str
    stands_apart: bool


class ContributionList(msgspec.Struct, kw_only=True):
    """All of an edition's contributions, the best first; there is one page of them."""

    items: list[JudgedAnswer]
    next: str | None = None


class OpinionOut(msgspec.Struct, kw_only=True):
    """What one reviewer thinks; without a score where they have a conflict of interest."""

    reviewer: str
    score: int | None
    comment: str
    has_conflict: bool


class MailOut(msgspec.Struct, kw_only=True):
    """A mail as it would go out, with the secret of its link masked."""

    number: int
    to: str
    subject: str
    text: str


class ContributionOut(msgspec.Struct, kw_only=True):
    """One contribution whole; `mail` is what its author would read, once there is a decision that they do not know.

    `stands_apart`: you have a conflict of interest, so somebody else of the secretariat reads the reviews and decides.
    """

    number: int
    title: str
    kind: str
    theme: str
    abstract: str
    name: str
    email: str
    affiliation: str
    co_authors: str
    state: str
    note: str
    is_told: bool
    session: str
    stands_apart: bool
    reviews: list[OpinionOut]
    mail: MailOut | None


class DecisionBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`accepted`, `declined`, or empty to take it back; `note` stands in the mail. `seen`: the decision you know of."""

    decision: str
    note: str = ""
    seen: str = ""


class DecisionList(msgspec.Struct, kw_only=True):
    """The mails about what was decided and nobody was told: drafts to be read."""

    items: list[MailOut]
    next: str | None = None


class TellingBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How many drafts you have read."""

    expected: int


class ToldOut(msgspec.Struct, kw_only=True):
    """How many mails leave in ten minutes, or were stopped."""

    number: int


class SlotBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """When it begins, as wall time of the summit, and in which room of the programme."""

    starts_at: str
    room: str = ""


class PlacedOut(msgspec.Struct, kw_only=True):
    """The session that was made of it."""

    number: int
    session: str


@post("/summits/{year:int}/contributions", status_code=201, tags=TAGS, summary="Propose a contribution")
async def submit(
    request: Request[Any, Any, Any],
    year: FromPath[int],
    data: JSONBody[ContributionInput],
    now: NamedDependency[datetime],
) -> ContributionAnswer:
    """Propose a contribution while the call is open; no account is needed."""
    rates.check(request, "contribution")
    row = await actions.submit(year, Form(**msgspec.structs.asdict(data)), now=now)
    return ContributionAnswer(number=row.number, title=row.title)


@get("/summits/{year:int}/contributions", tags=TAGS, summary="What came in")
async def contributions(year: FromPath[int], actor: NamedDependency[Actor]) -> ContributionList:
    """Everything that came in, with scores and decisions."""
    check_secretariat(actor)
    edition = await summits.found_edition(year)
    found = await queries.judged(edition.id)
    near = await conflicts.kept_from(actor, [one.row for one in found])
    shown = queries.in_order(found, apart=near)
    return ContributionList(items=[_answer(one, is_near=one.row.id in near) for one in shown])


@get("/summits/{year:int}/contributions/{number:int}", tags=TAGS, summary="One contribution")
async def contribution(
    year: FromPath[int],
    number: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> ContributionOut:
    """With its reviews, and the mail that its author would get. Secretariat."""
    check_secretariat(actor)
    return await _whole(year, number, actor, now=now)


@put("/summits/{year:int}/contributions/{number:int}/decision", tags=TAGS, summary="Decide")
async def decide(
    year: FromPath[int],
    number: FromPath[int],
    data: JSONBody[DecisionBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> ContributionOut:
    """Accept, decline, or take it back; its author is told when you send the decisions. Secretariat.

    403 with `conflict_of_interest` for who stands near an author while somebody else of the secretariat does not.
    """
    await actions.decide(
        year, number, decision=data.decision, note=data.note, seen=data.seen, actor=actor, now=now
    )
    return await _whole(year, number, actor, now=now)


@post(
    "/summits/{year:int}/contributions/{number:int}/session",
    status_code=201,
    tags=TAGS,
    summary="Make a session of it",
)
async def place(
    year: FromPath[int],
    number: FromPath[int],
    data: JSONBody[SlotBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> PlacedOut:
    """What is accepted goes into the draft of the programme, as long as its kind takes. Secretariat."""
    row = await actions.place(year, number, starts_at=data.starts_at, room=data.room, actor=actor, now=now)
    return PlacedOut(number=row.number, session=row.session)


@get("/summits/{year:int}/decisions", tags=TAGS, summary="The drafts of decision mails")
async def decisions(
    year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> DecisionList:
    """Each mail whole, before it goes; without its words where you have a conflict of interest. Secretariat."""
    check_secretariat(actor)
    edition = await summits.found_edition(year)
    rows = await queries.to_be_told(edition.id)
    near = await conflicts.kept_from(actor, rows)
    shown = drafts.drafts_of(rows, edition, now=now)
    return DecisionList(
        items=[_mail(replace(one, subject="", text="") if one.row.id in near else one) for one in shown]
    )


@post("/summits/{year:int}/decisions", status_code=202, tags=TAGS, summary="Send the decisions")
async def tell(
    year: FromPath[int],
    data: JSONBody[TellingBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> ToldOut:
    """They leave in ten minutes; until then they can be stopped. 409 where their number has changed. Secretariat."""
    return ToldOut(number=await actions.tell(year, expected=data.expected, actor=actor, now=now))


@post("/summits/{year:int}/decisions/stop", status_code=200, tags=TAGS, summary="Stop the decisions")
async def stop_telling(
    year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> ToldOut:
    """What has not left is stopped, and can be decided anew. Secretariat."""
    return ToldOut(number=await actions.stop_telling(year, actor=actor, now=now))


async def _whole(year: int, number: int, actor: Actor, *, now: datetime) -> ContributionOut:
    edition = await summits.found_edition(year)
    row = await queries.numbered(edition.id, number)
    is_near = bool(await conflicts.kept_from(actor, [row]))
    due = [row] if queries.is_to_be_told(row) and not is_near else []
    opinions = [] if is_near else await queries.opinions_on(row.id)
    return ContributionOut(
        number=row.number,
        title=row.title,
        kind=row.kind,
        theme=row.theme,
        abstract=row.abstract,
        name=row.name,
        email=row.email,
        affiliation=row.affiliation,
        co_authors=row.co_authors,
        state=queries.state_of(row),
        note="" if is_near and row.told_at is None else row.decision_note,
        is_told=row.told_at is not None,
        session=row.session,
        stands_apart=is_near,
        reviews=[OpinionOut(**asdict(one)) for one in opinions],
        mail=next((_mail(draft) for draft in drafts.drafts_of(due, edition, now=now)), None),
    )


def _mail(draft: Draft) -> MailOut:
    return MailOut(number=draft.row.number, to=draft.row.email, subject=draft.subject, text=draft.text)


def _answer(one: Judged, *, is_near: bool) -> JudgedAnswer:
    return JudgedAnswer(
        number=one.row.number,
        title=one.row.title,
        kind=one.row.kind,
        theme=one.row.theme,
        state=one.state,
        is_told=one.row.told_at is not None,
        reviews=one.judgement.number,
        score=None if is_near else one.judgement.mean,
        session=one.row.session,
        stands_apart=is_near,
    )


ROUTES: list[Any] = [
    submit, contributions, contribution, decide, place, decisions, tell, stop_telling,
]  # fmt: skip
