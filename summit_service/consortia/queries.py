"""Reads of consortia: one as who is in it sees it, one's own, its outline, its history, whom to write to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from piccolo.columns.combination import And, Or, Where, WhereRaw

from summit_service import db
from summit_service.accounts.actor import Actor, check_signed_in
from summit_service.accounts.tables import Person
from summit_service.consortia import rules
from summit_service.consortia.tables import Consortium, ConsortiumChange, ConsortiumMember, ConsortiumOutline
from summit_service.errors import NotFound
from summit_service.funding.tables import FundingCall
from summit_service.members.tables import Role

Condition = Where | WhereRaw | And | Or
UNKNOWN = "There is no such consortium, or you are not in it."
MOST, PAGE = 200, 50


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberView:
    """An organisation in a consortium, invited to it, or out of it again."""

    organisation_id: int
    slug: str
    name: str
    country: str
    state: str
    words: str
    reason: str
    invited_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """A consortium in a list. `deadline` is that of its call, in the call's zone."""

    id: int
    title: str
    state: str
    lead_id: int
    lead: str
    lead_name: str
    call_id: int
    call: str
    call_title: str
    call_state: str
    deadline: datetime
    timezone: str
    amount: str
    currency: str
    public_line: str
    created_at: datetime
    outcome_at: datetime | None
    erased_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A consortium as this viewer sees it; `is_in` is false for who is only invited."""

    brief: Brief
    members: tuple[MemberView, ...]
    is_in: bool

    def with_state(self, *states: str) -> list[MemberView]:
        """Those of its organisations that are in these states, the lead first."""
        found = [one for one in self.members if one.state in states]
        return sorted(found, key=lambda one: one.organisation_id != self.brief.lead_id)

    def invited_as_seen(self, represents: Collection[int]) -> list[MemberView]:
        """Who is invited: for who is only invited themselves, no other."""
        found = self.with_state("invited")
        return [one for one in found if self.is_in or one.organisation_id in represents]

    def current(self, organisation_id: int) -> MemberView | None:
        """The organisation's invitation or place; None where it has neither."""
        open_ones = self.with_state(*rules.OPEN_STATES)
        return next((one for one in open_ones if one.organisation_id == organisation_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """A version of the outline in a list; `by` is empty where nobody is known."""

    n: int
    note: str
    by: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Version(VersionLine):
    """A version of the outline with its text."""

    markdown: str
    canonical: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """One thing that was done."""

    at: datetime
    kind: str
    by: str
    organisation: str
    text: str


async def consortium(consortium_id: int, *, viewer: Actor) -> View:
    """The one of that number; raises NotSignedIn, NotFound for all but those in it or invited, and the secretariat."""
    check_signed_in(viewer)
    found = await _briefs(Consortium.id == consortium_id, limit=1)
    members = await members_of(consortium_id) if found else []
    mine = {one.state for one in members if one.organisation_id in viewer.represents}
    is_in = viewer.is_secretariat or "in" in mine
    if not found or (not is_in and "invited" not in mine):
        raise NotFound(UNKNOWN)
    return View(brief=found[0], members=tuple(members), is_in=is_in)


async def inside(consortium_id: int, *, viewer: Actor) -> View:
    """As `consortium`, for those in it alone: who is only invited gets NotFound too."""
    found = await consortium(consortium_id, viewer=viewer)
    if not found.is_in:
        raise NotFound(UNKNOWN)
    return found


async def seen_by(viewer: Actor, *, call_id: int | None = None, limit: int = MOST) -> list[Brief]:
    """Those that this viewer may open, the newest first: their own and those they are invited to; all for the desk."""
    where: Condition = Consortium.id > 0 if call_id is None else Consortium.call == call_id
    if not viewer.is_secretariat:
        ids = await ids_of(viewer.represents, *rules.OPEN_STATES)
        if not ids:
            return []
        where = where & Consortium.id.is_in(ids)
    return await _briefs(where, limit=limit)


async def of_organisation(organisation_id: int, *, limit: int) -> list[Brief]:
    """Those that an organisation is in or invited to, the newest first; for the desk."""
    ids = await ids_of({organisation_id}, *rules.OPEN_STATES)
    return await _briefs(Consortium.id.is_in(ids), limit=limit) if ids else []


async def ids_of(organisation_ids: Collection[int], *states: str) -> list[int]:
    """The consortia in which any of these organisations has one of these states."""
    if not organisation_ids:
        return []
    where = ConsortiumMember.organisation.is_in(sorted(organisation_ids)) & ConsortiumMember.state.is_in(
        list(states)
    )
    rows = await ConsortiumMember.select(ConsortiumMember.consortium).where(where)
    return sorted({row["consortium"] for row in rows})


async def public_lines(call_id: int) -> list[str]:
    """What consortia of a call decided to tell everybody, the first one first."""
    where = (Consortium.call == call_id) & (Consortium.public_line != "") & (Consortium.state != "forming")
    rows = await Consortium.select(Consortium.public_line).where(where).order_by(Consortium.id).limit(MOST)
    return [row["public_line"] for row in rows]


async def members_of(consortium_id: int) -> list[MemberView]:
    """Everybody who was ever invited, the first one first."""
    rows = (
        await ConsortiumMember.select(
            *ConsortiumMember.all_columns(),
            ConsortiumMember.organisation.slug.as_alias("slug"),
            ConsortiumMember.organisation.name.as_alias("name"),
            ConsortiumMember.organisation.country.as_alias("country"),
        )
        .where(ConsortiumMember.consortium == consortium_id)
        .order_by(ConsortiumMember.id)
    )
    plain = ("slug", "name", "country", "state", "words", "reason", "invited_at", "answered_at")
    return [
        MemberView(organisation_id=row["organisation"], **{name: row[name] for name in plain}) for row in rows
    ]


async def versions_of(
    consortium_id: int, *, before: int = 0, limit: int = PAGE
) -> tuple[list[VersionLine], int]:
    """The outline's versions without their texts, the newest first, of those before that number where it is given; and
    before which the next ones are, 0 where there are none.
    """
    where = ConsortiumOutline.consortium == consortium_id
    rows = (
        await ConsortiumOutline.select(*_LINE)
        .where(where & (ConsortiumOutline.n < before) if before else where)
        .order_by(ConsortiumOutline.n, ascending=False)
        .limit(limit + 1)
    )
    found = [VersionLine(**row | {"by": row["by"] or ""}) for row in rows[:limit]]
    return found, found[-1].n if len(rows) > limit else 0


async def newest_of(consortium_id: int) -> Version | None:
    """The newest version of the outline; None where nobody has written anything."""
    return await _version(ConsortiumOutline.consortium == consortium_id)


async def version_of(consortium_id: int, n: int) -> Version:
    """The version of that number; raises NotFound."""
    found = await _version((ConsortiumOutline.consortium == consortium_id) & (ConsortiumOutline.n == n))
    if found is None:
        raise NotFound("There is no such version.")
    return found


async def _version(where: Condition) -> Version | None:
    row = (
        await ConsortiumOutline.select(*_LINE, ConsortiumOutline.markdown, ConsortiumOutline.canonical)
        .where(where)
        .order_by(ConsortiumOutline.n, ascending=False)
        .first()
    )
    return Version(**row | {"by": row["by"] or ""}) if row else None


_LINE = (
    *(ConsortiumOutline.n, ConsortiumOutline.note, ConsortiumOutline.created_at),
    ConsortiumOutline.person.name.as_alias("by"),
)


async def history_of(consortium_id: int) -> list[ChangeView]:
    """What was done, the newest first."""
    rows = (
        await ConsortiumChange.select(
            *ConsortiumChange.all_columns(),
            ConsortiumChange.person.name.as_alias("by"),
            ConsortiumChange.organisation.name.as_alias("of"),
        )
        .where(ConsortiumChange.consortium == consortium_id)
        .order_by(ConsortiumChange.id, ascending=False)
        .limit(MOST)
    )
    return [
        ChangeView(
            at=row["at"],
            kind=row["kind"],
            by=row["by"] or "",
            organisation=row["of"] or "",
            text=row["text"],
        )
        for row in rows
    ]


async def representatives_of(organisation_ids: Collection[int]) -> list[Person]:
    """Who represents any of these organisations now, each once."""
    if not organisation_ids:
        return []
    live = Role.ended_at.is_null() & Role.is_proposed.eq(False) & (Role.kind == "representative")
    rows = await Role.select(Role.person).where(live & Role.organisation.is_in(sorted(organisation_ids)))
    ids = sorted({row["person"] for row in rows})
    found = Person.objects().where(Person.id.is_in(ids or [0]) & Person.ended_at.is_null())
    return [person for person in await found.order_by(Person.id) if person.email]


async def locked(consortium_id: int) -> Consortium:
    """The row, locked until the commit; who may write is asked by the actions."""
    row = await db.for_update(Consortium.objects().where(Consortium.id == consortium_id)).first()
    if row is None:
        raise NotFound(UNKNOWN)
    return row


async def place_of(consortium_id: int, organisation_id: int) -> ConsortiumMember | None:
    """The organisation's invitation or place that is not over."""
    return (
        await ConsortiumMember.objects()
        .where(
            (ConsortiumMember.consortium == consortium_id)
            & (ConsortiumMember.organisation == organisation_id)
            & ConsortiumMember.ended_at.is_null()
        )
        .first()
    )


async def organisations_in(consortium_ids: Sequence[int], *states: str) -> dict[int, list[int]]:
    """By consortium, the ids of its organisations in these states."""
    found: dict[int, list[int]] = {one: [] for one in consortium_ids}
    where = ConsortiumMember.consortium.is_in(list(consortium_ids) or [0]) & ConsortiumMember.state.is_in(
        list(states)
    )
    for row in await ConsortiumMember.select(
        ConsortiumMember.consortium, ConsortiumMember.organisation
    ).where(where):
        found[row["consortium"]].append(row["organisation"])
    return found


async def forming(where: Condition | None = None) -> list[Brief]:
    """Those that are being prepared for a call that is published, the next deadline first."""
    both = (Consortium.state == "forming") & (Consortium.call.state == "published")
    return await _briefs(both if where is None else both & where, limit=None, by_deadline=True)


async def brief_of(consortium_id: int) -> Brief:
    """Without asking who looks; raises NotFound."""
    found = await _briefs(Consortium.id == consortium_id, limit=1)
    if not found:
        raise NotFound(UNKNOWN)
    return found[0]


async def reason_of(call_id: int) -> str:
    """Why a call was withdrawn."""
    row = await FundingCall.select(FundingCall.reason).where(FundingCall.id == call_id).first()
    return row["reason"] if row else ""


async def invitations_to(viewer: Actor, *, now: datetime, limit: int) -> list[tuple[Brief, str]]:
    """What this viewer's organisations are invited to and have not answered, with the organisation's name."""
    invited = (ConsortiumMember.state == "invited") & ConsortiumMember.organisation.is_in(
        sorted(viewer.represents) or [0]
    )
    rows = await ConsortiumMember.select(
        ConsortiumMember.consortium, ConsortiumMember.organisation.name.as_alias("name")
    ).where(invited)
    ids = [row["consortium"] for row in rows]
    waiting = Consortium.id.is_in(ids or [0]) & (Consortium.call.deadline_instant > now)
    found = {one.id: one for one in await forming(waiting)}
    return [(found[row["consortium"]], row["name"]) for row in rows if row["consortium"] in found][:limit]


async def _briefs(where: Condition, *, limit: int | None, by_deadline: bool = False) -> list[Brief]:
    query = Consortium.select(
        *Consortium.all_columns(),
        Consortium.lead.slug.as_alias("lead_slug"),
        Consortium.lead.name.as_alias("lead_name"),
        Consortium.call.slug.as_alias("call_slug"),
        Consortium.call.title.as_alias("call_title"),
        Consortium.call.state.as_alias("call_state"),
        Consortium.call.deadline_instant.as_alias("deadline"),
        Consortium.call.timezone.as_alias("timezone"),
    ).where(where)
    if by_deadline:
        query = query.order_by(Consortium.call.deadline_instant)
    query = query.order_by(Consortium.id, ascending=by_deadline)
    rows: list[dict[str, Any]] = await (query if limit is None else query.limit(limit))
    plain = (
        *("id", "title", "state", "lead_name", "call_title", "call_state", "deadline", "timezone"),
        *("currency", "public_line", "created_at", "outcome_at", "erased_at"),
    )
    return [
        Brief(
            lead_id=row["lead"],
            lead=row["lead_slug"],
            call_id=row["call"],
            call=row["call_slug"],
            amount="" if row["amount"] is None else str(row["amount"]),
            **{name: row[name] for name in plain},
        )
        for row in rows
    ]
