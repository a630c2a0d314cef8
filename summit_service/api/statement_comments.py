"""JSON: comments on a statement's draft, and what became of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from summit_service.accounts.actor import Actor, check_signed_in
from summit_service.statements import actions, comments, evidence, queries

Number = Annotated[int, msgspec.Meta(ge=1, le=100_000)]


class NewComment(msgspec.Struct, forbid_unknown_fields=True):
    """What an organisation says about a version; without `paragraph` it is about the whole text."""

    organisation: str
    version: Number
    language: str = "en"
    paragraph: Number | None = None
    quoted: str = ""
    body: str = ""
    wording: str = ""


class NewDisposition(msgspec.Struct, forbid_unknown_fields=True):
    """accepted, accepted_in_part, not_accepted or out_of_scope, and why."""

    kind: str
    reason: str


class DispositionBody(msgspec.Struct):
    """What became of a comment."""

    kind: str
    reason: str
    at: str


class CommentBody(msgspec.Struct):
    """A comment as it was made."""

    id: int
    organisation: str
    person: str
    language: str
    version: int
    paragraph: int | None
    quoted: str
    body: str
    wording: str
    is_late: bool
    at: str
    disposition: DispositionBody | None


class CommentList(msgspec.Struct):
    """Every comment for the secretariat; for a representative those of the own organisations."""

    items: list[CommentBody]
    next: str | None = None


@get("/statements/{slug:str}/comments")
async def list_comments(slug: FromPath[str], actor: NamedDependency[Actor]) -> CommentList:
    """The comments on a statement that you may read."""
    check_signed_in(actor)
    statement = await queries.readable(slug, actor)
    mine = None if actor.is_secretariat else actor.represents
    return CommentList([_body(one) for one in await comments.told(statement, organisations=mine)])


@post("/statements/{slug:str}/comments")
async def comment(
    slug: FromPath[str],
    data: JSONBody[NewComment],
    actor: NamedDependency[Actor],
    database_now: NamedDependency[datetime],
) -> CommentBody:
    """Say something about a version of the text, for an organisation that you represent."""
    form = actions.CommentForm(
        language=data.language,
        version=data.version,
        paragraph=data.paragraph,
        quoted=data.quoted,
        body=data.body,
        wording=data.wording,
    )
    made = await actions.comment(slug, form, organisation=data.organisation, actor=actor, now=database_now)
    return await _one(slug, made.id)


@post("/statements/{slug:str}/comments/{comment_id:int}/disposition")
async def dispose(
    slug: FromPath[str],
    comment_id: FromPath[int],
    data: JSONBody[NewDisposition],
    actor: NamedDependency[Actor],
    database_now: NamedDependency[datetime],
) -> CommentBody:
    """Say what became of a comment and why."""
    await actions.dispose(slug, comment_id, kind=data.kind, reason=data.reason, actor=actor, now=database_now)
    return await _one(slug, comment_id)


@post("/statements/{slug:str}/comments/{comment_id:int}/adoption")
async def take_over(
    slug: FromPath[str],
    comment_id: FromPath[int],
    actor: NamedDependency[Actor],
    database_now: NamedDependency[datetime],
) -> CommentBody:
    """Put the wording that a comment proposes into the text, as a new version, and accept the comment."""
    await actions.take_over(slug, comment_id, actor=actor, now=database_now)
    return await _one(slug, comment_id)


async def _one(slug: str, comment_id: int) -> CommentBody:
    statement = await queries.statement_by_slug(slug)
    return next(_body(o) for o in await comments.told(statement) if o.comment.id == comment_id)


def _body(one: comments.Told) -> CommentBody:
    row, last = one.comment, one.disposition
    return CommentBody(
        id=row.id,
        organisation=row.organisation_name,
        person=row.person_name,
        language=one.version.language,
        version=one.version.n,
        paragraph=row.paragraph,
        quoted=row.quoted,
        body=row.body,
        wording=row.wording,
        is_late=row.is_late,
        at=evidence.moment(row.created_at),
        disposition=DispositionBody(last.kind, last.reason, evidence.moment(last.created_at))
        if last
        else None,
    )


ROUTES: list[Any] = [list_comments, comment, dispose, take_over]
