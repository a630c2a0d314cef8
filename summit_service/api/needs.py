"""JSON: what delegates need: numbers for the secretariat, lists for those alone who were named."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from summit_service.accounts.actor import Actor
from summit_service.registrations import actions, needs, rules
from summit_service.registrations.needs import NeedList
from summit_service.registrations.queries import Standing

TAGS = ["Access and food"]


class CountOut(msgspec.Struct, kw_only=True):
    """How many have told something of one kind (`access_needs`, `dietary`), without what."""

    kind: str
    in_person: int
    online: int


class NeedPerson(msgspec.Struct, kw_only=True):
    """Who told it, how they attend, and whether the place is confirmed."""

    name: str
    organisation: str
    attendance: str
    state: str


class NeedOut(msgspec.Struct, kw_only=True):
    """One need in the words of the first who told it."""

    words: str
    people: list[NeedPerson]


class NeedListOut(msgspec.Struct, kw_only=True):
    """The needs of one kind, the most frequent first; `purpose` is what they may be used for until `erased_on`."""

    kind: str
    purpose: str
    erased_on: date
    needs: list[NeedOut]


class ArrangerOut(msgspec.Struct, kw_only=True):
    """Somebody who sees who needs what."""

    id: int
    name: str
    email: str


class NeedsOut(msgspec.Struct, kw_only=True):
    """`lists` is empty for who was not named; `is_named` says which it is."""

    counts: list[CountOut]
    is_named: bool
    lists: list[NeedListOut]
    arrangers: list[ArrangerOut]


class ArrangerBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The address of somebody whom the network knows."""

    email: str


@get("/summits/{year:int}/needs", tags=TAGS, summary="What delegates need")
async def show_needs(
    year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> NeedsOut:
    """Numbers for the secretariat; who needs what for those alone who were named to arrange it."""
    edition, is_named = await needs.counted_edition(year, actor=actor)
    found = await needs.coming(edition, now=now)
    return NeedsOut(
        counts=[
            CountOut(
                kind=field.column,
                in_person=count.by_attendance[rules.IN_PERSON],
                online=count.by_attendance[rules.ONLINE],
            )
            for field, count in zip(needs.FIELDS, needs.counts(found), strict=True)
        ],
        is_named=is_named,
        lists=[_list(one) for one in needs.lists(edition, found)] if is_named else [],
        arrangers=await _arrangers(edition.id),
    )


@post("/summits/{year:int}/needs/people", status_code=201, tags=TAGS, summary="Name who arranges it")
async def name_arranger(
    year: FromPath[int],
    data: JSONBody[ArrangerBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> ArrangerOut:
    """From now on they see who needs what. Named twice is named once. Secretariat."""
    person = await actions.name_arranger(year, data.email, actor=actor, now=now)
    return ArrangerOut(id=person.id, name=person.name, email=person.email)


@delete("/summits/{year:int}/needs/people/{person:int}", tags=TAGS, summary="Take it back")
async def end_arranger(
    year: FromPath[int],
    person: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> None:
    """They see it no more; twice changes nothing. Secretariat."""
    await actions.end_arranger(year, person, actor=actor, now=now)


async def _arrangers(edition_id: int) -> list[ArrangerOut]:
    return [
        ArrangerOut(id=person.id, name=person.name, email=person.email)
        for person in await needs.arrangers_of(edition_id)
    ]


def _list(one: NeedList) -> NeedListOut:
    return NeedListOut(
        kind=one.field.column,
        purpose=one.field.purpose,
        erased_on=one.erased_on,
        needs=[
            NeedOut(words=need.words, people=[_person(standing) for standing in need.people])
            for need in one.needs
        ],
    )


def _person(standing: Standing) -> NeedPerson:
    row = standing.registration
    return NeedPerson(
        name=row.name,
        organisation=row.organisation,
        attendance=standing.attendance,
        state=standing.state,
    )


ROUTES: list[Any] = [show_needs, name_arranger, end_arranger]
