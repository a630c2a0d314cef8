"""The background work: calendars that are due are fetched, by one worker each, and taken over."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

from summit_service import db, fetching
from summit_service.accounts.actor import Actor
from summit_service.errors import SummitError
from summit_service.events import actions as events
from summit_service.fetching import Fetched, Unfetched
from summit_service.following import rules, sealing
from summit_service.following.board import Board, board_of, note_events, packed
from summit_service.following.tables import FollowedCalendar
from summit_service.logs import logger

AT_ONCE = 8
"""How many are fetched in one round, together; there is a round a minute."""
LEASE = timedelta(minutes=10)
FOLLOWER = Actor(name="Followed calendar", via="follow")
log = logger("following")


async def fetch_due(now: datetime) -> int:
    """Fetch what is due; how many. Two workers at once never fetch the same calendar: a lease holds it."""
    rows = await _claim(now)
    await asyncio.gather(*(_fetch(row, now=now) for row in rows))
    return len(rows)


async def _claim(now: datetime) -> list[FollowedCalendar]:
    """The calendars that are due, each ours alone until its lease ends."""
    free = FollowedCalendar.lease_until.is_null() | (FollowedCalendar.lease_until <= now)
    due = FollowedCalendar.ended_at.is_null() & (FollowedCalendar.next_at <= now) & free
    query = FollowedCalendar.objects().where(due).order_by(FollowedCalendar.next_at).limit(AT_ONCE)
    async with db.transaction():
        rows = await db.for_update_skip_locked(query)
        if rows:
            ids = [row.id for row in rows]
            until: dict[Any, Any] = {FollowedCalendar.lease_until: now + LEASE}
            await FollowedCalendar.update(until).where(FollowedCalendar.id.is_in(ids))
    return list(rows)


async def _fetch(row: FollowedCalendar, *, now: datetime) -> None:
    try:
        found = await _asked(row)
        result = await _take_over(row, found, now=now)
    except Unfetched as refusal:
        result = _failed(row, refusal.sentence, refusal.retry_after, now=now)
    except SummitError as refusal:
        result = _failed(row, refusal.sentence, None, now=now)
    except Exception as fault:
        log.error("a followed calendar could not be taken over", calendar=row.id, exc_info=fault)
        result = _failed(row, "Something went wrong on our side when we took it over.", None, now=now)
    mine = (FollowedCalendar.id == row.id) & (FollowedCalendar.lease_until == now + LEASE)
    mine = mine & FollowedCalendar.ended_at.is_null()
    values = result | {FollowedCalendar.lease_until: None, FollowedCalendar.fetched_at: now}
    await FollowedCalendar.update(values).where(mine)


async def _asked(row: FollowedCalendar) -> Fetched:
    address = sealing.opened(row.sealed)
    if address is None:
        raise Unfetched("We cannot read its address any more. Stop following it, and give the address again.")
    return await fetching.fetch(
        address, allowed=fetching.limits(), etag=row.etag, last_modified=row.last_modified
    )


async def _take_over(row: FollowedCalendar, found: Fetched, *, now: datetime) -> dict[Any, Any]:
    """What the row says after a fetch that came to something."""
    if found.status == 304:
        board = await board_of(row, now=now)
        wait = rules.interval(board.plan.refresh)
        return _succeeded(row, "Nothing has changed there.", wait, now=now) | {
            FollowedCalendar.waiting: board.waiting
        }
    board = await board_of(row, found.body, now=now)
    if board.plan.faults:
        raise Unfetched(f"What {row.host} sent is no calendar that we can take. {board.plan.faults[0]}")
    if not await FollowedCalendar.exists().where(
        FollowedCalendar.id == row.id, FollowedCalendar.ended_at.is_null()
    ):
        raise Unfetched("It is followed no longer.")
    wanted = [one for one in board.plan.items if rules.taken_at_once(one, takes_new=row.takes_new)]
    done = await events.take(
        board.plan, {one.key: one.fingerprint for one in wanted}, actor=FOLLOWER, now=now
    )
    after = await board_of(row, found.body, now=now)
    async with db.transaction():
        await note_events(row, after.plan)
    wait = rules.interval(board.plan.refresh)
    return _succeeded(row, _told(after, done), wait, now=now) | {
        FollowedCalendar.etag: found.headers.get("etag", "")[:500],
        FollowedCalendar.last_modified: found.headers.get("last-modified", "")[:100],
        FollowedCalendar.body: packed(found.body),
        FollowedCalendar.waiting: after.waiting,
    }


def _told(board: Board, done: events.Done) -> str:
    faulty = sum(one.state == "faulty" for one in board.plan.items)
    parts = [
        f"{len(board.plan.items)} entries",
        f"{len(done.added)} new taken over" if done.added else "",
        f"{len(done.changed)} changed here" if done.changed else "",
        f"{board.waiting} to look at" if board.waiting else "",
        f"{faulty} cannot be taken" if faulty else "",
    ]
    return f"{', '.join(part for part in parts if part)}."


def _succeeded(row: FollowedCalendar, result: str, wait: timedelta, *, now: datetime) -> dict[Any, Any]:
    return {
        FollowedCalendar.succeeded_at: now,
        FollowedCalendar.failures: 0,
        FollowedCalendar.result: result,
        FollowedCalendar.next_at: rules.next_after(wait, now=now, seed=row.id),
    }


def _failed(row: FollowedCalendar, sentence: str, asked: int | None, *, now: datetime) -> dict[Any, Any]:
    failures = row.failures + 1
    wait = rules.retry_after(failures, asked)
    log.info("a followed calendar was not fetched", calendar=row.id, failures=failures)
    return {
        FollowedCalendar.failures: failures,
        FollowedCalendar.result: sentence,
        FollowedCalendar.next_at: max(
            now + timedelta(seconds=asked or 0), rules.next_after(wait, now=now, seed=row.id)
        ),
    }
