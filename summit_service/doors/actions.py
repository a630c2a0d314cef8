"""The verbs of the door: making and closing doors, letting people in, taking a mistake back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from summit_service import db, journal, links
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.doors import mails, queries, rules
from summit_service.doors.queries import LINK, Seen
from summit_service.doors.scans import SAME_MARK, Refused, Scan
from summit_service.doors.tables import Arrival, Door
from summit_service.errors import Gone, Invalid, NotFound
from summit_service.mail import outbox
from summit_service.registrations import queries as registrations
from summit_service.registrations.rules import CONFIRMED
from summit_service.registrations.tables import Registration
from summit_service.summits import queries as summits
from summit_service.summits.tables import Edition


async def make_door(year: int, name: str, *, actor: Actor, now: datetime) -> tuple[Door, str]:
    """A new door, and the secret of the link that opens it until the summit is over, told this once.

    Raises Invalid for a name that is missing or taken, Gone after the summit.
    """
    check_secretariat(actor)
    edition = await queries.edition_of(year)
    name = rules.check_name(name)
    if now >= summits.ends_instant(edition):
        raise Gone("The summit is over. Nobody comes through a door any more.", code="summit_over")
    async with db.transaction():
        door = Door(edition=edition.id, name=name, created_at=now, created_by_name=actor.name)
        try:
            with db.unique_violations():
                await door.save()
        except db.UniqueViolation:
            raise Invalid.one(
                "name", f"There is a door “{name}” already. Give this one another name."
            ) from None
        token = await links.issue(LINK, subject=str(door.id), now=now)
        await journal.note("summit.door_made", actor, year, edition.title, now=now, detail=name)
        return door, token


async def open_door(year: int, door_id: int, *, actor: Actor, now: datetime) -> str:
    """One more link to a door: for another helper, or for the secretariat's own device."""
    check_secretariat(actor)
    async with db.transaction():
        edition, door = await _door(year, door_id, now=now)
        token = await links.issue(LINK, subject=str(door.id), now=now)
        await journal.note("summit.door_opened", actor, year, edition.title, now=now, detail=door.name)
        return token


async def close_door(year: int, door_id: int, *, actor: Actor, now: datetime) -> None:
    """End every link to a door; who came in by it stays."""
    check_secretariat(actor)
    async with db.transaction():
        edition, door = await _door(year, door_id, now=now)
        await door.update_self({Door.ended_at: now})
        await links.end_all(LINK, subject=str(door.id), reason="closed", now=now)
        await journal.note("summit.door_closed", actor, year, edition.title, now=now, detail=door.name)


async def _door(year: int, door_id: int, *, now: datetime) -> tuple[Edition, Door]:
    found, edition = await queries.door_at(year, door_id)
    door = await db.for_update(Door.objects().where(Door.id == found.id)).first()
    if door is None:
        raise NotFound(queries.NO_DOOR)
    queries.check_open(door, edition, now=now)
    return edition, door


async def leave(token: str, *, now: datetime) -> None:
    """End this one link to a door. Raises NotFound where it opens nothing."""
    found = await queries.opened(token, now=now)
    await links.use_up(found.link, now=now)


async def record(
    token: str, lines: Sequence[Scan | Refused], *, sent_at: datetime | None = None, now: datetime
) -> list[Seen]:
    """Write down whom a door let in, and say of each what became of it, in the order told.

    A scan that is told twice is written once, and of all arrivals of one person the first by its time counts.
    A line that cannot be taken is answered with its reason, and the others are written.
    `sent_at` is what the device's clock says now, by which the times of its scans are put right; with it, scans
    of a door that has closed by the clock are taken a little longer. Raises NotFound and Invalid.
    """
    _check(lines)
    opened = await queries.opened(token, now=now, is_upload=sent_at is not None)
    by = Actor(name=opened.door.name, via="link")
    return await _record(opened.door, opened.edition, lines, sent_at=sent_at, by=by, now=now)


async def record_for(
    year: int,
    door_id: int,
    lines: Sequence[Scan | Refused],
    *,
    sent_at: datetime,
    actor: Actor,
    now: datetime,
) -> list[Seen]:
    """As `record`, for the secretariat, without a link. Raises NotFound, Conflict for a closed door, and Invalid."""
    check_secretariat(actor)
    _check(lines)
    door, edition = await queries.door_at(year, door_id)
    queries.check_open(door, edition, now=now - rules.GRACE)
    return await _record(door, edition, lines, sent_at=sent_at, by=actor, now=now)


