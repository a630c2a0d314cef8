"""Reads of calls for funding: one, a list with filters and words, and who wants to apply."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from piccolo.columns.combination import And, Or, Where, WhereRaw

from summit_service import db, markup
from summit_service.accounts.actor import Actor, check_manages
from summit_service.errors import NotFound
from summit_service.funding.rules import Details
from summit_service.funding.tables import FundingCall, FundingInterest
from summit_service.members import queries as members
from summit_service.members.tables import Organisation

Condition = Where | WhereRaw | And | Or
UNKNOWN = "There is no such call for funding."
PAGE, MOST, MOST_WORDS = 50, 200, 8
_MARKS = str.maketrans("", "", "%_\\")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallView:
    """A call as faces show it; `organisation` is who brings it to the network, `event` its deadline's address."""

    id: int
    slug: str
    details: Details
    deadline: datetime
    organisation_id: int
    organisation: str
    organisation_name: str
    state: str
    reason: str
    event: str
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InterestView:
    """An organisation that wants to apply; for members."""

    organisation_id: int
    slug: str
    name: str
    country: str
    role: str
    brings: str
    contact: str
    since: datetime


async def call_by_slug(slug: str, *, viewer: Actor) -> CallView:
    """The call at that address; raises NotFound where this viewer may not see it."""
    found = await _views((FundingCall.slug == slug) & _seen_by(viewer), limit=1)
    if not found:
        raise NotFound(UNKNOWN)
    return found[0]


async def listed(
    *,
    now: datetime,
    q: str = "",
    country: str = "",
    is_past: bool = False,
    after: str = "",
    limit: int = PAGE,
) -> tuple[list[CallView], str]:
    """Published calls, the next deadline first; past ones the last one first. `country` may apply.

    And the slug to go on after (or nothing); raises NotFound where there is no call of the slug `after`.
    """
    where: Condition = FundingCall.state == "published"
    is_over = FundingCall.deadline_instant <= now
    where = where & (is_over if is_past else FundingCall.deadline_instant > now)
    if country:
        code = country.translate(_MARKS)
        where = where & ((FundingCall.countries == "") | FundingCall.countries.like(f"%,{code},%"))
    for word in markup.sought(q, most=MOST_WORDS):
        where = where & FundingCall.search.like(f"%{markup.plain(word).translate(markup.LIKE)}%")
    if after:
        where = where & await _after(after, is_past=is_past)
    found = await _views(where, limit=limit + 1, is_ascending=not is_past)
    return found[:limit], found[limit - 1].slug if len(found) > limit else ""


async def _after(slug: str, *, is_past: bool) -> Condition:
    at, key = FundingCall.deadline_instant, FundingCall.id
    was_listed = FundingCall.state.is_in(["published", "withdrawn"])  # nobody is told that others are there
    last = await FundingCall.select(key, at).where((FundingCall.slug == slug) & was_listed).first()
    if last is None:
        raise NotFound("The list does not go on there. Begin it anew.")
    deadline = last["deadline_instant"]
    further = at < deadline if is_past else at > deadline
    beyond: Condition = further | ((at == deadline) & (key > last["id"]))
    return beyond


async def waiting_for_confirmation(*, limit: int) -> list[CallView]:
    """What new organisations have posted and the secretariat has not confirmed."""
    return await _views(FundingCall.state == "waiting", limit=limit)


async def returned_to(viewer: Actor, *, limit: int) -> list[CallView]:
    """What was given back to the organisations of this viewer that may bring it again."""
    mine = FundingCall.organisation.is_in(sorted(viewer.acts_for) or [0])
    return await _views(mine & (FundingCall.state == "returned"), limit=limit)


async def number_in(state: str, *, viewer: Actor) -> int:
    """How many are in this state and this viewer may change."""
    return int(await FundingCall.count().where(_own(viewer) & (FundingCall.state == state)))


async def unpublished(viewer: Actor, *, limit: int) -> list[CallView]:
    """What waits or was given back, as far as this viewer may change it."""
    return await _views(_own(viewer) & FundingCall.state.is_in(["waiting", "returned"]), limit=limit)


async def interests_in(call_id: int, *, viewer: Actor) -> list[InterestView]:
    """Who wants to apply, the first one first; who is no member sees the words of their own organisations alone."""
    if not viewer.is_signed_in:
        return []
    shown: Condition = FundingInterest.id > 0
    if not viewer.is_member:
        shown = FundingInterest.organisation.is_in(sorted(viewer.represents) or [0])
    rows = (
        await FundingInterest.select(
            *FundingInterest.all_columns(),
            FundingInterest.organisation.slug.as_alias("slug"),
            FundingInterest.organisation.name.as_alias("name"),
            FundingInterest.organisation.country.as_alias("country"),
        )
        .where((FundingInterest.call == call_id) & FundingInterest.withdrawn_at.is_null() & shown)
        .order_by(FundingInterest.id)
    )
    plain = ("slug", "name", "country", "role", "brings", "contact")
    return [
        InterestView(
            organisation_id=row["organisation"],
            since=row["created_at"],
            **{name: row[name] for name in plain},
        )
        for row in rows
    ]


async def locked(slug: str, actor: Actor) -> tuple[FundingCall, Organisation]:
    """The row, locked until the commit, and its organisation; raises where this actor may not change it."""
    row = await db.for_update(FundingCall.objects().where(FundingCall.slug == slug)).first()
    if row is None:
        raise NotFound(UNKNOWN)
    await call_by_slug(slug, viewer=actor)
    check_manages(actor, row.organisation)
    organisation = await members.organisation_by_id(row.organisation)
    if organisation is None:
        raise NotFound("The organisation of this call is gone.")
    return row, organisation


def details_of(row: Any) -> Details:
    """What is kept of a call: a row of the table, or a dictionary of its columns."""
    given = row if isinstance(row, dict) else row.to_dict()
    names = ("title", "funder", "url", "currency", "deadline_at", "timezone", "summary")
    return Details(
        **{name: given[name] for name in names},
        amount="" if given["amount"] is None else str(given["amount"]),
        countries=tuple(code for code in given["countries"].split(",") if code),
    )


def _seen_by(viewer: Actor) -> Condition:
    return FundingCall.state.is_in(["published", "withdrawn"]) | _own(viewer)


def _own(viewer: Actor) -> Condition:
    if viewer.is_secretariat:
        return FundingCall.id > 0
    return FundingCall.organisation.is_in(sorted(viewer.represents) or [0])


async def _views(where: Condition, *, limit: int, is_ascending: bool = True) -> list[CallView]:
    rows = (
        await FundingCall.select(
            *FundingCall.all_columns(exclude=[FundingCall.search, FundingCall.event]),
            FundingCall.organisation.slug.as_alias("by_slug"),
            FundingCall.organisation.name.as_alias("by_name"),
            FundingCall.event.slug.as_alias("event_slug"),
        )
        .where(where)
        .order_by(FundingCall.deadline_instant, ascending=is_ascending)
        .order_by(FundingCall.id)
        .limit(limit)
    )
    plain = ("id", "slug", "state", "reason", "created_at", "changed_at")
    return [
        CallView(
            details=details_of(row),
            deadline=row["deadline_instant"],
            organisation_id=row["organisation"],
            organisation=row["by_slug"],
            organisation_name=row["by_name"],
            event=row["event_slug"] or "",
            **{name: row[name] for name in plain},
        )
        for row in rows
    ]
