"""Rows of resources as actions write them: inside a transaction, with their history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

import msgspec

from summit_service import db, journal, markup
from summit_service.accounts.actor import Actor
from summit_service.accounts.tables import Person
from summit_service.errors import Invalid
from summit_service.members.rules import name_key
from summit_service.resources import rules
from summit_service.resources.rules import Details
from summit_service.resources.tables import Resource, ResourceChange

SHARED_ALREADY = (
    "Your organisation shares something of this title already. Change that one, or give another title."
)


def columns_of(details: Details) -> dict[str, Any]:
    """The details as they are kept, with what is found by."""
    topics = f",{','.join(details.topics)}," if details.topics else ""
    return {
        **asdict(details),
        "topics": topics,
        "title_key": name_key(details.title),
        "search": rules.search_text(details),
    }


async def save(row: Resource) -> None:
    """Write the row; raises Invalid where its organisation shares one of this title, ValueError for a taken slug."""
    try:
        with db.unique_violations():
            async with db.current_transaction().savepoint():
                await row.save()
    except db.UniqueViolation as taken:
        if "title" in taken.index:
            raise Invalid.one("title", SHARED_ALREADY) from taken
        raise ValueError(row.slug) from taken


async def insert(row: Resource) -> Resource:
    """A new resource with an address of its own for ever: two of one title at once get different ones."""
    base, number = markup.slug(row.title), 1
    while True:
        row.slug = base if number == 1 else f"{base}-{number}"
        number += 1
        if row.slug in rules.RESERVED_SLUGS or await Resource.exists().where(Resource.slug == row.slug):
            continue
        try:
            await save(row)
        except ValueError:
            continue
        return row


async def note(
    row: Resource,
    kind: str,
    *,
    actor: Actor,
    now: datetime,
    before: Mapping[str, Any] | None = None,
    text: str = "",
) -> None:
    """An entry of the history and of the journal, in the transaction of what it tells of."""
    entry = ResourceChange(
        resource=row.id,
        person=actor.person_id,
        kind=kind,
        before=msgspec.json.encode(before).decode() if before else "",
        note=text,
        created_at=now,
    )
    await ResourceChange.insert(entry)
    await journal.note(f"resource.{kind}", actor, row.slug, row.title, now=now)


async def sharer_of(row: Resource) -> Person | None:
    """Who shared it, where they can be told by mail."""
    person = await Person.objects().where(Person.id == row.created_by).first() if row.created_by else None
    return person if person is not None and person.email and person.ended_at is None else None


async def number_of(row: Resource) -> int:
    """How much has happened to it: the same decision may be made again later, and is told again."""
    return int(await ResourceChange.count().where(ResourceChange.resource == row.id))
