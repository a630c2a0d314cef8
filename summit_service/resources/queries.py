"""Reads of resources: one, a list with filters and words, what the filters can be, the history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec
from piccolo.columns.combination import And, Or, Where, WhereRaw
from piccolo.query.functions.aggregate import Count

from summit_service import db, markup
from summit_service.accounts.actor import Actor, check_manages
from summit_service.errors import NotFound
from summit_service.members import queries as members
from summit_service.members.tables import Organisation
from summit_service.resources.files import FileView, files_of
from summit_service.resources.rules import BROKEN_AFTER, Details
from summit_service.resources.tables import LinkCheck, Resource, ResourceChange, ResourceUse

Condition = Where | WhereRaw | And | Or
UNKNOWN = "There is no such resource."
MOST_WORDS = 8
MOST_CHOICES = 2_000
_MARKS = str.maketrans("", "", "%_\\")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which resources; an empty text takes all. `organisation` is a slug, `q` words that all have to be there."""

    q: str = ""
    kind: str = ""
    topic: str = ""
    language: str = ""
    licence: str = ""
    organisation: str = ""


ALL = Filters()


@dataclass(frozen=True, slots=True)
class Sharer:
    """The organisation that shares it."""

    id: int
    slug: str
    name: str
    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceView:
    """A resource as faces show it; `person` is who shared it, empty where the service did."""

    id: int
    slug: str
    details: Details
    organisation: Sharer
    person: str
    state: str
    reason: str
    created_at: datetime
    changed_at: datetime
    published_at: datetime | None
    withdrawn_at: datetime | None
    uses: int = 0
    """How many organisations have said that they use it."""
    file: FileView | None = None
    link_fault: str = ""
    """Why its link does not work, in words, once it has not on several days."""


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the history: what was done, by whom, and the fields that differ as they were."""

    kind: str
    who: str
    at: datetime
    before: dict[str, Any]
    note: str


async def resource_by_slug(slug: str, *, viewer: Actor) -> ResourceView:
    """The resource at that address, a withdrawn one too; raises NotFound where this viewer may not see it."""
    readable = (seen_by(viewer) & Resource.published_at.is_not_null()) | own(viewer)
    found = await views(readable & (Resource.slug == slug), limit=1)
    if not found:
        raise NotFound(UNKNOWN)
    return found[0]


async def listed(
    filters: Filters, *, viewer: Actor, after: str = "", limit: int = 50
) -> tuple[list[ResourceView], str]:
    """What is published and passes the filters, the newest first, and the slug to go on after (or nothing)."""
    where = await matching(filters) & seen_by(viewer) & (Resource.state == "published")
    if after:
        where = where & await _after(after, viewer)
    found = await views(where, limit=limit + 1)
    return found[:limit], found[limit - 1].slug if len(found) > limit else ""


async def waiting_for_confirmation(*, limit: int) -> list[ResourceView]:
    """What new organisations have shared and the secretariat has not confirmed."""
    return await views(Resource.state == "waiting", limit=limit)


async def returned_to(viewer: Actor, *, limit: int) -> list[ResourceView]:
    """What was given back to the organisations of this viewer that may bring it again."""
    mine = Resource.organisation.is_in(sorted(viewer.acts_for) or [0])
    return await views(mine & (Resource.state == "returned"), limit=limit)


async def number_in(state: str, *, viewer: Actor) -> int:
    """How many are in this state and this viewer may change."""
    return int(await Resource.count().where(own(viewer) & (Resource.state == state)))


async def unpublished(viewer: Actor, *, limit: int) -> list[ResourceView]:
    """What waits or was given back, as far as this viewer may change it."""
    return await views(own(viewer) & Resource.state.is_in(["waiting", "returned"]), limit=limit)


async def locked(slug: str, actor: Actor) -> tuple[Resource, Organisation]:
    """The row, locked until the commit, and its organisation; raises where this actor may not change it."""
    row = await db.for_update(Resource.objects().where(Resource.slug == slug)).first()
    if row is None:
        raise NotFound(UNKNOWN)
    await resource_by_slug(slug, viewer=actor)
    check_manages(actor, row.organisation)
    organisation = await members.organisation_by_id(row.organisation)
    if organisation is None:
        raise NotFound("The organisation of this resource is gone.")
    return row, organisation


async def changes_of(resource_id: int) -> list[Change]:
    """Everything that was done to it, the newest first."""
    rows = (
        await ResourceChange.select(
            ResourceChange.kind,
            ResourceChange.before,
            ResourceChange.note,
            ResourceChange.created_at,
            ResourceChange.person.name.as_alias("who"),
        )
        .where(ResourceChange.resource == resource_id)
        .order_by(ResourceChange.id, ascending=False)
    )
    return [
        Change(
            row["kind"],
            row["who"] or "",
            row["created_at"],
            msgspec.json.decode(row["before"] or "{}"),
            row["note"],
        )
        for row in rows
    ]


async def choices() -> dict[str, list[str]]:
    """The topics and languages of what is published, and the slugs of who shares it, each once and in order."""
    rows = (
        await Resource.select(Resource.topics, Resource.language, Resource.organisation.slug.as_alias("by"))
        .where((Resource.state == "published") & (Resource.visibility == "public"))
        .limit(MOST_CHOICES)
    )
    return {
        "topic": sorted({topic for row in rows for topic in split(row["topics"])}),
        "language": sorted({row["language"] for row in rows}),
        "organisation": sorted({row["by"] for row in rows}),
    }


def seen_by(viewer: Actor) -> Condition:
    """What its visibility lets this viewer see; members-only is for members, the secretariat and the operator."""
    shown = ["public", "members"] if viewer.is_member else ["public"]
    return Resource.visibility.is_in(shown)


def own(viewer: Actor) -> Condition:
    """What this viewer may change."""
    if viewer.is_secretariat:
        return Resource.id > 0
    return Resource.organisation.is_in(sorted(viewer.represents) or [0])


async def matching(filters: Filters) -> Condition:
    """What the filters leave; a word may stand in the name of who shares it."""
    where: Condition = Resource.id > 0
    pairs: Sequence[tuple[str, Any]] = (
        (filters.kind, Resource.kind),
        (filters.language, Resource.language),
        (filters.licence, Resource.licence),
        (filters.organisation, Resource.organisation.slug),
    )
    for value, column in pairs:
        if value:
            where = where & (column == value)
    if filters.topic:
        where = where & Resource.topics.like(f"%,{filters.topic.translate(_MARKS)},%")
    words = [markup.plain(word) for word in markup.sought(filters.q, most=MOST_WORDS)]
    names = await _names_of_sharers() if words else {}
    for word in words:
        named = [one for one, name in names.items() if word in name]
        in_text = Resource.search.like(f"%{word.translate(markup.LIKE)}%")
        where = where & (in_text | Resource.organisation.is_in(named) if named else in_text)
    return where


async def _names_of_sharers() -> dict[int, str]:
    """What those who share anything are called, by id, as words are looked for."""
    sharers = Organisation.id.is_in(Resource.select(Resource.organisation))
    rows = await Organisation.select(Organisation.id, Organisation.name).where(sharers)
    return {row["id"]: markup.plain(row["name"]) for row in rows}


def details_of(row: Any) -> Details:
    """What is kept of a resource: a row of the table, or a dictionary of its columns."""
    given = row if isinstance(row, dict) else row.to_dict()
    names = ("title", "kind", "summary", "url", "language", "licence", "visibility")
    return Details(**{name: given[name] for name in names}, topics=split(given["topics"]))


def split(kept: str) -> tuple[str, ...]:
    """`,a,b,` as it is kept to a and b."""
    return tuple(part for part in kept.split(",") if part)


async def views(where: Condition, *, limit: int) -> list[ResourceView]:
    """The resources of a condition, the newest first."""
    rows = (
        await Resource.select(
            *Resource.all_columns(exclude=[Resource.search, Resource.title_key, Resource.created_by]),
            Resource.organisation.slug.as_alias("by_slug"),
            Resource.organisation.name.as_alias("by_name"),
            Resource.organisation.country.as_alias("by_country"),
            Resource.created_by.name.as_alias("person"),
        )
        .where(where)
        .order_by(Resource.published_at, ascending=False)
        .order_by(Resource.id, ascending=False)
        .limit(limit)
    )
    numbers = [row["id"] for row in rows]
    uses, carried, broken = await _uses_of(numbers), await files_of(numbers), await _faults_of(numbers)
    return [
        replace(
            _view(row, uses.get(row["id"], 0), carried.get(row["id"])),
            link_fault=broken.get((row["id"], row["url"]), ""),
        )
        for row in rows
    ]


async def with_broken_links(viewer: Actor | None, *, limit: int) -> tuple[list[ResourceView], int]:
    """Published resources whose link is broken, the newest first, and how many they are in all.

    Those of the organisations that this viewer represents, or (None) of all.
    """
    of: Any = LinkCheck.resource
    failing = (LinkCheck.failures >= BROKEN_AFTER) & (of.state == "published")
    if viewer is not None:
        failing = failing & of.organisation.is_in(sorted(viewer.represents) or [0])
    checks = await LinkCheck.select(of, LinkCheck.url, of.url.as_alias("url_now")).where(failing)
    numbers = [row["resource"] for row in checks if row["url"] == row["url_now"]]
    return await views(Resource.id.is_in(numbers or [0]), limit=limit), len(numbers)


async def _faults_of(resource_ids: list[int]) -> dict[tuple[int, str], str]:
    if not resource_ids:
        return {}
    table = LinkCheck
    failing = table.resource.is_in(resource_ids) & (table.failures >= BROKEN_AFTER)
    rows = await table.select(table.resource, table.url, table.fault).where(failing)
    return {(row["resource"], row["url"]): row["fault"] for row in rows}


async def changed_at() -> datetime | None:
    """When any resource, or who shares one, was changed last, whatever state it is in now."""
    sharers = Organisation.id.is_in(Resource.select(Resource.organisation))
    resource, organisation = Resource.changed_at, Organisation.updated_at
    found = [
        await Resource.select(resource).order_by(resource, ascending=False).first(),
        await Organisation.select(organisation)
        .where(sharers)
        .order_by(organisation, ascending=False)
        .first(),
    ]
    return max((at for row in found if row for at in row.values()), default=None)


async def _uses_of(resource_ids: list[int]) -> dict[int, int]:
    if not resource_ids:
        return {}
    rows = (
        await ResourceUse.select(ResourceUse.resource, Count(alias="uses"))
        .where(ResourceUse.resource.is_in(resource_ids) & ResourceUse.withdrawn_at.is_null())
        .group_by(ResourceUse.resource)
    )
    return {row["resource"]: row["uses"] for row in rows}


def _view(row: dict[str, Any], uses: int, file: FileView | None) -> ResourceView:
    plain = ("id", "slug", "state", "reason", "created_at", "changed_at", "published_at", "withdrawn_at")
    sharer = Sharer(row["organisation"], row["by_slug"], row["by_name"], row["by_country"])
    return ResourceView(
        details=details_of(row),
        organisation=sharer,
        person=row["person"] or "",
        uses=uses,
        file=file,
        **{name: row[name] for name in plain},
    )


async def _after(slug: str, viewer: Actor) -> Condition:
    was_listed = seen_by(viewer) & Resource.state.is_in(["published", "withdrawn"])
    last = (
        await Resource.select(Resource.id, Resource.published_at)
        .where((Resource.slug == slug) & was_listed & Resource.published_at.is_not_null())
        .first()
    )
    if last is None:
        raise NotFound("The list does not go on there. Begin it anew.")
    at = last["published_at"]
    beyond: Condition = (Resource.published_at < at) | (
        (Resource.published_at == at) & (Resource.id < last["id"])
    )
    return beyond
