"""JSON: registering several people of one organisation at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from summit_service.accounts.actor import Actor
from summit_service.registrations import actions
from summit_service.registrations.actions.group import Person


class GroupPerson(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Somebody to register; they answer the questions of the summit by the link in their mail."""

    name: str
    email: str


class GroupBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """From 1 to 50 people; `attendance` is in_person or online, for all of them."""

    attendance: str
    people: list[GroupPerson]


class GroupOutcome(msgspec.Struct, omit_defaults=True, kw_only=True):
    """What became of one of them: `confirmed`, or `waitlisted` with the place in the queue."""

    name: str
    state: str
    attendance: str
    position: int | None = None


class GroupOut(msgspec.Struct, kw_only=True):
    """In the order in which they were sent."""

    items: list[GroupOutcome]


@post(
    "/organisations/{slug:str}/registrations/{year:int}",
    status_code=201,
    tags=["Registrations"],
    summary="Register people of an organisation",
)
async def register_group(
    slug: FromPath[str],
    year: FromPath[int],
    data: JSONBody[GroupBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> GroupOut:
    """All of them, or nobody and a pointer to each fault. Each gets a mail with their own link.

    Who is registered already keeps what they have, and the answer is that of a newcomer. Its representatives.
    """
    people = [
        Person(f"people/{index}", person.name, person.email) for index, person in enumerate(data.people)
    ]
    done = await actions.register_group(
        year, people, organisation=slug, attendance=data.attendance, actor=actor, now=now
    )
    return GroupOut(
        items=[
            GroupOutcome(
                name=name, state=outcome.state, attendance=outcome.attendance, position=outcome.position
            )
            for name, outcome in done
        ]
    )


ROUTES: list[Any] = [register_group]
