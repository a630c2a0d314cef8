"""Writing the chain of a statement: every change of state and every response is an entry."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from summit_service import journal
from summit_service.accounts.actor import Actor
from summit_service.journal.rules import VERBS
from summit_service.statements import evidence, queries, rules
from summit_service.statements.tables import LedgerEntry, Statement


async def append(
    statement: Statement, kind: str, facts: Mapping[str, Any], *, now: datetime, actor: Actor | None = None
) -> evidence.Entry:
    """Add the next entry; the caller holds the lock on the statement's row.

    The salt is there for entries whose hash alone is published: nobody finds their words by trying.
    """
    seq, prev = await queries.chain_head_of(statement)
    body = {"kind": kind, "at": evidence.moment(now), "salt": secrets.token_hex(16), **facts}
    made = evidence.entry(statement.slug, body, seq=seq + 1, prev=prev)
    await LedgerEntry.insert(
        LedgerEntry(
            statement=statement.id,
            seq=made.seq,
            kind=kind,
            prev=made.prev,
            content=made.content,
            entry_sha256=made.entry_sha256,
            actor=actor.person_id if actor else None,
            created_at=now,
        )
    )
    if actor is not None:
        verb = f"statement.{kind}" if f"statement.{kind}" in VERBS else "statement.changed"
        await journal.note(verb, actor, statement.slug, statement.title, now=now)
    return made


async def move(
    statement: Statement,
    state: str,
    facts: Mapping[str, Any],
    *,
    now: datetime,
    actor: Actor | None = None,
    **columns: Any,
) -> None:
    """Bring the statement into another state and write that down; raises Conflict where it cannot."""
    rules.check_next(statement.state, state)
    await _move(statement, state, facts, now=now, actor=actor, **columns)


async def reopen(
    statement: Statement, counted: Mapping[str, Any], facts: Mapping[str, Any], *, now: datetime, actor: Actor
) -> None:
    """From an outcome back to `closed`, counted once more: an answer that was counted is none any more."""
    told = {**facts, **counted, "reopened": True}
    await _move(statement, "closed", told, now=now, actor=actor, tally=json.dumps(counted["tally"]))


async def _move(
    statement: Statement,
    state: str,
    facts: Mapping[str, Any],
    *,
    now: datetime,
    actor: Actor | None,
    **columns: Any,
) -> None:
    changed: dict[Any, Any] = {"state": state, "updated_at": now, **columns}
    for name, value in changed.items():
        setattr(statement, name, value)
    await Statement.update(changed).where(Statement.id == statement.id)
    await append(statement, state, facts, now=now, actor=actor)


async def count_again(
    statement: Statement, counted: Mapping[str, Any], *, now: datetime, actor: Actor | None = None
) -> None:
    """Another `tally` for a statement that was counted, and an entry that says so, with what else was counted."""
    statement.tally = json.dumps(counted["tally"])
    changed: dict[Any, Any] = {Statement.tally: statement.tally, Statement.updated_at: now}
    await Statement.update(changed).where(Statement.id == statement.id)
    await append(statement, "counted_again", counted, now=now, actor=actor)
