"""The history of events and the journal's notes of them, in the transaction of what they tell of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from summit_service import db, journal
from summit_service.accounts.actor import Actor
from summit_service.events.tables import Event, EventChange
from summit_service.journal.rules import VERBS


@dataclass(frozen=True, slots=True)
class Told:
    """An entry of an event's history; slug and title are those that the event had before."""

    event: int
    slug: str
    title: str
    kind: str
    before: str = ""
    after: str = ""
    text: str = ""


def told(event: Event, kind: str, before: str = "", after: str = "", *, text: str = "") -> Told:
    """An entry for the event's history, by the title that it has at this moment."""
    return Told(event.id, event.slug, event.summary, kind, before, after, text)


async def note(
    event: Event,
    kind: str,
    before: str = "",
    after: str = "",
    *,
    text: str = "",
    actor: Actor | None,
    now: datetime,
) -> None:
    """An entry of the event's history, in the transaction of what it tells of."""
    await note_all([told(event, kind, before, after, text=text)], actor=actor, now=now)


async def note_all(entries_told: Sequence[Told], *, actor: Actor | None, now: datetime) -> None:
    """Entries of the history of events, in their order, and the journal's notes of them."""
    person = actor.person_id if actor is not None else None
    await db.insert_rows(
        [
            EventChange(
                event=one.event,
                person=person,
                kind=one.kind,
                before=one.before,
                after=one.after,
                note=one.text,
                created_at=now,
            )
            for one in entries_told
        ]
    )
    if actor is not None:
        notes = [journal.Note(_verb(one.kind), one.slug, one.title) for one in entries_told]
        await journal.note_all(notes, actor, now=now)


def _verb(kind: str) -> str:
    return f"event.{kind}" if f"event.{kind}" in VERBS else "event.changed"
