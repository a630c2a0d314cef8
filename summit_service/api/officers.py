"""JSON: officers of the network and their terms."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from summit_service.accounts.actor import Actor
from summit_service.officers import actions, queries, rules
from summit_service.officers.queries import Term
from summit_service.officers.rules import Details


class OfficerBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A term. Days as `2027-03-04`; `ends_on` is the last day, empty where no end is set.

    `person` is the address of somebody whom the network knows, never published; `organisation` a slug.
    """

    office: str
    name: str
    starts_on: str
    ends_on: str = ""
    person: str = ""
    organisation: str = ""


class OfficerChange(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The fields to correct; others stay. With `seen`, as it was read, a term that is another by now answers 409."""

    office: str | msgspec.UnsetType = msgspec.UNSET
    name: str | msgspec.UnsetType = msgspec.UNSET
    starts_on: str | msgspec.UnsetType = msgspec.UNSET
    ends_on: str | msgspec.UnsetType = msgspec.UNSET
    person: str | msgspec.UnsetType = msgspec.UNSET
    organisation: str | msgspec.UnsetType = msgspec.UNSET
    seen: str | None = None


class OfficerEnd(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The last day of a term; `seen` as for a correction."""

    ends_on: str
    seen: str | None = None


class OfficerOut(msgspec.Struct, kw_only=True):
    """A term; `phase` is current, coming or past. `name` is null where it was erased.

    `person` and `seen`, the mark of the term as it stands, are shown to the secretariat alone.
    """

    id: int
    office: str
    name: str | None
    organisation: str | None
    starts_on: date
    ends_on: date | None
    phase: str
    person: str | msgspec.UnsetType | None = msgspec.UNSET
    seen: str | msgspec.UnsetType = msgspec.UNSET


class OfficerList(msgspec.Struct, kw_only=True):
    """Every term: the current ones, the coming, the past with the last ended first."""

    items: list[OfficerOut]
    next: str | None = None


@get("/officers", tags=["Officers"], summary="Who holds and held which office")
async def list_officers(actor: NamedDependency[Actor], now: NamedDependency[datetime]) -> OfficerList:
    """Who holds and held which office of the network. Public."""
    found = rules.by_phase(await queries.all_terms(), queries.today(now))
    return OfficerList(items=[_out(one, actor, now) for phase in rules.PHASES for one in found[phase]])


@get("/officers/{officer_id:int}", tags=["Officers"], summary="One term")
async def show_officer(
    officer_id: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> OfficerOut:
    """One term of an officer. Public."""
    return _out(await queries.term(officer_id), actor, now)


@post("/officers", tags=["Officers"], summary="Name an officer")
async def name_officer(
    data: JSONBody[OfficerBody], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[OfficerOut]:
    """Name an officer. For the secretariat."""
    made = await actions.name(Details(**msgspec.structs.asdict(data)), actor=actor, now=now)
    headers = {"Location": f"/api/v1/officers/{made.id}"}
    return Response(_out(made, actor, now), status_code=201, headers=headers)


@patch("/officers/{officer_id:int}", tags=["Officers"], summary="Correct a term")
async def change_officer(
    officer_id: FromPath[int],
    data: JSONBody[OfficerChange],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> OfficerOut:
    """Correct what is said of a term. For the secretariat."""
    changes = {
        name: value
        for name, value in msgspec.structs.asdict(data).items()
        if value is not msgspec.UNSET and name != "seen"
    }
    return _out(await actions.change(officer_id, changes, seen=data.seen, actor=actor, now=now), actor, now)


@post("/officers/{officer_id:int}/end", status_code=201, tags=["Officers"], summary="End a term")
async def end_officer(
    officer_id: FromPath[int],
    data: JSONBody[OfficerEnd],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> OfficerOut:
    """Set the last day of a term. For the secretariat."""
    return _out(await actions.end(officer_id, data.ends_on, seen=data.seen, actor=actor, now=now), actor, now)


@post("/officers/{officer_id:int}/erasure", status_code=201, tags=["Officers"], summary="Erase a name")
async def erase_officer(
    officer_id: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> OfficerOut:
    """Erase who it was, at their wish; office and days stay. For the secretariat."""
    return _out(await actions.erase_name(officer_id, actor=actor, now=now), actor, now)


@post("/officers/{officer_id:int}/removal", status_code=204, tags=["Officers"], summary="Take an entry out")
async def remove_officer(
    officer_id: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> None:
    """Take out an entry that was a mistake. For the secretariat."""
    await actions.remove(officer_id, actor=actor, now=now)


def _out(found: Term, actor: Actor, now: datetime) -> OfficerOut:
    return OfficerOut(
        id=found.id,
        office=found.office,
        name=found.name or None,
        organisation=found.organisation or None,
        starts_on=found.starts_on,
        ends_on=found.ends_on,
        phase=rules.phase(found, queries.today(now)),
        person=(found.email or None) if actor.is_secretariat else msgspec.UNSET,
        seen=found.mark if actor.is_secretariat else msgspec.UNSET,
    )


ROUTES: list[Any] = [
    list_officers,
    show_officer,
    name_officer,
    change_officer,
    end_officer,
    erase_officer,
    remove_officer,
]
