"""JSON: calendars that organisations follow, what of them waits for a look, and answering it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from summit_service import settings
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.api import rates
from summit_service.api.event_bodies import Text
from summit_service.api.event_import import MOST_KEYS, EntryOut, entry_out
from summit_service.errors import NotFound
from summit_service.events.actions import Done
from summit_service.events.incoming import FAULTY
from summit_service.following import actions, queries, rules
from summit_service.following.actions import Decisions
from summit_service.following.board import board_of
from summit_service.following.queries import Followed

AnyRequest = Request[Any, Any, Any]


class FollowBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A calendar to follow: https:// or webcal://. With `takes_new` new entries are posted at once, else they wait."""

    address: Text
    takes_new: bool = False


class FollowChange(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Whether new entries are posted at once; it counts from the next fetch on, which comes soon."""

    takes_new: bool


class Ticked(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """An entry as it was shown: its key, and the fingerprint of what would be done with it."""

    key: Text
    fingerprint: Text


Ticks = Annotated[tuple[Ticked, ...], msgspec.Meta(max_length=MOST_KEYS)]
Keys = Annotated[tuple[Text, ...], msgspec.Meta(max_length=MOST_KEYS)]


class DecisionsBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Entries to take or to leave; events that have vanished from the calendar to cancel or to keep. Each key once."""

    take: Ticks = ()
    leave: Ticks = ()
    cancel: Keys = ()
    keep: Keys = ()


class FollowedOut(msgspec.Struct, kw_only=True):
    """A followed calendar. Of its address the host alone is told; times are instants in UTC.

    `failures` is how many fetches failed in a row, `result` what the last one came to, `waiting` how much there is
    to look at; `paused` is former or nobody where it is not fetched for now, else empty.
    """

    id: int
    organisation: str
    host: str
    takes_new: bool
    fetched_at: datetime | None
    succeeded_at: datetime | None
    next_at: datetime
    failures: int
    result: str
    waiting: int
    paused: str
    page: str


class FollowedList(msgspec.Struct, kw_only=True):
    """Followed calendars, what waits and what fails first; all of them."""

    items: list[FollowedOut]
    next: str | None = None


class DeskFollowedOut(FollowedOut, kw_only=True):
    """A followed calendar as the secretariat sees it: with why a fetch failed, where `result` says less."""

    detail: str


class DeskFollowedList(msgspec.Struct, kw_only=True):
    """Every followed calendar, what waits and what fails first."""

    items: list[DeskFollowedOut]
    next: str | None = None


class AskedOut(EntryOut, kw_only=True):
    """An entry that waits for a look; its `fingerprint` goes with the answer."""

    fingerprint: str


class VanishedOut(msgspec.Struct, kw_only=True):
    """An event to come that its calendar has no more; `starts` is an instant in UTC."""

    key: str
    slug: str
    title: str
    starts: datetime
    timezone: str


class BoardOut(msgspec.Struct, kw_only=True):
    """A followed calendar with what waits: entries to take or leave, events that vanished, entries that are faulty."""

    calendar: FollowedOut
    asked: list[AskedOut]
    vanished: list[VanishedOut]
    faulty: list[EntryOut]


class DecidedOut(BoardOut, kw_only=True):
    """What was done, by keys, and what waits now. `overtaken` differs by now from what was shown: look again."""

    added: list[str]
    changed: list[str]
    overtaken: list[str]


@get("/followed-calendars", tags=["Followed calendars"], summary="Every calendar that is followed")
async def all_calendars(actor: NamedDependency[Actor]) -> DeskFollowedList:
    """Every calendar that is followed, for the secretariat: last fetch, result, next fetch, what waits."""
    check_secretariat(actor)
    found = await queries.followed()
    return DeskFollowedList(items=[DeskFollowedOut(**_values(one), detail=one.detail) for one in found])


@get(
    "/organisations/{slug:str}/calendars",
    tags=["Followed calendars"],
    summary="Which calendars an organisation follows",
)
async def calendars(slug: FromPath[str], actor: NamedDependency[Actor]) -> FollowedList:
    """What an organisation follows, for its representatives and the secretariat."""
    host = await actions.managed(slug, actor)
    return FollowedList(items=[_out(one) for one in await queries.followed([host.id])])


@post("/organisations/{slug:str}/calendars", tags=["Followed calendars"], summary="Follow a calendar")
async def follow(
    request: AnyRequest,
    slug: FromPath[str],
    data: JSONBody[FollowBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[FollowedOut]:
    """Follow a calendar. It is fetched within a minute or two; its address is kept encrypted and never told again."""
    rates.check(request, "calendar_file")
    made = await actions.follow(slug, data.address, takes_new=data.takes_new, actor=actor, now=now)
    where = f"/api/v1/organisations/{slug}/calendars/{made.id}"
    return Response(_out(await _followed(slug, made.id, actor)), status_code=201, headers={"Location": where})


@get(
    "/organisations/{slug:str}/calendars/{calendar_id:int}",
    tags=["Followed calendars"],
    summary="What waits of one followed calendar",
)
async def calendar(
    request: AnyRequest,
    slug: FromPath[str],
    calendar_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> BoardOut:
    """What waits of one calendar, as it came last; nothing waits before the first fetch."""
    rates.check(request, "calendar_look")
    return BoardOut(**await _board(slug, calendar_id, actor, now))


@patch(
    "/organisations/{slug:str}/calendars/{calendar_id:int}",
    tags=["Followed calendars"],
    summary="New entries at once, or after a look",
)
async def choose(
    request: AnyRequest,
    slug: FromPath[str],
    calendar_id: FromPath[int],
    data: JSONBody[FollowChange],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> FollowedOut:
    """New entries at once, or after a look; the calendar is fetched again soon."""
    rates.check(request, "calendar_file")
    await actions.choose(slug, calendar_id, takes_new=data.takes_new, actor=actor, now=now)
    return _out(await _followed(slug, calendar_id, actor))


@delete(
    "/organisations/{slug:str}/calendars/{calendar_id:int}",
    tags=["Followed calendars"],
    summary="Follow a calendar no longer",
)
async def stop(
    slug: FromPath[str],
    calendar_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> None:
    """Follow it no longer: its address is erased, its events stay as they are."""
    await actions.stop(slug, calendar_id, actor=actor, now=now)


@post(
    "/organisations/{slug:str}/calendars/{calendar_id:int}/fetch",
    status_code=202,
    tags=["Followed calendars"],
    summary="Fetch a followed calendar soon",
)
async def fetch(
    request: AnyRequest,
    slug: FromPath[str],
    calendar_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> FollowedOut:
    """Fetch it with the next round: a minute after `next_at`, and five minutes after the last fetch at the earliest."""
    rates.check(request, "calendar_file")
    await actions.fetch_soon(slug, calendar_id, actor=actor, now=now)
    return _out(await _followed(slug, calendar_id, actor))


@post(
    "/organisations/{slug:str}/calendars/{calendar_id:int}/decisions",
    status_code=200,
    tags=["Followed calendars"],
    summary="Answer what waits of a followed calendar",
)
async def decide(
    request: AnyRequest,
    slug: FromPath[str],
    calendar_id: FromPath[int],
    data: JSONBody[DecisionsBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> DecidedOut:
    """Take or leave entries; cancel or keep what has vanished. What has changed since it was shown is left as it is."""
    rates.check(request, "calendar_look")
    rules.check_each_once(take=_keys(data.take), leave=_keys(data.leave), cancel=data.cancel, keep=data.keep)
    decisions = Decisions(
        take={one.key: one.fingerprint for one in data.take},
        leave={one.key: one.fingerprint for one in data.leave},
        cancel=data.cancel,
        keep=data.keep,
    )
    done = await actions.decide(slug, calendar_id, decisions, actor=actor, now=now)
    return DecidedOut(**_done(done), **await _board(slug, calendar_id, actor, now))


def _keys(ticks: Sequence[Ticked]) -> list[str]:
    return [one.key for one in ticks]


def _done(done: Done) -> dict[str, Any]:
    return {name: list(getattr(done, name)) for name in ("added", "changed", "overtaken")}


async def _board(slug: str, calendar_id: int, actor: Actor, now: datetime) -> dict[str, Any]:
    row = await actions.calendar_of(slug, calendar_id, actor)
    board = await board_of(row, now=now)
    return {
        "calendar": _out(await _followed(slug, calendar_id, actor)),
        "asked": [
            AskedOut(**msgspec.structs.asdict(entry_out(one)), fingerprint=one.fingerprint)
            for one in board.asked
        ],
        "vanished": [
            VanishedOut(key=one.key, slug=one.slug, title=one.title, starts=one.starts, timezone=one.timezone)
            for one in board.vanished
        ],
        "faulty": [entry_out(one) for one in board.plan.items if one.state == FAULTY],
    }


async def _followed(slug: str, calendar_id: int, actor: Actor) -> Followed:
    """The calendar as it is told; raises NotFound for one that was ended meanwhile."""
    host = await actions.managed(slug, actor)
    for one in await queries.followed([host.id]):
        if one.id == calendar_id:
            return one
    raise NotFound("This calendar is not followed.")


def _out(one: Followed) -> FollowedOut:
    return FollowedOut(**_values(one))


def _values(one: Followed) -> dict[str, Any]:
    values = {name: getattr(one, name) for name in FollowedOut.__struct_fields__ if name != "page"}
    return values | {"organisation": one.slug, "page": settings.current().base_url + one.url}


ROUTES: list[Any] = [all_calendars, calendars, follow, calendar, choose, stop, fetch, decide]
