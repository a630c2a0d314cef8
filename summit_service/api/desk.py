"""JSON: what waits at the desk, who has begun on what, and what comes by itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.ahead import Ahead
from summit_service.desk import holding, next_days, waiting_list
from summit_service.desk.holding import Holder
from summit_service.waiting import Waiting

TAG = "Desk"


class HolderBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """To take it over: `seen`, the number of the person who had it when you looked."""

    seen: int | None = None


class HolderOut(msgspec.Struct, kw_only=True):
    """Who has begun on it, and since when."""

    person: int
    name: str
    since: datetime


class TaskOut(msgspec.Struct, kw_only=True):
    """One line: urgency 0 comes first. `url` is the page where it is done, `count` how many things it stands for.

    `key` stays the same while it waits.
    """

    key: str
    urgency: int
    sentence: str
    url: str
    button: str
    since: datetime | None
    count: int
    holder: HolderOut | None


class TaskList(msgspec.Struct, kw_only=True):
    """All that waits, the most urgent first."""

    items: list[TaskOut]
    next: str | None = None


class ComingOut(msgspec.Struct, kw_only=True):
    """One thing that comes: done by itself at `at`, or from then on waiting for a person (`is_for_somebody`).

    `url` is the page where it is held or changed, `count` how many things it stands for, of which `at` is the first.
    """

    at: datetime
    sentence: str
    url: str
    button: str
    count: int
    is_for_somebody: bool


class ComingList(msgspec.Struct, kw_only=True):
    """All that comes before `until`, the end of a day in `timezone`, the network's own; the first one first."""

    items: list[ComingOut]
    until: datetime
    timezone: str
    next: str | None = None


@get("/desk/ahead", tags=[TAG], summary="What comes by itself in the next 14 days")
async def list_coming(actor: NamedDependency[Actor], now: NamedDependency[datetime]) -> ComingList:
    """What goes out or happens while nobody is here, and what will begin to wait. Secretariat."""
    check_secretariat(actor)
    found = await next_days.in_next_days(now)
    items = [item for day in (*found.by_itself, *found.for_somebody) for item in day.items]
    return ComingList(
        items=[_coming(item) for item in sorted(items, key=lambda item: item.at)],
        until=found.window.until,
        timezone=found.window.zone,
    )


@get("/desk/tasks", tags=[TAG], summary="What waits for the secretariat")
async def list_tasks(actor: NamedDependency[Actor], now: NamedDependency[datetime]) -> TaskList:
    """What waits for the secretariat, the most urgent first, and who has begun on what. Secretariat."""
    check_secretariat(actor)
    holders = await holding.holders(now)
    return TaskList(items=[_out(line, holders) for line in await waiting_list.for_secretariat(now)])


@post("/desk/tasks/{key:str}/holder", status_code=201, tags=[TAG], summary="Begin on it, or take it over")
async def take(
    key: FromPath[str],
    data: JSONBody[HolderBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> TaskOut:
    """Begin on what waits. 409 where somebody has it whom `seen` does not name. Secretariat."""
    line = await holding.take(key, seen=data.seen, actor=actor, now=now)
    return _out(line, await holding.holders(now))


@delete("/desk/tasks/{key:str}/holder", tags=[TAG], summary="Give it back")
async def give_back(
    key: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> None:
    """Let go of what you have begun on; 409 where you do not have it. Secretariat."""
    await holding.give_back(key, actor=actor, now=now)


def _coming(item: Ahead) -> ComingOut:
    return ComingOut(**{name: getattr(item, name) for name in ComingOut.__struct_fields__})


def _out(line: Waiting, holders: dict[str, Holder]) -> TaskOut:
    holder = holders.get(line.key)
    return TaskOut(
        key=line.key,
        urgency=line.urgency,
        sentence=line.sentence,
        url=line.url,
        button=line.button,
        since=line.since,
        count=line.count,
        holder=HolderOut(person=holder.person_id, name=holder.name, since=holder.since) if holder else None,
    )


ROUTES: list[Any] = [list_coming, list_tasks, take, give_back]
