"""Which mail is next and whose it is: taking a batch under a lease, giving it back, what a dead mailer left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from piccolo.columns.combination import WhereRaw
from piccolo.querystring import QueryString

from summit_service import db, links
from summit_service.logs import mask
from summit_service.mail import history, outbox, outcomes, pauses, streams, waking
from summit_service.mail.outbox import LinkSpec
from summit_service.mail.outcomes import ended, free, write
from summit_service.mail.rows import COLUMNS, OutboxRow
from summit_service.mail.rules import Phase
from summit_service.mail.tables import OutboxMessage

# Longer than everything that may happen until the next step is written down (smtp.py has the limits).
LEASE = timedelta(minutes=3)
LEASE_AFTER_DOT = timedelta(minutes=6)
LEFT_BEHIND = "The mailer that had it ended before it could write down what came of it."
TOO_LATE = "Its time was over before it could be sent."

# A later mail about the same thing waits for the earlier one, so that no reminder overtakes its invitation and no
# cancellation a confirmation. Somebody sits in front of a sign-in page: those mails (priority 0) wait for nothing.
IS_NEXT_OF_ITS_THREAD = (
    "(priority = 0 OR NOT EXISTS (SELECT 1 FROM outbox_message AS earlier"
    " WHERE earlier.about = outbox_message.about AND earlier.recipient_email = outbox_message.recipient_email"
    " AND earlier.id < outbox_message.id AND earlier.settled_at IS NULL))"
)

Slots = Callable[[OutboxRow], datetime]


@dataclass(frozen=True, slots=True)
class Before:
    """What a row was before it was taken, for the case that it is given back without an attempt."""

    state: str
    attempts: int
    repeats: int
    tried_at: datetime | None
    phase: str


@dataclass(frozen=True, slots=True)
class Started:
    """A row that is being sent, with the links that were minted for this attempt and their secrets."""

    row: OutboxRow
    owner: str
    before: Before
    urls: dict[str, str]
    secrets: tuple[str, ...]

    def without_secrets(self, text: str) -> str:
        """For the tables and the logs: a server may quote what it was given."""
        for secret in self.secrets:
            text = text.replace(secret, "…")
        return mask(text)

    def is_held(self) -> Any:
        """The row as long as it is this attempt's: `owner` names one batch, and no batch has a row twice."""
        is_mine = (OutboxMessage.id == self.row.id) & (OutboxMessage.lease_owner == self.owner)
        return is_mine & (OutboxMessage.state == "sending")


@dataclass(frozen=True, slots=True)
class Batch:
    """What was taken; `looked_at` counts the rows that were put off or stopped, too."""

    started: list[Started]
    looked_at: int


async def take(
    *,
    owner: str,
    now: datetime,
    limit: int,
    base_url: str,
    lease: timedelta = LEASE,
    slots: Slots | None = None,
) -> Batch:
    """Transaction A: up to `limit` rows that are due are leased to `owner` and `sending`, their links' hashes stored.

    `owner` must be new each time. `slots` says when a row's domain takes its next mail; a later one puts it off.
    """
    async with db.transaction():
        limit = await pauses.allowance(limit, now=now)
        rows = await _due(limit, now=now) if limit else []
        unwanted = await streams.unwanted(rows)
        ready = []
        for row in rows:
            slot = slots(row) if slots else now
            if row.expires_at is not None and row.expires_at <= now:
                await write(row, ended("stopped", now) | {OutboxMessage.server_reply: TOO_LATE})
            elif row.id in unwanted:
                await write(row, ended("stopped", now) | {OutboxMessage.server_reply: streams.NOT_WANTED})
            elif slot > now:
                await write(row, {OutboxMessage.due_at: slot})
            else:
                ready.append(row)
        if not ready:
            return Batch([], len(rows))
        befores = await _begin(ready, owner=owner, now=now, until=now + lease)
        minted = await _mint(ready, now=now, base_url=base_url)
    started = [
        Started(row, owner, before, urls, secrets)
        for row, before, (urls, secrets) in zip(ready, befores, minted, strict=True)
    ]
    return Batch(started, len(rows))


async def _due(limit: int, *, now: datetime) -> list[OutboxRow]:
    waits = OutboxMessage.settled_at.is_null() & (OutboxMessage.state != "sending")
    is_due = waits & (OutboxMessage.due_at <= now) & WhereRaw(IS_NEXT_OF_ITS_THREAD)
    due = OutboxMessage.select(*COLUMNS).where(is_due).limit(limit)
    due = due.order_by(OutboxMessage.priority).order_by(OutboxMessage.due_at).order_by(OutboxMessage.id)
    return [OutboxRow(**found) for found in await db.for_update_skip_locked(due)]


