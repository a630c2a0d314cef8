"""People and organisations for tests, with no surprises: what is not said has a plain default."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

from summit_service.accounts.actor import Actor
from summit_service.accounts.tables import Person
from summit_service.members import queries
from summit_service.members.tables import Organisation, Role

LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
_numbers = count(1)


async def make_person(
    name: str = "Anna Berg", *, email: str | None = None, timezone: str | None = None
) -> Person:
    """Somebody known to the network, without a role."""
    person = Person(
        name=name,
        email=email or f"person{next(_numbers)}@members.example",
        timezone=timezone,
        created_at=LONG_AGO,
    )
    await person.save()
    return person


async def make_organisation(
    name: str = "Centre for Kindness",
    *,
    slug: str | None = None,
    timezone: str = "Europe/London",
    **columns: Any,
) -> Organisation:
    """A member organisation."""
    organisation = Organisation(
        name=name,
        name_key=name.casefold(),
        slug=slug or f"centre-{next(_numbers)}",
        timezone=timezone,
        kind=columns.pop("kind", "centre"),
        country=columns.pop("country", "GB"),
        created_at=LONG_AGO,
        updated_at=LONG_AGO,
        **columns,
    )
    await organisation.save()
    return organisation


async def give_role(person: Person, kind: str, *, organisation: Organisation | None = None) -> Role:
    """A role of the person from long ago on."""
    role = Role(
        person=person.id,
        organisation=organisation.id if organisation else None,
        kind=kind,
        created_at=LONG_AGO,
    )
    await role.save()
    return role


async def representative_of(organisation: Organisation, *, via: str = "page", **person: str) -> Actor:
    """A signed-in representative of the organisation."""
    somebody = await make_person(**person)
    await give_role(somebody, "representative", organisation=organisation)
    return await queries.actor_of(somebody, via=via)


async def secretariat(*, via: str = "page", **person: str) -> Actor:
    """A signed-in member of the secretariat."""
    somebody = await make_person(**{"name": "Sam Secretary", **person})
    await give_role(somebody, "secretariat")
    return await queries.actor_of(somebody, via=via)
