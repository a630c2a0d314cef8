"""Reads of what others say of a resource: who uses it and how, and the comments of members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from piccolo.columns.combination import And, Or, Where, WhereRaw

from summit_service import db
from summit_service.accounts.actor import Actor, check_signed_in
from summit_service.accounts.tables import Person
from summit_service.errors import NotFound
from summit_service.resources.tables import Resource, ResourceComment, ResourceUse

Condition = Where | WhereRaw | And | Or
MOST_SHOWN = 200
NO_COMMENT = "There is no such comment of yours on this resource."


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """An organisation that uses it: its slug and name, where and how, since when."""

    organisation_id: int
    slug: str
    name: str
    words: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """What somebody said; of one that is hidden, the text is for its author and the secretariat alone."""

    id: int
    person_id: int
    who: str
    body: str
    at: datetime
    is_changed: bool
    hidden_reason: str
    is_own: bool

    @property
    def is_hidden(self) -> bool:
        """Whether the secretariat has hidden it."""
        return bool(self.hidden_reason)


async def uses_of(resource_id: int) -> list[Use]:
    """Who uses it, the first one first; each organisation stands there once."""
    rows = (
        await ResourceUse.select(
            ResourceUse.organisation,
            ResourceUse.words,
            ResourceUse.created_at,
            ResourceUse.organisation.slug.as_alias("slug"),
            ResourceUse.organisation.name.as_alias("name"),
        )
        .where((ResourceUse.resource == resource_id) & ResourceUse.withdrawn_at.is_null())
        .order_by(ResourceUse.id)
    )
    return [
        Use(
            organisation_id=row["organisation"],
            slug=row["slug"],
            name=row["name"],
            words=row["words"],
            since=row["created_at"],
        )
        for row in rows
    ]


async def comments_on(
    resource_id: int, *, viewer: Actor, after: int = 0, limit: int = MOST_SHOWN
) -> list[Comment]:
    """What members said after the comment of that number, the oldest first, of hidden ones no text for others.

    Nothing for who is not signed in; for who is no member what they said themselves, to take it back.
    """
    return await _comments(resource_id, ResourceComment.id > after, viewer=viewer, limit=limit)


async def last_comments(
    resource_id: int, *, viewer: Actor, before: int = 0, limit: int
) -> tuple[list[Comment], int]:
    """The last ones, or those before the comment of that number, as above; and before which the earlier ones are.

    0 where there are none earlier.
    """
    where: Condition = ResourceComment.id < before if before else ResourceComment.id > 0
    found = await _comments(resource_id, where, viewer=viewer, limit=limit + 1, is_ascending=False)
    shown = found[:limit][::-1]
    return shown, shown[0].id if len(found) > limit else 0


async def _comments(
    resource_id: int, where: Condition, *, viewer: Actor, limit: int, is_ascending: bool = True
) -> list[Comment]:
    if not viewer.is_signed_in:
        return []
    readable: Condition = where & (ResourceComment.resource == resource_id)
    if not viewer.is_member:
        readable = readable & (ResourceComment.person == viewer.person_id)
    rows = (
        await ResourceComment.select(
            *ResourceComment.all_columns(), ResourceComment.person.name.as_alias("who")
        )
        .where(readable & ResourceComment.withdrawn_at.is_null())
        .order_by(ResourceComment.id, ascending=is_ascending)
        .limit(limit)
    )
    shown = []
    for row in rows:
        is_own = row["person"] == viewer.person_id
        is_open = not row["hidden_reason"] or is_own or viewer.is_secretariat
        shown.append(
            Comment(
                id=row["id"],
                person_id=row["person"],
                who=row["who"] or "A member",
                body=row["body"] if is_open else "",
                at=row["created_at"],
                is_changed=row["changed_at"] > row["created_at"],
                hidden_reason=row["hidden_reason"],
                is_own=is_own,
            )
        )
    return shown


async def own_comment(resource_id: int, comment_id: int, *, actor: Actor) -> ResourceComment:
    """A comment of the actor's own that stands; raises NotSignedIn, NotFound for all others."""
    check_signed_in(actor)
    found = await standing_comment(resource_id, comment_id)
    if actor.person_id is None or found.person != actor.person_id:
        raise NotFound(NO_COMMENT)
    return found


