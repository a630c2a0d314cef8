"""What is held about a speaker or chair beside the programme, and erasing it at once, by the mailed link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from summit_service import db, journal
from summit_service.accounts.actor import THEMSELVES, Actor, check_secretariat
from summit_service.contributions.tables import Contribution
from summit_service.errors import NotFound
from summit_service.mail.tables import OutboxMessage
from summit_service.own_data.rows import plain, rows
from summit_service.speakers import actions, mails, queries, rules, thanks
from summit_service.speakers.tables import SpeakerContact
from summit_service.summits import queries as summits
from summit_service.summits import retention
from summit_service.summits.tables import Edition

NO_SPEAKER = (
    "No speaker has this number: none is kept, or the list was written anew after the backup was made. "
    "Look for the name on the page of mails to speakers, and take it out there."
)


@dataclass(frozen=True, slots=True)
class Held:
    """All of it as JSON, and what stays when it is erased: sessions that are public, contributions still here."""

    edition: Edition
    data: dict[str, Any]
    contributions: tuple[str, ...]


async def held(token: str, *, now: datetime) -> Held:
    """By the link; raises NotFound for one that opens nothing."""
    found, edition = await queries.opened(token, now=now)
    first = found[0]
    mine = await _contributions(first)
    data = {
        "made_at": plain(now),
        "summit": {"year": edition.year, "title": edition.title},
        "names": [row.name for row in found],
        "email": first.email,
        "kept_since": plain(min(row.created_at for row in found)),
        "told_release": max(row.told_release for row in found),
        "told_at": plain(max((row.told_at for row in found if row.told_at), default=None)),
        "thanked_at": plain(max((row.thanked_at for row in found if row.thanked_at), default=None)),
        "note": next((row.note for row in found if row.note), ""),
        "sessions": await _sessions(found, edition),
        "mails": await rows(
            OutboxMessage,
            reduce(or_, (OutboxMessage.about == mails.about(row) for row in found)),
            OutboxMessage.kind,
            OutboxMessage.recipient_email,
            OutboxMessage.created_at,
            OutboxMessage.state,
        ),
        "erased_on": plain(retention.erased_on(edition.ends_on, retention.REST_KEPT)),
    }
    return Held(edition, data, mine)


async def erase_speaker(token: str, *, now: datetime) -> None:
    """Erase the address with all that goes with it, for this edition; no mail goes out: the page says it.

    A programme keeps its speakers until the secretariat takes them out. Raises NotFound, as it does ever after.
    """
    async with db.transaction():
        _, edition = await queries.opened(token, now=now)
        await summits.locked_edition(edition.year)
        found, _ = await queries.opened(token, now=now)  # not erased by a second press meanwhile
        await _erase(found[0], edition, by=THEMSELVES, now=now)


async def erase_numbered(number: int, *, actor: Actor, now: datetime) -> None:
    """As `erase_speaker`, by the number in the log. Raises NotFound."""
    check_secretariat(actor)
    async with db.transaction():
        _, edition = await _numbered(number)
        await summits.locked_edition(edition.year)
        row, _ = await _numbered(number)  # not erased by somebody else meanwhile
        await _erase(row, edition, by=actor, now=now)


async def _numbered(number: int) -> tuple[SpeakerContact, Edition]:
    row = await SpeakerContact.objects().get(SpeakerContact.id == number)
    edition = await Edition.objects().get(Edition.id == row.edition) if row else None
    if row is None or edition is None:
        raise NotFound(NO_SPEAKER)
    return row, edition


async def _erase(row: SpeakerContact, edition: Edition, *, by: Actor, now: datetime) -> None:
    await actions.erase_of(row.email_key, edition_id=edition.id, now=now)
    detail = f"number {row.id}"
    await journal.note("summit.speaker_erased", by, edition.year, edition.title, now=now, detail=detail)


async def _sessions(found: Sequence[SpeakerContact], edition: Edition) -> list[dict[str, str]]:
    """What the last release says about them, and everybody reads."""
    release = await summits.last_release(edition.id)
    if release is None:
        return []
    names = frozenset(row.name for row in found)
    return thanks.lines_of(names, rules.sessions_of(names, summits.snapshot_of(release)))


async def _contributions(row: SpeakerContact) -> tuple[str, ...]:
    """The titles of what the same address has proposed, which is erased by a link of its own."""
    mine = (Contribution.edition == row.edition) & (Contribution.email_key == row.email_key)
    found = await Contribution.select(Contribution.title).where(mine & Contribution.erased_at.is_null())
    return tuple(one["title"] for one in found)