async def _record(
    door: Door,
    edition: Edition,
    lines: Sequence[Scan | Refused],
    *,
    sent_at: datetime | None,
    by: Actor,
    now: datetime,
) -> list[Seen]:
    async with db.transaction():
        scans = [line for line in lines if isinstance(line, Scan)]
        known = await _known(scans)
        rows = await _locked([row.id for row in known.values()])
        others = await _marks_of_others(known)
        count = 0
        for scan in sorted(scans, key=lambda one: one.at):
            at = rules.moment_of(scan.at, sent_at=sent_at or now, made_at=door.created_at, now=now)
            row = rows.get(known[scan.identifier].id) if scan.identifier in known else None
            if row is not None and row.edition == edition.id and scan.identifier not in others:
                count += await _write(scan, row, door, at=at, now=now)
        if count:
            words = _counted_words(scans)
            await journal.note("summit.checked_in", by, edition.year, edition.title, now=now, detail=words)
        return [await _answer(line, edition, known, others, now=now) for line in lines]


async def _answer(
    line: Scan | Refused,
    edition: Edition,
    known: Mapping[str, Registration],
    others: set[str],
    *,
    now: datetime,
) -> Seen:
    if isinstance(line, Refused):
        return Seen(rules.REFUSED, reason=line.reason)
    if line.identifier in others:
        return Seen(rules.REFUSED, reason=SAME_MARK)
    row = known.get(line.identifier)
    return await queries.seen(edition, row, entry=line.identifier, is_undone=line.is_undo, now=now)


def _check(lines: Sequence[Scan | Refused]) -> None:
    if len(lines) > rules.MOST_AT_ONCE:
        raise Invalid.one("scans", f"Send at most {rules.MOST_AT_ONCE} at once.")


def _counted_words(scans: Sequence[Scan]) -> str:
    undone = sum(scan.is_undo for scan in scans)
    told = len(scans) - undone
    parts = [f"{told} told" if told else "", f"{undone} taken back" if undone else ""]
    return ", ".join(part for part in parts if part)


async def _known(scans: Sequence[Scan]) -> dict[str, Registration]:
    """Whom each scan is about, by its mark; a ticket that is not genuine is about nobody."""
    found: dict[str, Registration] = {}
    for scan in scans:
        row = (
            await queries.registration_of(scan.ticket)
            if scan.ticket
            else await queries.registration_numbered(scan.number)
        )
        if row is not None:
            found[scan.identifier] = row
    return found


async def _marks_of_others(known: Mapping[str, Registration]) -> set[str]:
    """Marks that stand for the arrival of somebody else already: what comes with one is not written."""
    rows = await Arrival.select(Arrival.client_id, Arrival.registration).where(
        Arrival.client_id.is_in(list(known) or [""])
    )
    return {row["client_id"] for row in rows if row["registration"] != known[row["client_id"]].id}


async def _locked(registration_ids: Sequence[int]) -> Mapping[int, Registration]:
    """Their rows, locked in one order, so that two doors never wait for each other."""
    theirs = Registration.id.is_in(sorted(set(registration_ids)) or [0])
    rows = await db.for_update(Registration.objects().where(theirs).order_by(Registration.id))
    return {row.id: row for row in rows}


async def _write(scan: Scan, row: Registration, door: Door, *, at: datetime, now: datetime) -> int:
    """1 where something was written; a scan that we have already, or of nobody with a place, is not."""
    if scan.is_undo:
        done = await _undo(row, at=at)
        await _stop_mail(row, now=now)
    elif await Arrival.exists().where(Arrival.client_id == scan.identifier):
        return 0
    else:
        done = await _arrive(scan, row, door, at=at, now=now)
    await _recount(row)
    return int(done)


async def _arrive(scan: Scan, row: Registration, door: Door, *, at: datetime, now: datetime) -> bool:
    standing = await registrations.standing(row.id, now=now)
    if standing.state != CONFIRMED:
        return False
    await Arrival(
        registration=row.id,
        edition=row.edition,
        door=door.id,
        attendance=standing.attendance,
        client_id=scan.identifier,
        at=at,
        received_at=now,
    ).save()
    return True


async def _undo(row: Registration, *, at: datetime) -> bool:
    """Whatever was seen of this person until then was a mistake; what is seen later stays."""
    mistaken = (Arrival.registration == row.id) & Arrival.undone_at.is_null() & (Arrival.at <= at)
    changed: dict[Any, Any] = {Arrival.undone_at: at, Arrival.is_counted: False}
    return bool(await Arrival.update(changed).where(mistaken).returning(Arrival.id))


async def _stop_mail(row: Registration, *, now: datetime) -> None:
    """Where nothing is left of them, no mail says that their certificate is ready."""
    if not await queries.has_come(row.id):
        reason = "The check-in was taken back."
        await outbox.stop(mails.about(row), reason=reason, kinds=[mails.CERTIFICATE], now=now)


async def _recount(row: Registration) -> None:
    """Let the first arrival of this person count, and no other; their registration is locked."""
    first = rules.counted((await queries.entries_of([row.id]))[row.id])
    others: Any = Arrival.registration == row.id
    if first is not None:
        others &= Arrival.id != first.order
    await Arrival.update({Arrival.is_counted: False}).where(others & Arrival.is_counted.eq(True))
    if first is not None:
        await Arrival.update({Arrival.is_counted: True}).where(Arrival.id == first.order)
