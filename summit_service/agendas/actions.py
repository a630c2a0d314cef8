"""Starring sessions, keeping an agenda with a registration, replacing its secret, and letting it go."""

from __future__ import annotations

from datetime import datetime, timedelta

from summit_service import db, tokens
from summit_service.agendas import queries, rules
from summit_service.agendas.tables import Agenda, AgendaKey, Star
from summit_service.errors import NotFound
from summit_service.mail import outbox
from summit_service.summits import queries as summits
from summit_service.summits.tables import Edition

KEPT = timedelta(days=365)
"""How long after the last day of the summit an agenda stays."""


async def star(year: int, session: str, *, token: str = "", now: datetime) -> str:
    """Put a session of the last release into the agenda of this device; gives the secret that opens it.

    Without a secret that opens something an agenda is made. A second time changes nothing. Raises NotFound for
    a session that is not in the programme, Conflict for a full agenda.
    """
    edition, uid = await _starrable(year, session)
    async with db.transaction():
        key = await _locked(token, edition.id)
        if key is None:
            token, key = await _made(edition.id, now=now)
        starred = await queries.stars_of(key.agenda.id)
        if uid not in starred:
            rules.check_room_for(len(starred))
            await _add(key.agenda, [uid], now=now)
    return token


async def unstar(year: int, session: str, *, token: str, now: datetime) -> None:
    """Take a session out of the agenda; one that is not in it, and an unknown secret, change nothing.

    `session` is the name in its address, or the UID where it has left the programme.
    """
    edition = await summits.found_edition(year, is_announced_only=True)
    uid = await _uid_of(edition, session)
    async with db.transaction():
        key = await _locked(token, edition.id)
        if key is None:
            return
        mine = (Star.agenda == key.agenda.id) & (Star.session_uid == uid)
        if await Star.delete().where(mine).returning(Star.id):
            await _touch(key.agenda, now=now)


async def replace_key(year: int, *, token: str, now: datetime) -> str:
    """End every secret of this agenda with their calendar addresses, and give a new one. Raises NotFound."""
    edition = await summits.found_edition(year, is_announced_only=True)
    async with db.transaction():
        key = await _locked(token, edition.id)
        if key is None:
            raise NotFound("There is no agenda on this device.")
        live = (AgendaKey.agenda == key.agenda.id) & AgendaKey.ended_at.is_null()
        await AgendaKey.update({AgendaKey.ended_at: now}).where(live)
        return await _new_key(key.agenda, now=now)


async def open_for(holder: str, edition_id: int, *, token: str = "", now: datetime) -> str:
    """A secret for the agenda of a holder, which is made where they have none; its own where this device has one.

    What this device has starred for nobody is copied into it. The device's own agenda is never taken over:
    somebody else may hold a link to that.
    """
    async with db.transaction():
        here = await _locked(token, edition_id)
        await Agenda.insert(
            Agenda(edition=edition_id, holder=holder, created_at=now, changed_at=now)
        ).on_conflict(action="DO NOTHING")
        theirs = await db.for_update(Agenda.objects().where(Agenda.holder == holder)).first()
        if theirs is None:
            raise RuntimeError("An agenda that was just made is not there.")
        if here is not None and here.agenda.id == theirs.id:
            return token
        if here is not None and not here.agenda.holder:
            missing = await queries.stars_of(here.agenda.id) - await queries.stars_of(theirs.id)
            await _add(theirs, sorted(missing), now=now)
        return await _new_key(theirs, now=now)


async def star_for(holder: str, edition_id: int, uid: str, *, now: datetime) -> None:
    """Put a session into the agenda of a holder, which is made where they have none; in the caller's transaction."""
    made = Agenda(edition=edition_id, holder=holder, created_at=now, changed_at=now)
    await Agenda.insert(made).on_conflict(action="DO NOTHING")
    theirs = await db.for_update(Agenda.objects().where(Agenda.holder == holder)).first()
    if theirs is not None and uid not in await queries.stars_of(theirs.id):
        await _add(theirs, [uid], now=now)


