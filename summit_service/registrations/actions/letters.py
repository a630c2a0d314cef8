"""Asking for an invitation letter by one's link and taking it back; issuing or refusing it at the desk."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from summit_service import db, journal, markup, zones
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Conflict, NotFound
from summit_service.registrations import letters, mails, queries
from summit_service.registrations.actions import letter_data, manage
from summit_service.registrations.letters import ASKED, ISSUED, REFUSED
from summit_service.registrations.queries import Standing
from summit_service.registrations.tables import Letter
from summit_service.summits import queries as summits
from summit_service.summits.tables import Edition


async def ask_for_letter(token: str, typed: dict[str, str], *, now: datetime) -> Letter:
    """Ask for a letter, or change what one that waits is to say. Raises NotFound, Conflict, Gone and Invalid."""
    async with db.transaction():
        edition, standing = await manage.opened(token, now=now)
        letters.check_can_ask(standing, now=now)
        given = letters.checked(
            typed,
            starts_on=edition.starts_on,
            ends_on=edition.ends_on,
            today=zones.at_wall(now, edition.timezone).date(),
        )
        row = await letters.letter_of(standing.registration.id)
        if row is not None and row.state == ISSUED:
            raise Conflict("You have a letter. Take it back to ask for another.", code="has_letter")
        if row is None or row.state == REFUSED:
            row = Letter(registration=standing.registration.id, edition=edition.id, asked_at=now, state=ASKED)
        for name, value in asdict(given).items():
            setattr(row, name, value)
        await row.save()
        return row


async def end_letter(token: str, *, now: datetime) -> None:
    """Take the letter or the wish for one back, and erase what it was made of; twice is once. Raises NotFound."""
    async with db.transaction():
        _, standing = await manage.opened(token, now=now)
        await letter_data.end(standing.registration.id)


async def issue_letter(year: int, letter_id: int, *, actor: Actor, now: datetime) -> Letter:
    """Issue it, and mail that it is there. Raises NotFound, and Conflict for what is decided or lost its place."""
    check_secretariat(actor)
    async with db.transaction():
        edition, row, standing = await _waiting(year, letter_id, now=now)
        if not letters.has_place(standing):
            raise Conflict("This person has no place in person any more.", code="no_place")
        await _decide(row, edition, standing, ISSUED, actor=actor, now=now)
        await journal.note(
            "summit.letter_issued", actor, year, edition.title, now=now, detail=f"letter {row.id}"
        )
        return row


async def refuse_letter(year: int, letter_id: int, reason: str, *, actor: Actor, now: datetime) -> None:
    """Refuse it with a reason, and erase the passport's data at once. Raises Invalid, NotFound and Conflict."""
    check_secretariat(actor)
    text = markup.many_lines(
        reason, field="reason", longest=letters.LONGEST_REASON, name="The reason", required=True
    )
    async with db.transaction():
        edition, row, standing = await _waiting(year, letter_id, now=now)
        await row.update_self({**letter_data.BLANK, Letter.reason: text})
        await _decide(row, edition, standing, REFUSED, actor=actor, now=now)
        await journal.note(
            "summit.letter_refused", actor, year, edition.title, now=now, detail=f"letter {row.id}"
        )


async def _waiting(year: int, letter_id: int, *, now: datetime) -> tuple[Edition, Letter, Standing]:
    edition = await summits.locked_edition(year)
    row = await Letter.objects().get((Letter.id == letter_id) & (Letter.edition == edition.id))
    if row is None:
        raise NotFound("There is no such letter.")
    if row.state != ASKED:
        raise Conflict("This letter is decided, or was taken back.", code="letter_decided")
    return edition, row, await queries.standing(row.registration, now=now)


async def _decide(
    row: Letter, edition: Edition, standing: Standing, state: str, *, actor: Actor, now: datetime
) -> None:
    await row.update_self({Letter.state: state, Letter.decided_at: now, Letter.decided_by_name: actor.name})
    await mails.letter_decided(standing.registration, edition, row, now=now)
