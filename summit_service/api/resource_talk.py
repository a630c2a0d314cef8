"""JSON: who uses a resource and how, and what members say about it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from summit_service.accounts.actor import Actor, check_signed_in
from summit_service.resources import actions, queries, talk

MOST, MOST_ID = 200, 2**31 - 1


class UseBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Where and how an organisation uses it; `organisation` may be left out by who represents one alone."""

    words: str
    organisation: str = ""


class EndOfUse(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which organisation uses it no longer."""

    organisation: str = ""


class UseOut(msgspec.Struct, kw_only=True):
    """An organisation that uses it."""

    organisation: str
    words: str
    since: datetime


class UseList(msgspec.Struct, kw_only=True):
    """Who uses it, the first one first; all of them."""

    items: list[UseOut]
    next: str | None = None


class CommentBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What is said, in Markdown."""

    body: str


class HidingBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Why it is hidden; it stands in its place."""

    reason: str


class CommentOut(msgspec.Struct, kw_only=True):
    """A comment; of one that is hidden, the text is for its author and the secretariat alone."""

    id: int
    person: str
    body: str
    created_at: datetime
    is_hidden: bool
    hidden_reason: str


class CommentList(msgspec.Struct, kw_only=True):
    """What members said, the oldest first; `next` is the cursor of the following page."""

    items: list[CommentOut]
    next: str | None = None


@get("/resources/{slug:str}/uses")
async def uses(slug: FromPath[str], actor: NamedDependency[Actor]) -> UseList:
    """Who uses a resource."""
    return await _uses(slug, actor)


@post("/resources/{slug:str}/uses")
async def use(
    slug: FromPath[str],
    data: JSONBody[UseBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[UseList]:
    """Say where and how your organisation uses it; said again, the words change."""
    await actions.use(slug, data.words, organisation=data.organisation, actor=actor, now=now)
    return Response(await _uses(slug, actor), status_code=201)


@post("/resources/{slug:str}/uses/withdrawal", status_code=201)
async def stop_using(
    slug: FromPath[str],
    data: JSONBody[EndOfUse],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> UseList:
    """Your organisation uses it no longer."""
    await actions.stop_using(slug, organisation=data.organisation, actor=actor, now=now)
    return await _uses(slug, actor)


@get("/resources/{slug:str}/comments")
async def comments(
    slug: FromPath[str],
    actor: NamedDependency[Actor],
    *,
    cursor: Annotated[int, QueryParameter(ge=0, le=MOST_ID)] = 0,
    limit: Annotated[int, QueryParameter(ge=1, le=MOST)] = MOST,
) -> CommentList:
    """What members say about a resource; for members."""
    check_signed_in(actor)
    return await _comments(slug, actor, after=cursor, limit=limit)


@post("/resources/{slug:str}/comments")
async def comment(
    slug: FromPath[str],
    data: JSONBody[CommentBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[CommentOut]:
    """Say something to the members."""
    made = await actions.comment(slug, data.body, actor=actor, now=now)
    (found,) = (await _comments(slug, actor, after=made - 1, limit=1)).items
    return Response(found, status_code=201)


@patch("/resources/{slug:str}/comments/{comment_id:int}")
async def change_comment(
    slug: FromPath[str],
    comment_id: FromPath[int],
    data: JSONBody[CommentBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> CommentList:
    """Put your own words right."""
    await actions.change_comment(slug, comment_id, data.body, actor=actor, now=now)
    return await _comments(slug, actor)


@post("/resources/{slug:str}/comments/{comment_id:int}/withdrawal", status_code=201)
async def withdraw_comment(
    slug: FromPath[str],
    comment_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> CommentList:
    """Take your own comment back."""
    await actions.withdraw_comment(slug, comment_id, actor=actor, now=now)
    return await _comments(slug, actor)


@post("/resources/{slug:str}/comments/{comment_id:int}/hiding", status_code=201)
async def hide_comment(
    slug: FromPath[str],
    comment_id: FromPath[int],
    data: JSONBody[HidingBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> CommentList:
    """Hide a comment, with a reason."""
    await actions.hide_comment(slug, comment_id, reason=data.reason, actor=actor, now=now)
    return await _comments(slug, actor)


async def _uses(slug: str, actor: Actor) -> UseList:
    found = await queries.resource_by_slug(slug, viewer=actor)
    return UseList(
        items=[
            UseOut(organisation=one.slug, words=one.words, since=one.since)
            for one in await talk.uses_of(found.id)
        ]
    )


async def _comments(slug: str, actor: Actor, *, after: int = 0, limit: int = MOST) -> CommentList:
    resource = await queries.resource_by_slug(slug, viewer=actor)
    found = await talk.comments_on(resource.id, viewer=actor, after=after, limit=limit + 1)
    return CommentList(
        next=str(found[limit - 1].id) if len(found) > limit else None,
        items=[
            CommentOut(
                id=one.id,
                person=one.who,
                body=one.body,
                created_at=one.at,
                is_hidden=one.is_hidden,
                hidden_reason=one.hidden_reason,
            )
            for one in found[:limit]
        ],
    )


ROUTES: list[Any] = [
    uses,
    use,
    stop_using,
    comments,
    comment,
    change_comment,
    withdraw_comment,
    hide_comment,
]
