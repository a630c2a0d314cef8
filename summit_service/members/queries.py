"""Reads about organisations, and what a person may do for them."""

from __future__ import annotations

from summit_service.accounts.actor import Actor
from summit_service.accounts.tables import Person
from summit_service.members.tables import Organisation, Role


async def actor_of(person: Person, *, via: str) -> Actor:
    """The person with the rights of this moment."""
    roles = await Role.select(Role.kind, Role.organisation).where((Role.person == person.id) & Role.ended_at.is_null())
    return Actor(
        person_id=person.id,
        name=person.name,
        email=person.email,
        timezone=person.timezone,
        is_secretariat=any(role["kind"] == "secretariat" for role in roles),
        represents=frozenset(role["organisation"] for role in roles if role["kind"] == "representative"),
        via=via,
    )


async def organisation_by_slug(slug: str) -> Organisation | None:
    """The organisation at that address."""
    return await Organisation.objects().where(Organisation.slug == slug).first()
