"""JSON: the doors of a summit and who has come, for the secretariat; letting people in, for who has a door's link."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.openapi.spec import OpenAPIType, Schema
from litestar.params import FromPath, JSONBody

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.doors import actions, queries, rules, scans
from summit_service.doors.queries import Comer, Seen
from summit_service.doors.scans import Refused, Scan
from summit_service.doors.tables import Door
from summit_service.summits.queries import ends_instant
from summit_service.summits.tables import Edition

TAGS = ["The door"]


class DoorBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What helpers call it."""

    name: str


class DoorOut(msgspec.Struct, kw_only=True):
    """A door; its links work until `expires_at`, or until it is closed."""

    id: int
    name: str
    is_open: bool
    expires_at: datetime


class DoorList(msgspec.Struct, kw_only=True):
    """Every door of a summit, in the order they were made."""

    items: list[DoorOut]
    next: str | None = None


class ComerOut(msgspec.Struct, kw_only=True):
    """Somebody who has come: the first time counts, and `seen_again` says how often there was another."""

    number: int
    name: str
    organisation: str
    attendance: str
    at: datetime
    door: str
    seen_again: int


class ComerList(msgspec.Struct, kw_only=True):
    """Who has come, in the order of their arrival; there is one page."""

    items: list[ComerOut]
    next: str | None = None


class ListedOut(msgspec.Struct, kw_only=True):
    """Somebody whom a door may meet. `ticket` is the first half of SHA-256 of the ticket's text, in hex, so that a
    device knows it again without a network and nobody can make one."""

    number: int
    name: str
    organisation: str
    ticket: str
    state: str
    attendance: str
    at: datetime | None
    door: str


class DoorListOut(msgspec.Struct, kw_only=True):
    """What a device keeps for when the network is gone: no address, no need, no answer."""

    door: str
    summit: str
    timezone: str
    expires_at: datetime
    people: list[ListedOut]


ONE_SCAN = Schema(
    type=OpenAPIType.OBJECT,
    description="Somebody was let in (`undo`: that was a mistake), by ticket or number. `id` is a mark that the device "
    "gave it. `at` is a moment (RFC 3339) by the device’s clock; what is none counts as `sent_at`.",
    properties={
        "id": Schema(type=OpenAPIType.STRING, pattern="^[A-Za-z0-9-]{8,64}$"),
        "at": Schema(type=OpenAPIType.STRING, examples=["2028-09-11T08:31:07Z"]),
        "ticket": Schema(type=OpenAPIType.STRING),
        "number": Schema(type=[OpenAPIType.INTEGER, OpenAPIType.NULL]),
        "undo": Schema(type=OpenAPIType.BOOLEAN),
    },
    required=["id", "at"],
)


