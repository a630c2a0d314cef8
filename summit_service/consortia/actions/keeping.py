"""What consortia do by themselves: tell of a call that has changed, remind of its deadline, erase words in time."""

from __future__ import annotations

from datetime import datetime

from summit_service import db
from summit_service.consortia import mails, queries, rules
from summit_service.consortia.actions import writing
from summit_service.consortia.actions.erasing import erase_words
from summit_service.consortia.tables import Consortium


async def remind(now: datetime) -> int:
    """Housekeeping: queue the reminders that are due; how many. Right when it runs late, twice, or in two processes."""
    near = (Consortium.call.deadline_instant > now) & (
        Consortium.call.deadline_instant <= now + max(rules.REMIND_BEFORE)
    )
    sent = 0
    for one in await queries.forming(near):
        sent += await _remind(one.id, now=now)
    return sent


async def _remind(consortium_id: int, *, now: datetime) -> int:
    async with db.transaction():
        row = await queries.locked(consortium_id)
        one = await queries.brief_of(row.id)
        left = rules.reminders_left(one.deadline, since=row.created_at, reminded_at=row.reminded_at, now=now)
        if row.state != "forming" or one.call_state != "published" or not left or left[0] > now:
            return 0
        row.reminded_at = now
        await row.save()
        inside = (await queries.organisations_in([row.id], "in"))[row.id]
        return await writing.tell(
            one,
            inside,
            lambda person: mails.consortium_deadline(one, person, moment=left[0], now=now),
            now=now,
        )


async def tell_of_calls(now: datetime) -> int:
    """Housekeeping: mail those in it when their call has another deadline, or is withdrawn; of how many consortia."""
    call = Consortium.call
    rows = await Consortium.select(
        Consortium.id,
        Consortium.told_deadline,
        call.deadline_instant.as_alias("deadline"),
        call.state.as_alias("state"),
    ).where((Consortium.state == "forming") & Consortium.told_withdrawn_at.is_null())
    changed = [
        row["id"] for row in rows if row["state"] == "withdrawn" or row["told_deadline"] != row["deadline"]
    ]
    for consortium_id in changed:
        await _tell_of_call(consortium_id, now=now)
    return len(changed)


async def _tell_of_call(consortium_id: int, *, now: datetime) -> None:
    """Twice is once: what they know is written with the mails."""
    async with db.transaction():
        row = await queries.locked(consortium_id)
        one = await queries.brief_of(row.id)
        is_withdrawn = one.call_state == "withdrawn"
        is_news = is_withdrawn or row.told_deadline not in {None, one.deadline}
        if row.told_withdrawn_at is not None or row.state != "forming":
            return
        row.told_deadline, row.told_withdrawn_at = one.deadline, now if is_withdrawn else None
        await row.save()
        if is_news:
            inside = (await queries.organisations_in([row.id], "in"))[row.id]
            reason = await queries.reason_of(one.call_id) if is_withdrawn else ""
            await writing.tell(
                one, inside, lambda person: mails.consortium_call(one, person, reason=reason), now=now
            )


async def erase_old(now: datetime) -> int:
    """Housekeeping: two years after a deadline the outlines, words and names in the history go; of how many."""
    over = Consortium.call.deadline_instant <= rules.erased_before(now)
    rows = await Consortium.select(Consortium.id).where(over & Consortium.erased_at.is_null())
    for row in rows:
        await _erase(row["id"], now=now)
    return len(rows)


async def _erase(consortium_id: int, *, now: datetime) -> None:
    async with db.transaction():
        await erase_words(await queries.locked(consortium_id), now=now)
