"""Sharing a resource, and changing what is said of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from summit_service import db
from summit_service.accounts.actor import Actor, check_acts_for, check_signed_in
from summit_service.members import queries as members
from summit_service.resources import files, queries, rules
from summit_service.resources.actions import writing
from summit_service.resources.actions.files import keep
from summit_service.resources.queries import ResourceView
from summit_service.resources.rules import Details
from summit_service.resources.tables import Resource, ResourceFile


async def share(
    details: Details,
    *,
    organisation: str,
    file: tuple[bytes, str] | None = None,
    actor: Actor,
    now: datetime,
) -> ResourceView:
    """Share something for an organisation (slug or name; may be empty for who represents one alone).

    `file` is its bytes and the name that it came with. What a new organisation shares waits until the secretariat
    has confirmed it. Raises NotSignedIn, NotAllowed, or Invalid with every fault.
    """
    check_signed_in(actor)
    sharer = await members.organisation_for(organisation, actor)
    check_acts_for(actor, sharer.id)
    carried = await asyncio.to_thread(files.checked, *file) if file is not None else None
    clean = rules.checked(details, has_file=carried is not None)
    state = rules.first_state(is_new=sharer.is_new, is_trusted=actor.is_secretariat)
    row = Resource(
        organisation=sharer.id,
        state=state,
        created_by=actor.person_id,
        created_at=now,
        changed_at=now,
        published_at=now if state == "published" else None,
        **writing.columns_of(clean),
    )
    async with db.transaction():
        await writing.insert(row)
        if carried is not None:
            await keep(row, carried, now=now)
        await writing.note(
            row, "shared", actor=actor, now=now, text=carried.name if carried is not None else ""
        )
    return await queries.resource_by_slug(row.slug, viewer=actor)


async def change(slug: str, changes: Mapping[str, Any], *, actor: Actor, now: datetime) -> ResourceView:
    """Change the named fields of `Details`; a change that changes nothing writes nothing.

    What was given back waits for the secretariat again, which takes a member. Raises NotFound, NotAllowed, Conflict
    for what is withdrawn, Invalid with every fault.
    """
    async with db.transaction():
        row, sharer = await queries.locked(slug, actor)
        rules.check_state(row.state, "waiting", "returned", "published")
        if row.state == "returned":
            check_acts_for(actor, sharer.id)
        before = queries.details_of(row)
        has_file = await ResourceFile.exists().where(ResourceFile.resource == row.id)
        after = rules.checked(rules.with_changes(before, dict(changes)), has_file=has_file)
        changed = rules.changed_fields(before, after)
        state = rules.state_after_change(row.state, is_new=sharer.is_new, is_trusted=actor.is_secretariat)
        if changed or state != row.state:
            old = {name: getattr(before, name) for name in changed}
            await writing.note(row, "changed", before=old, actor=actor, now=now)
            await _write(row, after, state, now=now)
    return await queries.resource_by_slug(slug, viewer=actor)


async def _write(row: Resource, after: Details, state: str, *, now: datetime) -> None:
    for name, value in writing.columns_of(after).items():
        setattr(row, name, value)
    row.changed_at = max(now, row.changed_at)
    if state != row.state:
        row.state, row.reason = state, ""
        row.published_at = now if state == "published" else None
    await writing.save(row)
