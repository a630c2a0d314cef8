"""Keeping the addresses of speakers, sending what a release makes due, thanking them, and erasing by date."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from summit_service import db, journal, links, markup
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.accounts.addresses import email_address, email_key
from summit_service.errors import Conflict, Fault, Invalid
from summit_service.mail import outbox
from summit_service.speakers import mails, queries, rules, thanks
from summit_service.speakers.queries import Board, Letter
from summit_service.speakers.tables import SpeakerContact
from summit_service.speakers.thanks import Thanks
from summit_service.summits import queries as summits
from summit_service.summits.tables import Edition, Release

MOST = 2_000


async def put_addresses(
    year: int, text: str, *, seen: str | None = None, actor: Actor, now: datetime
) -> None:
    """Make these the addresses of the edition: a line `Name; address` for each; who is left out is erased at once.

    A name without an address is passed over. `seen` is the mark (`rules.mark_of`) of the addresses that the person
    had before their eyes. Raises Invalid for `addresses` with the line of each fault, and Conflict where they are
    others by now.
    """
    check_secretariat(actor)
    wished = _addresses(text)
    async with db.transaction():
        edition = await summits.locked_edition(year)
        rules.check_seen(await queries.addresses_of(edition.id), wished, seen)
        stored = {row.name: row for row in await queries.contacts_of(edition.id)}
        for name, email in wished.items():
            await _keep(stored.pop(name, None), edition, name, email, now=now)
        for row in stored.values():
            await _erase(row, now=now)
        await journal.note("summit.speaker_addresses", actor, year, edition.title, now=now)


def _addresses(text: str) -> dict[str, str]:
    faults: list[Fault] = []
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        name, _, email = (part.strip() for part in line.partition(rules.SEPARATOR))
        if not email and "@" not in name:
            continue
        try:
            if not email:
                raise Invalid.one("addresses", f"Put a “{rules.SEPARATOR}” between the name and the address.")
            clean = markup.one_line(name, field="addresses", longest=120, name="The name")
            if clean in found:
                raise Invalid.one("addresses", f"{clean} is there twice.")
            found[clean] = email_address(email, field="addresses")
        except Invalid as refusal:
            faults += [Fault("addresses", f"Line {number}: {fault.sentence}") for fault in refusal.faults]
    if len(found) > MOST:
        faults.append(Fault("addresses", f"{MOST:,} addresses are the most."))
    if faults:
        raise Invalid(faults)
    return found


async def _keep(
    row: SpeakerContact | None, edition: Edition, name: str, email: str, *, now: datetime
) -> None:
    """A corrected address has been told nothing, nor thanked: the next drafts have all of it."""
    if row is None:
        row = SpeakerContact(edition=edition.id, name=name, created_at=now)
    elif row.email_key != email_key(email):
        await _forget_mails(row, "another address", now=now)
        row.told_release, row.told_at, row.thanked_at, row.thanked_by_name = 0, None, None, ""
    if row.email != email:
        row.email, row.email_key = email, email_key(email)
        await row.save()


async def send(year: int, notes: Mapping[str, str], *, release: int, actor: Actor, now: datetime) -> int:
    """Mail the drafts to these addresses (as they are compared), each with the secretariat's own words; how many.

    Raises Conflict, and sends nothing, where `release` is not the last one or one of the drafts is gone: then
    somebody has released or sent meanwhile. Who is left out is told of everything with a later release.
    """
    check_secretariat(actor)
    words = {key: _words(note) for key, note in notes.items()}
    async with db.transaction():
        edition = await summits.locked_edition(year)
        board = await queries.board_of(edition)
        last = _checked(board, words, release)
        due = [letter for letter in board.letters if letter.key in words]
        for letter in due:
            await _send(letter, edition, last, words[letter.key], now=now)
        told = f"release {release}, {len(due)} of them"
        await journal.note("summit.speakers_told", actor, year, edition.title, now=now, detail=told)
    return len(due)


async def keep_notes(year: int, notes: Mapping[str, str], *, actor: Actor, now: datetime) -> None:
    """Keep what was written beside the drafts for later; nothing is sent."""
    check_secretariat(actor)
    words = {key: _words(note) for key, note in notes.items()}
    async with db.transaction():
        edition = await summits.locked_edition(year)
        for letter in (await queries.board_of(edition)).letters:
            if letter.key in words and words[letter.key] != letter.note:
                await _row(letter, edition, now=now, note=words[letter.key])
        await journal.note("summit.speaker_notes", actor, year, edition.title, now=now)


def _words(note: str) -> str:
    return markup.many_lines(note, field="note", longest=2_000, name="The note")


def _checked(board: Board, words: Mapping[str, str], release: int) -> Release:
    if board.release is None or board.release.number != release:
        raise Conflict(
            "The programme was released anew since you opened this page. Look at the drafts again."
        )
    if not words:
        raise Conflict("Choose at least one draft to send.")
    if not set(words) <= {letter.key for letter in board.letters}:
        raise Conflict("Some of these mails have been sent meanwhile. Look at the drafts again.")
    return board.release


async def _send(letter: Letter, edition: Edition, release: Release, note: str, *, now: datetime) -> None:
    row = await _row(letter, edition, now=now, note="", told_release=release.number, told_at=now)
    await outbox.add(mails.changed(letter, row, release, note=note, now=now), now=now)


async def _row(
    letter: Letter | Thanks, edition: Edition, *, now: datetime, **values: object
) -> SpeakerContact:
    """The row of the letter's first name, with these values in the rows of all its names."""
    rows = []
    for name in letter.names:
        known = (SpeakerContact.edition == edition.id) & (SpeakerContact.name == name)
        row = await SpeakerContact.objects().get(known) or SpeakerContact(
            edition=edition.id, name=name, email=letter.email, email_key=letter.key, created_at=now
        )
        for column, value in values.items():
            setattr(row, column, value)
        await row.save()
        rows.append(row)
    return rows[0]


