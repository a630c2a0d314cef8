"""What became of an application, as its lead records it."""

from __future__ import annotations

from datetime import datetime

from summit_service import db
from summit_service.accounts.actor import Actor
from summit_service.consortia import mails, queries, rules
from summit_service.consortia.actions import writing
from summit_service.consortia.rules import Outcome


async def record(consortium_id: int, outcome: Outcome, *, actor: Actor, now: datetime) -> None:
    """Record what became of it, the amount and the public line; the others in it are told. The same again is nothing.

    `forming` opens it again. Raises NotFound, NotAllowed for partners, Invalid with every fault.
    """
    async with db.transaction():
        row = await writing.locked_lead(consortium_id, actor, now=now)
        clean = rules.checked_outcome(outcome)
        amount = int(clean.amount) if clean.amount else None
        wanted = (clean.state, amount, clean.currency, clean.public_line)
        if wanted == (row.state, row.amount, row.currency, row.public_line):
            return
        is_news = clean.state != row.state
        row.state, row.amount, row.currency, row.public_line = wanted
        row.outcome_at = None if clean.state == "forming" else now
        row.changed_at = now
        await row.save()
        number = await writing.note(
            row, "outcome", actor=actor, now=now, text=rules.STATES[clean.state].lower()
        )
        if is_news:
            one = await queries.brief_of(row.id)
            inside = (await queries.organisations_in([row.id], "in"))[row.id]
            await writing.tell(
                one,
                inside,
                lambda person: mails.consortium_outcome(
                    one, person, by=actor.name or "The secretariat", number=number
                ),
                now=now,
                but=actor.person_id,
            )
