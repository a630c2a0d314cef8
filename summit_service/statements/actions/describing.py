"""The title of a statement, while its text is written, and the summit that it comes from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from summit_service import db, markup
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Conflict
from summit_service.statements import queries, rules
from summit_service.statements.actions import ledger
from summit_service.statements.tables import Statement


async def describe(slug: str, *, actor: Actor, now: datetime, title: str, edition: int | None) -> Statement:
    """Give it another title or another summit (a year; None: none). The address stays; sent twice it is one change.

    The title is fixed with the text: raises Conflict for another one then. Raises Invalid for what neither can be.
    """
    check_secretariat(actor)
    named = markup.one_line(title, field="title", longest=rules.LONGEST_TITLE, name="The title")
    rules.check_edition(edition)
    async with db.transaction():
        statement = await queries.locked(slug)
        if named != statement.title:
            rules.check_writable(statement.state)
        if statement.state == "cancelled":
            raise Conflict("The statement was given up; nothing of it is changed any more.", code="cancelled")
        if (named, edition) == (statement.title, statement.edition):
            return statement
        statement.title, statement.edition = named, edition
        changed: dict[Any, Any] = {
            Statement.title: named,
            Statement.edition: edition,
            Statement.updated_at: now,
        }
        await Statement.update(changed).where(Statement.id == statement.id)
        facts = {"title": named, "edition": edition}
        await ledger.append(statement, "described", facts, now=now, actor=actor)
    return statement
