"""Blanking what is personal in contributions whose time is over."""

from __future__ import annotations

from datetime import datetime

from summit_service import db, idempotency, links
from summit_service.contributions import mails, queries
from summit_service.contributions.tables import Contribution, Review, Reviewer
from summit_service.mail import outbox
from summit_service.summits.tables import Edition

BLANK = ("title", "abstract", "name", "email", "email_key", "affiliation", "co_authors", "decision_note")


async def erase_old(now: datetime) -> int:
    """Housekeeping: erase contributions to summits that were over a year ago; how many.

    What stays is a line for the count: kind, theme, dates, the decision; who reviewed, and how, goes too. A released
    programme keeps its speakers.
    """
    erased = 0
    for edition in await Edition.objects().where(Edition.ends_on < now.date()):
        if queries.erased_at(edition) <= now:
            erased += await _erase_of(edition, now=now)
    return erased


async def _erase_of(edition: Edition, *, now: datetime) -> int:
    async with db.transaction():
        due = Contribution.objects().where(
            (Contribution.edition == edition.id) & Contribution.erased_at.is_null()
        )
        rows: list[Contribution] = list(await db.for_update(due))
        for row in rows:
            await _erase(row, now=now)
            await Review.delete().where(Review.contribution == row.id)
        for reviewer in await Reviewer.objects().where(Reviewer.edition == edition.id):
            await outbox.erase(mails.about_reviewer(edition.id, reviewer.person), now=now)
            await Reviewer.delete().where(Reviewer.id == reviewer.id)
    return len(rows)


async def erase_of(person_id: int, key: str, *, now: datetime) -> None:
    """Erase what came from this address and what this person wrote in reviews; in the caller's transaction.

    Their scores stay, as a number without a name.
    """
    db.current_transaction()
    theirs = (Contribution.email_key == key) & Contribution.erased_at.is_null()
    for row in await db.for_update(Contribution.objects().where(theirs).order_by(Contribution.id)):
        await _erase(row, now=now)
    await Review.update({Review.comment: ""}).where(Review.person == person_id)
    ended = (Reviewer.person == person_id) & Reviewer.ended_at.is_null()
    await Reviewer.update({Reviewer.ended_at: now}).where(ended)


async def withdraw_and_erase(row: Contribution, *, now: datetime) -> None:
    """Take a locked contribution out of the call and erase what was typed, in the caller's transaction."""
    db.current_transaction()
    if row.withdrawn_at is None:
        withdrawn = {Contribution.withdrawn_at: now, Contribution.updated_at: now}
        await Contribution.update(withdrawn).where(Contribution.id == row.id)
    await _erase(row, now=now)


async def _erase(row: Contribution, *, now: datetime) -> None:
    blank = {getattr(Contribution, name): "" for name in BLANK}
    await Contribution.update({**blank, Contribution.erased_at: now}).where(Contribution.id == row.id)
    await Review.update({Review.comment: ""}).where(Review.contribution == row.id)
    await links.end_all(queries.LINK, subject=str(row.id), reason="erased", now=now)
    await outbox.erase(mails.about(row), now=now)
    await idempotency.erase(row.title, row.name, row.email)
