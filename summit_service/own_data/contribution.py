"""What is held about whoever proposed a contribution, and erasing it at once, by the mailed link."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from summit_service import db, journal
from summit_service.accounts.actor import THEMSELVES, Actor, check_secretariat
from summit_service.contributions import actions as contributions
from summit_service.contributions import mails, queries, rules
from summit_service.contributions.tables import Contribution
from summit_service.errors import NotFound
from summit_service.mail.tables import OutboxMessage
from summit_service.own_data.rows import plain, rows
from summit_service.speakers import actions as speakers
from summit_service.speakers.tables import SpeakerContact
from summit_service.summits import queries as summits
from summit_service.summits import retention
from summit_service.summits.tables import Edition

DATES = ("created_at", "updated_at", "withdrawn_at")


async def held(token: str, *, now: datetime) -> dict[str, Any]:
    """One object: what was told, when, the decision once its author knows it, the mails, and the day of erasing.

    What reviewers wrote is theirs. Raises NotFound for a link that opens nothing.
    """
    row, call = await queries.behind(token)
    is_told = rules.knows_decision(row.told_at, now=now)
    spoken = (SpeakerContact.edition == row.edition) & (SpeakerContact.email_key == row.email_key)
    return {
        "made_at": plain(now),
        "summit": {"year": call.edition.year, "title": call.edition.title},
        "number": row.number,
        "told": {name: getattr(row, name) for name in rules.FIELDS},
        **{name: plain(getattr(row, name)) for name in DATES},
        "decision": row.decision if is_told else "",
        "decision_note": row.decision_note if is_told else "",
        "as_speaker": await rows(
            SpeakerContact, spoken, SpeakerContact.name, SpeakerContact.email, SpeakerContact.told_at
        ),
        "mails": await rows(
            OutboxMessage,
            OutboxMessage.about == mails.about(row),
            OutboxMessage.kind,
            OutboxMessage.recipient_email,
            OutboxMessage.created_at,
            OutboxMessage.state,
        ),
        "erased_on": plain(retention.erased_on(call.edition.ends_on, retention.REST_KEPT)),
    }


async def erase_contribution(token: str, *, now: datetime) -> None:
    """Withdraw it and erase all that was typed, with the mails about it; no mail goes out: the page says it.

    Where the author is reached as a speaker goes too, unless another contribution of theirs is still there. A
    programme keeps its speakers until the secretariat takes them out. Raises NotFound, as it does ever after.
    """
    async with db.transaction():
        row, call = await queries.behind(token)
        await _erase(row.id, call.edition, by=THEMSELVES, now=now)


async def erase_numbered(number: int, *, actor: Actor, now: datetime) -> None:
    """As `erase_contribution`, by the number in the log. Twice changes nothing. Raises NotFound."""
    check_secretariat(actor)
    async with db.transaction():
        row = await queries.by_id(number)
        edition = await Edition.objects().get(Edition.id == row.edition) if row else None
        if row is None or edition is None:
            raise NotFound("There is no such contribution.")
        if row.erased_at is None:
            await _erase(row.id, edition, by=actor, now=now)


async def _erase(identifier: int, edition: Edition, *, by: Actor, now: datetime) -> None:
    await summits.locked_edition(edition.year)
    row = await queries.locked(identifier)
    if row.erased_at is not None:
        raise NotFound(queries.UNKNOWN)
    key = row.email_key
    await contributions.withdraw_and_erase(row, now=now)
    others = (Contribution.edition == row.edition) & Contribution.withdrawn_at.is_null()
    if not await Contribution.exists().where(others & (Contribution.email_key == key)):
        await speakers.erase_of(key, edition_id=row.edition, now=now)
    detail = f"number {row.id}"
    await journal.note("summit.contribution_erased", by, edition.year, edition.title, now=now, detail=detail)
