"""The background work: calendars that are due are fetched, by one worker each, and taken over."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from summit_service import db, fetching, settings
from summit_service.accounts.actor import Actor
from summit_service.errors import SummitError
from summit_service.events import actions as events
from summit_service.events.actions import Plan
from summit_service.fetching import Fetched, Unfetched
from summit_service.following import queries, rules, sealing
from summit_service.following.board import Board, board_of, note_events, packed, unpacked
from summit_service.following.tables import FollowedCalendar
from summit_service.logs import logger

AT_ONCE = 8
"""How many are fetched in one round, together; there is a round a minute."""
LEASE = timedelta(minutes=10)
FOLLOWER = Actor(name="Followed calendar", via="follow")
log = logger("following")


class _Ended(Exception):
    """The calendar is ours no more: it was ended, it pauses, or our lease has run out. Nothing is to be written."""


async def fetch_due(now: datetime) -> int:
    """Fetch what is due; how many. Two workers at once never fetch the same calendar: a lease holds it.

    Whatever happens to one of them, the others come to their end; what fails is fetched again after its lease.
    """
    rows = await _claim(now)
    outcomes = await asyncio.gather(*(_fetch(row, now=now) for row in rows), return_exceptions=True)
    for row, fault in zip(rows, outcomes, strict=True):
        if fault is not None:
            log.error("a fetch could not be written down", calendar=row.id, exc_info=fault)
    return len(rows)


async def _claim(now: datetime) -> list[FollowedCalendar]:
    """The calendars that are due, each ours alone until its lease ends; those that pause are left."""
    free = FollowedCalendar.lease_until.is_null() | (FollowedCalendar.lease_until <= now)
    due = FollowedCalendar.ended_at.is_null() & (FollowedCalendar.next_at <= now) & free
    async with db.transaction():
        paused = await queries.paused_organisations()
        if paused:
            due = due & FollowedCalendar.organisation.not_in(list(paused))
        query = FollowedCalendar.objects().where(due).order_by(FollowedCalendar.next_at).limit(AT_ONCE)
        rows = await db.for_update_skip_locked(query)
        if rows:
            ids = [row.id for row in rows]
            until: dict[Any, Any] = {FollowedCalendar.lease_until: now + LEASE}
            await FollowedCalendar.update(until).where(FollowedCalendar.id.is_in(ids))
    return list(rows)


async def _fetch(row: FollowedCalendar, *, now: datetime) -> None:
    plan = None
    try:
        plan, result = await _take_over(row, await _asked(row), now=now)
    except _Ended:
        return
    except Unfetched as refusal:
        result = _failed(row, refusal.sentence, refusal.retry_after, detail=refusal.detail, now=now)
    except SummitError as refusal:
        result = _failed(row, refusal.sentence, None, now=now)
    except Exception as fault:
        log.error("a followed calendar could not be taken over", calendar=row.id, exc_info=fault)
        result = _failed(row, "Something went wrong on our side when we took it over.", None, now=now)
    with suppress(_Ended):
        await _finish(row, result, plan, now=now)


async def _held(row: FollowedCalendar, *, now: datetime) -> FollowedCalendar:
    """The calendar, locked until the commit: who ends it comes before us, and is seen, or after us."""
    held = await db.for_update(FollowedCalendar.objects().where(FollowedCalendar.id == row.id)).first()
    if held is None or held.ended_at is not None or held.lease_until != now + LEASE:
        raise _Ended
    if await queries.paused_organisations([row.organisation]):
        raise _Ended
    return held


async def _finish(row: FollowedCalendar, result: dict[Any, Any], plan: Plan | None, *, now: datetime) -> None:
    """Write down what the fetch came to, and give the lease back."""
    values = result | {FollowedCalendar.lease_until: None, FollowedCalendar.fetched_at: now}
    async with db.transaction():
        held = await _held(row, now=now)
        if held.takes_new != row.takes_new:
            # Somebody chose otherwise meanwhile: it is fetched whole again, at once.
            again = {
                FollowedCalendar.next_at: now,
                FollowedCalendar.etag: "",
                FollowedCalendar.last_modified: "",
            }
            values |= again
        if plan is not None:
            await note_events(row, plan)
        await FollowedCalendar.update(values).where(FollowedCalendar.id == row.id)


async def _asked(row: FollowedCalendar) -> Fetched:
    if settings.current().is_demo and rules.is_made_up(row.host) and row.body:
        # The demo's own: it stays as it was made, and asks no resolver and no network.
        return Fetched(200, body=unpacked(row.body))
    address = sealing.opened(row.sealed)
    if address is None:
        raise Unfetched("We cannot read its address any more. Stop following it, and give the address again.")
    return await fetching.fetch(
        address, allowed=fetching.limits(), etag=row.etag, last_modified=row.last_modified
    )


async def _take_over(
    row: FollowedCalendar, found: Fetched, *, now: datetime
) -> tuple[Plan | None, dict[Any, Any]]:
    """What is here after a fetch that came to something, and what the row says of it."""
    if found.status == 304:
        board = await board_of(row, now=now)
        wait = rules.interval(board.plan.refresh)
        kept = _succeeded(row, "Nothing has changed there.", wait, now=now)
        return None, kept | {FollowedCalendar.waiting: board.waiting}
    board = await board_of(row, found.body, now=now)
    if board.plan.faults:
        raise Unfetched(f"What {row.host} sent is no calendar that we can take. {board.plan.faults[0]}")
    wanted = [
        one for one in board.plan.items if rules.taken_at_once(one, board.decided, takes_new=row.takes_new)
    ]
    done = await events.take(
        board.plan,
        {one.key: one.fingerprint for one in wanted},
        actor=FOLLOWER,
        now=now,
        hold=partial(_held, row, now=now),
    )
    after = await board_of(row, found.body, now=now)
    wait = rules.interval(board.plan.refresh)
    return after.plan, _succeeded(row, _told(after, done), wait, now=now) | {
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
        FollowedCalendar.detail: "",
        FollowedCalendar.next_at: rules.next_after(wait, now=now, seed=row.id),
    }


def _failed(
    row: FollowedCalendar, sentence: str, asked: int | None, *, now: datetime, detail: str = ""
) -> dict[Any, Any]:
    failures = row.failures + 1
    wait = rules.retry_after(failures, asked)
    log.info("a followed calendar was not fetched", calendar=row.id, failures=failures, detail=detail)
    return {
        FollowedCalendar.failures: failures,
        FollowedCalendar.result: sentence,
        FollowedCalendar.detail: detail[:300],
        FollowedCalendar.next_at: max(
            now + timedelta(seconds=asked or 0), rules.next_after(wait, now=now, seed=row.id)
        ),
    }
