"""The freeze by two: where the network asks for it, one of the secretariat asks for it and another confirms it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from summit_service import settings
from summit_service.accounts.actor import Actor
from summit_service.members import queries as members
from summit_service.statements import rules
from summit_service.statements.tables import LedgerEntry, Statement

KIND = "freeze_proposed"
ANEW = ("version", "described", "reworking")
"""What happens to a text, its title or the summit that it comes from after which somebody has to ask anew."""


async def is_needed() -> bool:
    """Whether a freeze takes two: the network asks for it, and there is somebody else to confirm."""
    return settings.current().freeze_by_two and len(await members.secretariat()) > 1


async def has_confirmed(statement: Statement, text_set_sha256: str, *, actor: Actor) -> bool:
    """Whether this actor's word is the second one for this very text; raises Conflict for the same person twice."""
    if actor.person_id is None or not await is_needed():
        return True
    asked = await proposal_of(statement)
    if asked is None or json.loads(asked.content)["body"]["text_set"] != text_set_sha256:
        return False
    rules.check_second_person(asked.actor, actor.person_id)
    return True


async def proposal_of(statement: Statement) -> LedgerEntry | None:
    """Who asked last for the freeze, as long as neither text nor title nor summit has changed since."""
    return (await proposals_among([statement])).get(statement.id)


async def proposals_among(statements: Sequence[Statement]) -> dict[int, LedgerEntry]:
    """As `proposal_of` for each of them, by the statement's id; one query for all."""
    writable = [statement.id for statement in statements if statement.state in rules.WRITABLE]
    if not writable:
        return {}
    told = LedgerEntry.statement.is_in(writable) & LedgerEntry.kind.is_in([KIND, *ANEW])
    rows = await LedgerEntry.objects().where(told).order_by(LedgerEntry.seq)
    last = {row.statement: row for row in rows}
    return {statement: row for statement, row in last.items() if row.kind == KIND}