async def standing_comment(resource_id: int, comment_id: int) -> ResourceComment:
    """A comment that nobody took back, locked where a transaction is open; raises NotFound."""
    query = ResourceComment.objects().where(
        (ResourceComment.id == comment_id)
        & (ResourceComment.resource == resource_id)
        & ResourceComment.withdrawn_at.is_null()
    )
    found = await (db.for_update(query) if db.in_transaction() else query).first()
    if found is None:
        raise NotFound(NO_COMMENT)
    return found


@dataclass(frozen=True, slots=True)
class Told:
    """What has been said of one resource since who shared it was told: (who, words), uses before comments."""

    title: str
    slug: str
    lines: tuple[tuple[str, str], ...]


async def sharers_to_tell() -> list[int]:
    """The people who share something of which others have said what they have not been told."""
    found: set[int] = set()
    for table in (ResourceUse, ResourceComment):
        rows = await table.select(table.resource.created_by.as_alias("sharer")).where(
            table.told_at.is_null() & table.resource.created_by.is_not_null()
        )
        found |= {row["sharer"] for row in rows}
    return sorted(found)


async def others_who_say(comment: ResourceComment) -> set[str]:
    """By which names others say the very same of that resource, in a comment or where they use it."""
    said, used = ResourceComment, ResourceUse
    comments = await said.select(said.person.name.as_alias("who")).where(
        (said.resource == comment.resource) & (said.body == comment.body) & (said.person != comment.person)
    )
    uses = await used.select(used.organisation.name.as_alias("who")).where(
        (used.resource == comment.resource) & (used.words == comment.body) & used.withdrawn_at.is_null()
    )
    return {row["who"] for row in [*comments, *uses] if row["who"]}


async def untold(person: Person, *, is_member: bool) -> tuple[datetime | None, list[Told]]:
    """What this person has not been told of what they share, and when the oldest of it was said.

    Comments are for members: who is none any more is told of uses alone, which everybody may read.
    """
    lines: dict[int, list[tuple[str, str]]] = {}
    oldest: datetime | None = None
    uses = await ResourceUse.select(
        ResourceUse.resource,
        ResourceUse.words,
        ResourceUse.created_at,
        ResourceUse.organisation.name.as_alias("who"),
    ).where(
        (ResourceUse.resource.created_by == person.id)
        & ResourceUse.told_at.is_null()
        & ResourceUse.withdrawn_at.is_null()
    )
    comments = await ResourceComment.select(
        ResourceComment.resource,
        ResourceComment.body.as_alias("words"),
        ResourceComment.created_at,
        ResourceComment.person.name.as_alias("who"),
    ).where(
        (ResourceComment.resource.created_by == person.id)
        & ResourceComment.told_at.is_null()
        & ResourceComment.withdrawn_at.is_null()
        & ResourceComment.hidden_at.is_null()
    )
    for row in [*uses, *(comments if is_member else [])]:
        lines.setdefault(row["resource"], []).append((row["who"] or "A member", row["words"]))
        oldest = row["created_at"] if oldest is None else min(oldest, row["created_at"])
    return oldest, await _told(lines)


async def last_told(person: Person) -> datetime | None:
    """When this person was last told of anything that they share."""
    moments: list[datetime] = []
    for table in (ResourceUse, ResourceComment):
        row = (
            await table.select(table.told_at)
            .where((table.resource.created_by == person.id) & table.told_at.is_not_null())
            .order_by(table.told_at, ascending=False)
            .first()
        )
        moments += [row["told_at"]] if row else []
    return max(moments, default=None)


async def _told(lines: dict[int, list[tuple[str, str]]]) -> list[Told]:
    if not lines:
        return []
    rows: Sequence[dict[str, str]] = (
        await Resource.select(Resource.id, Resource.title, Resource.slug)
        .where(Resource.id.is_in(sorted(lines)) & (Resource.state == "published"))
        .order_by(Resource.id)
    )
    return [Told(row["title"], row["slug"], tuple(lines[int(row["id"])])) for row in rows]
