"""Telling delegates by mail that their certificate is ready: who has not been told, and the press that tells them."""

from __future__ import annotations

from datetime import datetime

from piccolo.query.functions import Count

from summit_service import db, journal, markup
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.doors import mails
from summit_service.doors.tables import Arrival, CertificateMail
from summit_service.errors import Conflict
from summit_service.mail import outbox
from summit_service.registrations.tables import Registration
from summit_service.summits import queries as summits
from summit_service.summits.tables import Edition


async def untold(edition: Edition) -> list[Registration]:
    """Who was let in and has had no mail about a certificate, in the order they registered; nobody who was erased."""
    came = await Arrival.select(Arrival.registration).where(
        (Arrival.edition == edition.id) & Arrival.undone_at.is_null()
    )
    told = {row["registration"] for row in await _told(edition)}
    ids = {row["registration"] for row in came} - told
    rows = await Registration.objects().where(
        (Registration.edition == edition.id) & Registration.erased_at.is_null()
    )
    return sorted((row for row in rows if row.id in ids), key=lambda row: row.id)


async def told_count(edition: Edition) -> int:
    """How many have had the mail."""
    found = await CertificateMail.select(Count(alias="n")).where(CertificateMail.edition == edition.id)
    return int(found[0]["n"])


async def _told(edition: Edition) -> list[dict[str, int]]:
    found: list[dict[str, int]] = await CertificateMail.select(CertificateMail.registration).where(
        CertificateMail.edition == edition.id
    )
    return found


async def tell_of_certificates(year: int, words: str, *, actor: Actor, now: datetime) -> int:
    """Mail everybody who came and was not told that their certificate is ready; how many. Once for each.

    Raises Invalid for `words`, and Conflict before the summit is over or where nobody is left to be told.
    """
    check_secretariat(actor)
    text = markup.many_lines(words, field="words", longest=2_000, name="Your words")
    async with db.transaction():
        edition = await summits.locked_edition(year)
        if now < summits.ends_instant(edition):
            raise Conflict("Certificates are there once the summit is over.", code="not_over")
        people = await untold(edition)
        if not people:
            raise Conflict("Everybody who came has had the mail.", code="nobody_left")
        await CertificateMail.insert(
            *(CertificateMail(registration=row.id, edition=edition.id, sent_at=now) for row in people)
        )
        await outbox.add_all([mails.certificate_ready(row, edition, words=text) for row in people], now=now)
        told = f"{len(people)} of them"
        await journal.note("summit.certificates_told", actor, year, edition.title, now=now, detail=told)
    return len(people)
