"""JSON: what waits at the desk, and who has begun on what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.desk import holding, waiting_list
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


ROUTES: list[Any] = [list_tasks, take, give_back]
