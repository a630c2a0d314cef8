"""An organisation says that it uses a resource, and that it does no longer."""

from __future__ import annotations

from datetime import datetime

from summit_service import db, journal
from summit_service.accounts.actor import Actor, check_acts_for, check_manages, check_signed_in
from summit_service.errors import Invalid
from summit_service.members import queries as members
from summit_service.resources import queries, rules
from summit_service.resources.tables import Resource, ResourceUse

OWN = "It shares this itself. Choose an organisation that has taken it over."


async def use(resource: str, words: str, *, organisation: str = "", actor: Actor, now: datetime) -> None:
    """Say where and how an organisation (slug or name) uses it; said again, the words change.

    Raises NotSignedIn, NotFound, NotAllowed, Conflict for what is not published, Invalid.
    """
    check_signed_in(actor)
    user = await members.organisation_for(organisation, actor)
    check_acts_for(actor, user.id)
    clean = rules.checked_use(words)
    async with db.transaction():
        row = await shared(resource, actor)
        if row.organisation == user.id:
            raise Invalid.one("organisation", OWN)
        found = await _standing(row.id, user.id)
        if found is None:
            found = ResourceUse(resource=row.id, organisation=user.id, created_at=now)
            found.told_at = now if row.created_by in {None, actor.person_id} else None
        if found.words != clean:
            found.words, found.person, found.changed_at = clean, actor.person_id, now
            await found.save()
            await journal.note("resource.used", actor, row.slug, row.title, now=now, detail=user.name)


async def stop_using(resource: str, *, organisation: str = "", actor: Actor, now: datetime) -> None:
    """Take back that an organisation uses it; twice is once."""
    check_signed_in(actor)
    user = await members.organisation_for(organisation, actor)
    check_manages(actor, user.id)
    async with db.transaction():
        row = await shared(resource, actor)
        found = await _standing(row.id, user.id)
        if found is not None:
            found.withdrawn_at, found.told_at = now, found.told_at or now
            await found.save()
            await journal.note("resource.unused", actor, row.slug, row.title, now=now, detail=user.name)


async def shared(slug: str, actor: Actor) -> Resource:
    """The row of a published resource that the actor may see, locked; raises NotFound, Conflict."""
    found = await queries.resource_by_slug(slug, viewer=actor)
    row = await db.for_update(Resource.objects().where(Resource.id == found.id)).first()
    rules.check_state(row.state if row else found.state, "published")
    if row is None:
        raise RuntimeError("a resource is never deleted")
    return row


async def _standing(resource_id: int, organisation_id: int) -> ResourceUse | None:
    return (
        await ResourceUse.objects()
        .where(
            (ResourceUse.resource == resource_id)
            & (ResourceUse.organisation == organisation_id)
            & ResourceUse.withdrawn_at.is_null()
        )
        .first()
    )