async def unstar_for(holder: str, uid: str, *, now: datetime) -> None:
    """Take a session out of the agenda of a holder, where it stands in it; in the caller's transaction."""
    theirs = await db.for_update(Agenda.objects().where(Agenda.holder == holder)).first()
    if theirs is None:
        return
    mine = (Star.agenda == theirs.id) & (Star.session_uid == uid)
    if await Star.delete().where(mine).returning(Star.id):
        await _touch(theirs, now=now)


async def note_fetch(key: AgendaKey, *, app: str, now: datetime) -> None:
    """Note that a calendar app came for the agenda's calendar: it sees what a mail was to tell."""
    async with db.transaction():
        if key.agenda.holder:
            reason = "The calendar has been fetched."
            await outbox.stop(key.agenda.holder, reason=reason, now=now, kinds=[rules.LATE])
        await AgendaKey.update({AgendaKey.fetched_at: now, AgendaKey.fetched_by: app}).where(
            AgendaKey.id == key.id
        )


async def erase_held_by(holder: str) -> None:
    """Let the agenda of a holder go, with its stars and secrets; in the caller's transaction."""
    await Agenda.delete().where(Agenda.holder == holder)


async def erase_old(now: datetime) -> int:
    """Housekeeping: the agendas of summits that have long been over; how many."""
    long_ago = (now - KEPT).date()
    over = await Edition.select(Edition.id).where(Edition.ends_on < long_ago)
    if not over:
        return 0
    async with db.transaction():
        gone = (
            await Agenda.delete()
            .where(Agenda.edition.is_in([row["id"] for row in over]))
            .returning(Agenda.id)
        )
    return len(gone)


async def _starrable(year: int, session: str) -> tuple[Edition, str]:
    edition = await summits.found_edition(year, is_announced_only=True)
    released = await summits.shown_release(edition.id, None)
    return edition, rules.session_to_star(summits.snapshot_of(released), session).uid


async def _uid_of(edition: Edition, session: str) -> str:
    released = await summits.last_release(edition.id)
    items = summits.snapshot_of(released).items if released else ()
    return next((item.session.uid for item in items if item.session.id == session), session)


async def _locked(token: str, edition_id: int) -> AgendaKey | None:
    """The live key of a secret with its agenda locked, so that its stars have one writer."""
    key = await queries.key_of(token, edition_id=edition_id)
    if key is None:
        return None
    agenda = await db.for_update(Agenda.objects().where(Agenda.id == key.agenda.id)).first()
    key = await queries.key_of(token, edition_id=edition_id)
    return key if agenda is not None else None


async def _made(edition_id: int, *, now: datetime) -> tuple[str, AgendaKey]:
    agenda = Agenda(edition=edition_id, created_at=now, changed_at=now)
    await agenda.save()
    token = await _new_key(agenda, now=now)
    key = await queries.key_of(token, edition_id=edition_id)
    if key is None:
        raise RuntimeError("A key that was just made is not there.")
    return token, key


async def _new_key(agenda: Agenda, *, now: datetime) -> str:
    token = tokens.mint()
    await AgendaKey(
        agenda=agenda.id,
        token_hash=queries.fingerprint(token),
        calendar_hash=queries.calendar_fingerprint(queries.calendar_token(token)),
        created_at=now,
    ).save()
    return token


async def _add(agenda: Agenda, uids: list[str], *, now: datetime) -> None:
    if uids:
        await Star.insert(*(Star(agenda=agenda.id, session_uid=uid, created_at=now) for uid in uids))
        await _touch(agenda, now=now)


async def _touch(agenda: Agenda, *, now: datetime) -> None:
    changed_at = rules.next_change(agenda.changed_at, now)
    await Agenda.update({Agenda.changed_at: changed_at}).where(Agenda.id == agenda.id)
