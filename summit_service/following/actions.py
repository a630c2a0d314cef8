"""Following a calendar, choosing how, stopping; and deciding about what it has."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from summit_service import db, fetching, journal
from summit_service.accounts.actor import Actor, check_acts_for, check_manages
from summit_service.errors import Conflict, NotFound
from summit_service.events import actions as events
from summit_service.following import rules, sealing
from summit_service.following.board import board_of, note_events
from summit_service.following.tables import FollowedCalendar, FollowedDecision
from summit_service.members import queries as members
from summit_service.members.tables import Organisation

GONE_BECAUSE = "It is no longer in the calendar that it came from."


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """What a person decided: entries to take, to leave (key and fingerprint); vanished ones to cancel, to keep."""

    take: Mapping[str, str] = field(default_factory=dict)
    leave: Mapping[str, str] = field(default_factory=dict)
    cancel: Collection[str] = ()
    keep: Collection[str] = ()


async def follow(
    slug: str, address: str, *, takes_new: bool, actor: Actor, now: datetime
) -> FollowedCalendar:
    """Follow the calendar at that address for the organisation; its first fetch is due at once.

    Raises NotFound, NotSignedIn, NotAllowed, Invalid for the field `address`, Conflict for one too many or twice.
    """
    host = await managed(slug, actor)
    rules.check_can_follow(host.standing)
    clean = fetching.checked_address(address, allowed=fetching.limits())
    found = hashlib.sha256(clean.encode()).hexdigest()
    row = FollowedCalendar(
        organisation=host.id,
        person=actor.person_id,
        host=fetching.shown(clean).removesuffix("/…"),
        sealed=sealing.seal(clean),
        address_hash=found,
        takes_new=takes_new,
        added_at=now,
        next_at=now,
    )
    async with db.transaction():
        await db.for_update(Organisation.objects().where(Organisation.id == host.id)).first()
        live = (FollowedCalendar.organisation == host.id) & FollowedCalendar.ended_at.is_null()
        kept = await FollowedCalendar.objects().where(live)
        rules.check_number(len(kept))
        if any(one.address_hash == found for one in kept):
            raise Conflict("This calendar is followed already.")
        await row.save()
        await journal.note("organisation.calendar_followed", actor, slug, host.name, now=now)
    return row


async def choose(slug: str, calendar_id: int, *, takes_new: bool, actor: Actor, now: datetime) -> None:
    """Whether new entries are taken at once, or wait for a person."""
    row = await calendar_of(slug, calendar_id, actor)
    # What waits is taken with the next fetch, which is due at once; without validators it comes whole.
    await FollowedCalendar.update(
        {
            FollowedCalendar.takes_new: takes_new,
            FollowedCalendar.next_at: _soon(row, now),
            FollowedCalendar.etag: "",
            FollowedCalendar.last_modified: "",
        }
    ).where(_live(row))


async def fetch_soon(slug: str, calendar_id: int, *, actor: Actor, now: datetime) -> datetime:
    """Fetch with the next round of the background work, at most every five minutes; when that may be."""
    row = await calendar_of(slug, calendar_id, actor)
    at = _soon(row, now)
    await FollowedCalendar.update({FollowedCalendar.next_at: at}).where(_live(row))
    return at


async def stop(slug: str, calendar_id: int, *, actor: Actor, now: datetime) -> None:
    """Follow it no longer: its address and what came from it are erased, its events stay."""
    row = await calendar_of(slug, calendar_id, actor)
    ended: dict[Any, Any] = {
        FollowedCalendar.ended_at: now,
        FollowedCalendar.sealed: "",
        FollowedCalendar.etag: "",
        FollowedCalendar.last_modified: "",
        FollowedCalendar.body: "",
        FollowedCalendar.waiting: 0,
    }
    async with db.transaction():
        # Who fetches it now has this row locked while it writes: we come after that, or it finds the end.
        await FollowedCalendar.update(ended).where(_live(row))
        await journal.note("organisation.calendar_ended", actor, slug, row.host, now=now)


async def decide(
    slug: str, calendar_id: int, decisions: Decisions, *, actor: Actor, now: datetime
) -> events.Done:
    """Take, leave, cancel, keep. What would be something else by now than was shown is left and told as overtaken."""
    row = await calendar_of(slug, calendar_id, actor)
    board = await board_of(row, now=now)
    done = events.Done()
    if decisions.take:
        check_acts_for(actor, row.organisation)
        done = await events.take(board.plan, decisions.take, actor=actor, now=now)
    for one in board.vanished:
        if one.key in decisions.cancel:
            await events.cancel_event(one.slug, reason=GONE_BECAUSE, actor=actor, now=now)
    left = {
        one.key: rules.mark(one) for one in board.asked if decisions.leave.get(one.key) == one.fingerprint
    }
    gone = {one.key for one in board.vanished}
    overtaken = [key for key in decisions.leave if key not in left]
    overtaken += [key for key in (*decisions.cancel, *decisions.keep) if key not in gone]
    left |= {one.key: rules.VANISHED for one in board.vanished if one.key in decisions.keep}
    after = await board_of(row, now=now)
    async with db.transaction():
        await _note_left(row.id, left, actor=actor, now=now)
        await note_events(row, after.plan)
        waiting = len({*(one.key for one in after.asked), *(one.key for one in after.vanished)} - set(left))
        await FollowedCalendar.update({FollowedCalendar.waiting: waiting}).where(_live(row))
    return replace(done, overtaken=(*done.overtaken, *overtaken))


async def managed(slug: str, actor: Actor) -> Organisation:
    """The organisation, for who may act for it; raises NotFound, NotSignedIn, NotAllowed."""
    host = await members.organisation_by_slug(slug)
    if host is None:
        raise NotFound("There is no such organisation.")
    check_manages(actor, host.id)
    return host


async def calendar_of(slug: str, calendar_id: int, actor: Actor) -> FollowedCalendar:
    """A calendar that this organisation follows; raises NotFound."""
    host = await managed(slug, actor)
    row = None
    if 0 < calendar_id < 2**31:
        where = (FollowedCalendar.id == calendar_id) & (FollowedCalendar.organisation == host.id)
        row = await FollowedCalendar.objects().where(where & FollowedCalendar.ended_at.is_null()).first()
    if row is None:
        raise NotFound("This calendar is not followed.")
    return row


def _live(row: FollowedCalendar) -> Any:
    """This calendar, unless it has been ended since it was read."""
    return (FollowedCalendar.id == row.id) & FollowedCalendar.ended_at.is_null()


def _soon(row: FollowedCalendar, now: datetime) -> datetime:
    return max(now, row.fetched_at + rules.BY_HAND) if row.fetched_at else now


async def _note_left(calendar_id: int, left: Mapping[str, str], *, actor: Actor, now: datetime) -> None:
    if not left:
        return
    mine = FollowedDecision.calendar == calendar_id
    await FollowedDecision.delete().where(mine & FollowedDecision.key.is_in(list(left)))
    rows = [
        FollowedDecision(calendar=calendar_id, key=key, mark=said, person=actor.person_id, decided_at=now)
        for key, said in left.items()
    ]
    await FollowedDecision.insert(*rows)
