"""JSON: a copy of all that is held about a person or an organisation, and erasing it in two steps."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from summit_service.accounts.actor import Actor, check_signed_in
from summit_service.accounts.tables import Person
from summit_service.own_data import actions, leaving, organisation, person, telling
from summit_service.own_data.rules import Stay, Told

OWN = "Own data"


class StayShown(Struct):
    """One thing that stays, why, and its page; `url` is empty where there is none."""

    what: str
    why: str
    url: str


class ErasureTold(Struct):
    """What is told before erasing. While `forbidden` has a sentence, it is not done. `seen` is what confirms it."""

    goes: list[str]
    stays: list[StayShown]
    first: list[StayShown]
    forbidden: list[str]
    seen: str


class PersonErasure(Struct, forbid_unknown_fields=True):
    """`seen` as it was told, and the person's e-mail address."""

    seen: str
    email: str


class OrganisationErasure(Struct, forbid_unknown_fields=True):
    """`seen` as it was told, and the organisation's name."""

    seen: str
    name: str


@get("/me/data", tags=[OWN], summary="All that is held about you")
async def own_data(actor: NamedDependency[Actor], now: NamedDependency[datetime]) -> dict[str, Any]:
    """A list for each kind of thing, and no secret."""
    return await person.held(await _own(actor), now=now)


@get("/me/erasure", tags=[OWN], summary="What erasing yourself would do")
async def own_told(actor: NamedDependency[Actor]) -> ErasureTold:
    """What goes, what stays and why. Nothing is changed by asking."""
    return _told(await telling.told(await _own(actor)))


@post("/me/erasure", status_code=204, tags=[OWN], summary="Erase yourself")
async def erase_own(
    data: JSONBody[PersonErasure], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> None:
    """For good; the token that asked is dead with it. 409 where what stays is not what was told."""
    found = await _own(actor)
    await actions.erase_person(found.id, seen=data.seen, email=data.email, actor=actor, now=now)


@get("/people/{person_id:int}/data", tags=[OWN], summary="All that is held about a person")
async def person_data(
    person_id: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> dict[str, Any]:
    """For the secretariat, when somebody asks in another way than by the service."""
    return await person.held(await actions.person_of(person_id, actor=actor), now=now)


@get("/people/{person_id:int}/erasure", tags=[OWN], summary="What erasing a person would do")
async def person_told(person_id: FromPath[int], actor: NamedDependency[Actor]) -> ErasureTold:
    """What goes, what stays and why. For the secretariat."""
    return _told(await telling.told(await actions.person_of(person_id, actor=actor)))


@post("/people/{person_id:int}/erasure", status_code=204, tags=[OWN], summary="Erase a person")
async def erase_person(
    person_id: FromPath[int],
    data: JSONBody[PersonErasure],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> None:
    """At their wish and for good. For the secretariat."""
    await actions.erase_person(person_id, seen=data.seen, email=data.email, actor=actor, now=now)


@get("/organisations/{slug:str}/data", tags=[OWN], summary="All that is held about an organisation")
async def organisation_data(
    slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> dict[str, Any]:
    """For its main contact and the secretariat."""
    return await organisation.held(await organisation.organisation_of(slug, actor=actor), now=now)


@get("/organisations/{slug:str}/erasure", tags=[OWN], summary="What erasing an organisation would do")
async def organisation_told(
    slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> ErasureTold:
    """What goes, what stays and why. For its main contact and the secretariat."""
    return _told(await leaving.told(await organisation.organisation_of(slug, actor=actor), now=now))


@post("/organisations/{slug:str}/erasure", status_code=204, tags=[OWN], summary="Erase an organisation")
async def erase_organisation(
    slug: FromPath[str],
    data: JSONBody[OrganisationErasure],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> None:
    """Make it a former member without data. For its main contact and the secretariat."""
    await leaving.erase_organisation(slug, seen=data.seen, name=data.name, actor=actor, now=now)


async def _own(actor: Actor) -> Person:
    check_signed_in(actor)
    return await actions.person_of(actor.person_id or 0, actor=actor)


def _told(found: Told) -> ErasureTold:
    return ErasureTold(
        goes=list(found.goes),
        stays=[_stay(one) for one in found.stays],
        first=[_stay(one) for one in found.first],
        forbidden=list(found.forbidden),
        seen=found.digest,
    )


def _stay(one: Stay) -> StayShown:
    return StayShown(one.what, one.why, one.url)


ROUTES: list[Any] = [
    own_data,
    own_told,
    erase_own,
    person_data,
    person_told,
    erase_person,
    organisation_data,
    organisation_told,
    erase_organisation,
]
