"""Reads about comments: what was said about a text, by whom, and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from summit_service.errors import NotFound
from summit_service.statements.comment_tables import Comment, Disposition
from summit_service.statements.tables import Statement, TextVersion


@dataclass(frozen=True, slots=True)
class Told:
    """A comment, the version it is about, and its disposition where it has one."""

    comment: Comment
    version: TextVersion
    disposition: Disposition | None


async def told(statement: Statement, *, organisations: Iterable[int] | None = None) -> list[Told]:
    """The comments on a statement in the order of the text, those of some organisations alone if asked for."""
    mine: Any = Comment.statement == statement.id
    if organisations is not None:
        mine = mine & Comment.organisation.is_in(list(organisations) or [0])
    rows = await Comment.objects().where(mine).order_by(Comment.id)
    versions = {v.id: v for v in await TextVersion.objects().where(TextVersion.statement == statement.id)}
    last = await _dispositions(statement)
    found = [Told(row, versions[row.version], last.get(row.id)) for row in rows]
    return sorted(found, key=lambda one: (one.comment.version, one.comment.paragraph or 0, one.comment.id))


async def waiting(statement: Statement) -> int:
    """How many comments have no disposition."""
    last = await _dispositions(statement)
    rows = await Comment.select(Comment.id).where(Comment.statement == statement.id)
    return sum(row["id"] not in last for row in rows)


async def waiting_among(statements: Iterable[Statement]) -> dict[int, int]:
    """How many comments have no disposition, by the statement's id; two queries for all of them."""
    ids = [statement.id for statement in statements]
    if not ids:
        return {}
    rows = await Comment.select(Comment.id, Comment.statement).where(Comment.statement.is_in(ids))
    theirs = Disposition.comment.statement.is_in(ids)
    answered = {row["comment"] for row in await Disposition.select(Disposition.comment).where(theirs)}
    return Counter(row["statement"] for row in rows if row["id"] not in answered)


async def comment_by_id(statement: Statement, comment_id: int) -> Comment:
    """The comment of that number, if it is about this statement; raises NotFound."""
    mine = (Comment.id == comment_id) & (Comment.statement == statement.id)
    found = await Comment.objects().where(mine).first() if comment_id < 2**31 else None
    if found is None:
        raise NotFound("There is no such comment.")
    return found


async def _dispositions(statement: Statement) -> dict[int, Disposition]:
    """The last one of each comment."""
    mine = Disposition.comment.statement == statement.id
    return {row.comment: row for row in await Disposition.objects().where(mine).order_by(Disposition.id)}
