"""Those in a consortium write its outline: every version stays, and no writer overwrites another unseen."""

from __future__ import annotations

from datetime import datetime

from summit_service import db
from summit_service.accounts.actor import Actor
from summit_service.consortia import queries, rules
from summit_service.consortia.actions import writing
from summit_service.consortia.tables import ConsortiumOutline
from summit_service.statements import texts, version_rules


async def write(
    consortium_id: int, text: str, *, note: str = "", known: int, actor: Actor, now: datetime
) -> int:
    """Save a version (Markdown) after number `known`, which its writer has seen; the new number. The same text again
    writes nothing.

    Raises NotFound for who is not in it, Invalid for a text that cannot be kept, Conflict for a newer version
    (`outline_newer`) and once something became of the application.
    """
    async with db.transaction():
        row = await writing.locked_inside(consortium_id, actor, now=now)
        kept, why = version_rules.check_text(text), rules.checked_note(note)
        canonical = texts.canonical(kept)
        rules.check_forming(row.state)
        newest = await queries.newest_of(row.id)
        n = newest.n if newest else 0
        if newest and newest.canonical == canonical:
            return n
        rules.check_known(n, known)
        version = ConsortiumOutline(
            consortium=row.id, n=n + 1, markdown=kept, canonical=canonical, note=why, created_at=now
        )
        version.person = actor.person_id
        await version.save()
        await writing.note(row, "wrote", actor=actor, now=now, text=f"version {n + 1}")
    return n + 1