async def _begin(rows: Sequence[OutboxRow], *, owner: str, now: datetime, until: datetime) -> list[Before]:
    befores = [Before(row.state, row.attempts, row.repeats, row.tried_at, row.phase) for row in rows]
    values: dict[Any, Any] = {
        OutboxMessage.state: "sending",
        OutboxMessage.attempts: OutboxMessage.attempts + 1,
        OutboxMessage.repeats: QueryString("repeats + CASE WHEN state = 'uncertain' THEN 1 ELSE 0 END"),
        OutboxMessage.phase: "",
        OutboxMessage.tried_at: QueryString("COALESCE(tried_at, {})", now),
        OutboxMessage.lease_owner: owner,
        OutboxMessage.lease_until: until,
    }
    await OutboxMessage.update(values).where(OutboxMessage.id.is_in([row.id for row in rows]))
    for row in rows:
        row.attempts, row.repeats = row.attempts + 1, row.repeats + (row.state == "uncertain")
        row.state, row.tried_at = "sending", row.tried_at or now
    return befores


async def _mint(
    rows: Sequence[OutboxRow], *, now: datetime, base_url: str
) -> list[tuple[dict[str, str], tuple[str, ...]]]:
    """For each row its whole addresses by their names, and their secrets."""
    orders, specs = [], []
    for row in rows:
        wanted = msgspec.json.decode(row.links, type=dict[str, LinkSpec]) | streams.link(row)
        specs.append(wanted)
        orders += [
            links.Order(spec.purpose, spec.subject, expires_at=spec.ends_at(now), outbox_id=row.id)
            for spec in wanted.values()
        ]
    tokens = iter(await links.issue_all(orders, now=now))
    minted = []
    for wanted in specs:
        secrets = {name: next(tokens) for name in wanted}
        urls = {name: base_url + spec.path.replace("{token}", secrets[name]) for name, spec in wanted.items()}
        minted.append((urls, tuple(secrets.values())))
    return minted


async def give_back(batch: Sequence[Started], *, now: datetime, due_at: datetime | None = None) -> None:
    """Rows that were taken and not handed over wait again as before, until `due_at` or at once.

    What became pointless meanwhile is stopped; what somebody else has by now is left alone.
    """
    if not batch:
        return
    async with db.transaction():
        for started in batch:
            row = await db.for_update(OutboxMessage.objects().where(started.is_held())).first()
            if row is None:
                continue
            if row.stop_reason:
                await write(row, ended("stopped", now) | {OutboxMessage.server_reply: row.stop_reason})
                continue
            values: dict[Any, Any] = {
                OutboxMessage.attempts: started.before.attempts,
                OutboxMessage.repeats: started.before.repeats,
                OutboxMessage.tried_at: started.before.tried_at,
                OutboxMessage.phase: started.before.phase,
            }
            await write(row, values | free(started.before.state, due_at=due_at))


async def recover(*, now: datetime) -> None:
    """Take up what a mailer left behind when it died: by the phase that it had written down."""
    async with db.transaction():
        left = (OutboxMessage.state == "sending") & (OutboxMessage.lease_until <= now)
        rows: list[OutboxMessage] = await db.for_update_skip_locked(OutboxMessage.objects().where(left))
        for row in rows:
            await write(row, _recovered(row, now=now))
            await history.note_attempt(row, words=LEFT_BEHIND, phase=row.phase, now=now)
        if rows:
            db.current_transaction().after_commit(waking.wake)


def _recovered(row: OutboxMessage, *, now: datetime) -> dict[Any, Any]:
    if row.phase == Phase.DOT.value:
        words = "The mailer ended while the server had the mail; nobody knows whether it was taken."
        return outcomes.uncertain(row, now=now) | {OutboxMessage.server_reply: words}
    if row.stop_reason:
        return ended("stopped", now) | {OutboxMessage.server_reply: row.stop_reason}
    return free("queued", due_at=now)


async def stop_late(*, now: datetime) -> None:
    """No mail leaves after its time."""
    async with db.transaction():
        await outbox.stop_matching(OutboxMessage.expires_at <= now, reason=TOO_LATE, now=now)