class ScansBody(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What a device saw, at most 200 lines; `sent_at` is what its clock says now, by which the times are put right.

    A line that cannot be taken is answered with `refused` and its reason, and holds up no other: keep it.
    """

    sent_at: Annotated[str, msgspec.Meta(examples=["2028-09-11T08:31:07Z"])]
    scans: Annotated[list[Any], msgspec.Meta(extra_json_schema={"extra": {"items": ONE_SCAN}})]


class SeenOut(msgspec.Struct, kw_only=True):
    """What became of one scan, of which registration, and where and when it was seen first. `kind` is welcome, already,
    back, expected, cancelled, waiting, elsewhere, unknown, undone or refused; then `reason` says why nothing was
    written, and `id` is empty where the line had none that can be read."""

    id: str
    kind: str
    number: int | None
    at: datetime | None
    door: str
    reason: str = ""


class SeenList(msgspec.Struct, kw_only=True):
    """An answer for each scan, in their order. Names are in the list, not here."""

    items: list[SeenOut]
    next: str | None = None


@get("/summits/{year:int}/doors", tags=TAGS, summary="The doors of a summit")
async def list_doors(
    year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> DoorList:
    """Those that are open and those that are closed. Secretariat."""
    check_secretariat(actor)
    edition = await queries.edition_of(year)
    return DoorList(items=[_door(row, edition, now) for row in await queries.doors_of(edition.id)])


@post("/summits/{year:int}/doors", status_code=201, tags=TAGS, summary="Make a door")
async def make_door(
    year: FromPath[int],
    data: JSONBody[DoorBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> DoorOut:
    """Links for helpers are shown at the desk alone: an answer that is kept for a repeat may hold none. Secretariat."""
    door, _ = await actions.make_door(year, data.name, actor=actor, now=now)
    return _door(door, await queries.edition_of(year), now)


@post("/summits/{year:int}/doors/{door_id:int}/closure", status_code=200, tags=TAGS, summary="Close a door")
async def close_door(
    year: FromPath[int],
    door_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> DoorOut:
    """Its links open nothing any more; who came in by it stays. Secretariat."""
    await actions.close_door(year, door_id, actor=actor, now=now)
    return _door(*await queries.door_at(year, door_id), now)


@get("/summits/{year:int}/doors/{door_id:int}/list", tags=TAGS, summary="Whom a door may meet")
async def show_list(
    year: FromPath[int],
    door_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> DoorListOut:
    """The list that a device keeps for when the network is gone. Secretariat."""
    check_secretariat(actor)
    return await _list(*await queries.door_at(year, door_id), now=now)


@post("/summits/{year:int}/doors/{door_id:int}/arrivals", status_code=200, tags=TAGS, summary="Let people in")
async def let_in(
    year: FromPath[int],
    door_id: FromPath[int],
    data: JSONBody[ScansBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> SeenList:
    """Told twice it is written once, and of all arrivals of one person the first by its time counts. Secretariat."""
    sent_at, lines = _told(data, now)
    seen = await actions.record_for(year, door_id, lines, sent_at=sent_at, actor=actor, now=now)
    return _seen(lines, seen)


@get("/summits/{year:int}/arrivals", tags=TAGS, summary="Who has come")
async def list_arrivals(
    year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> ComerList:
    """Each person once. Secretariat."""
    check_secretariat(actor)
    edition = await queries.edition_of(year)
    return ComerList(items=[_comer(one) for one in await queries.comers(edition, now=now)])


@get("/doors/{token:str}/list", tags=TAGS, summary="Whom the door of a link may meet")
async def show_list_by_link(token: FromPath[str], now: NamedDependency[datetime]) -> DoorListOut:
    """The list of the door whose link this is; `token` is the last part of the link."""
    opened = await queries.opened(token, now=now)
    return await _list(opened.door, opened.edition, now=now)


@post("/doors/{token:str}/arrivals", status_code=200, tags=TAGS, summary="Let people in by a link")
async def let_in_by_link(
    token: FromPath[str], data: JSONBody[ScansBody], now: NamedDependency[datetime]
) -> SeenList:
    """What a device saw, now or while the network was gone; three days longer than the door is open."""
    sent_at, lines = _told(data, now)
    return _seen(lines, await actions.record(token, lines, sent_at=sent_at, now=now))


async def _list(door: Door, edition: Edition, *, now: datetime) -> DoorListOut:
    return msgspec.convert(await queries.door_list(door, edition, now=now), DoorListOut)


def _door(row: Door, edition: Edition, now: datetime) -> DoorOut:
    is_open = queries.is_open(row, edition, now=now)
    return DoorOut(id=row.id, name=row.name, is_open=is_open, expires_at=ends_instant(edition))


def _comer(one: Comer) -> ComerOut:
    row = one.standing.registration
    return ComerOut(
        number=row.id,
        name=row.name,
        organisation=row.organisation,
        attendance=one.attendance,
        at=one.first.at,
        door=one.first.door,
        seen_again=one.repeats,
    )


def _told(data: ScansBody, now: datetime) -> tuple[datetime, list[Scan | Refused]]:
    """What the device's clock said when it sent, and what it saw."""
    sent_at = rules.read_moment(data.sent_at, otherwise=now)
    return sent_at, scans.read(data.scans, sent_at=sent_at)


def _seen(lines: list[Scan | Refused], seen: list[Seen]) -> SeenList:
    return SeenList(
        items=[
            SeenOut(
                id=line.identifier,
                kind=one.kind,
                number=one.registration_id,
                at=one.at,
                door=one.door,
                reason=one.reason,
            )
            for line, one in zip(lines, seen, strict=True)
        ]
    )


ROUTES: list[Any] = [
    list_doors, make_door, close_door, show_list, let_in, list_arrivals, show_list_by_link, let_in_by_link,
]  # fmt: skip