async def send_thanks(year: int, chosen: Collection[str], words: str, *, actor: Actor, now: datetime) -> int:
    """Let go the letters of thanks to these addresses (as they are compared), with the secretariat's words; how many.

    Raises Invalid for `words`, and Conflict, and sends nothing, before the summit is over or where one of them has
    been sent meanwhile.
    """
    check_secretariat(actor)
    text = markup.many_lines(words, field="words", longest=2_000, name="Your words")
    async with db.transaction():
        edition = await summits.locked_edition(year)
        thanks.check_over(edition, now=now)
        due = {one.key: one for one in await thanks.due(edition)}
        if not chosen:
            raise Conflict("Choose at least one letter to send.")
        if not set(chosen) <= due.keys():
            raise Conflict("Some of these letters have been sent meanwhile. Look at the drafts again.")
        for key in sorted(set(chosen)):
            row = await _row(due[key], edition, now=now, thanked_at=now, thanked_by_name=actor.name)
            await outbox.add(mails.thanked(due[key], row, edition, words=text, now=now), now=now)
        told = f"{len(set(chosen))} of them"
        await journal.note("summit.speakers_thanked", actor, year, edition.title, now=now, detail=told)
    return len(set(chosen))


async def erase_old(now: datetime) -> int:
    """Housekeeping: erase the addresses of speakers at summits that were over a year ago; how many."""
    erased = 0
    for edition in await Edition.objects().where(Edition.ends_on < now.date()):
        if queries.erased_at(edition) <= now:
            async with db.transaction():
                for row in await queries.contacts_of(edition.id):
                    await _erase(row, now=now)
                    erased += 1
    return erased


async def erase_of(key: str, *, edition_id: int | None = None, now: datetime) -> None:
    """Erase where this speaker is reached, for one edition or for all, in the caller's transaction.

    A released programme keeps its speakers.
    """
    db.current_transaction()
    for row in await SpeakerContact.objects().where(SpeakerContact.email_key == key):
        if edition_id in {None, row.edition}:
            await _erase(row, now=now)


async def _erase(row: SpeakerContact, *, now: datetime) -> None:
    await _forget_mails(row, "erased", now=now)
    await SpeakerContact.delete().where(SpeakerContact.id == row.id)


async def _forget_mails(row: SpeakerContact, reason: str, *, now: datetime) -> None:
    """What went to its address opens nothing any more, whoever has the row, or its number, next.

    The mails come first: a link is made as its mail goes out, and none goes out, or again, after this.
    """
    await outbox.erase(mails.about(row), now=now)
    for purpose in (thanks.LINK, queries.LINK):
        await links.end_all(purpose, subject=str(row.id), reason=reason, now=now)
