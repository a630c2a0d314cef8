"""Which mail is next and whose it is: claims and leases, and what becomes of a row after an attempt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from summit_service import db, links
from summit_service.logs import mask
from summit_service.mail import history, outbox, pauses, rules, streams
from summit_service.mail.outbox import WAITING, LinkSpec
from summit_service.mail.rules import Answer, Phase, Verdict
from summit_service.mail.tables import OutboxMessage

# Longer than everything that may happen until the next step is written down (smtp.py has the limits).
LEASE = timedelta(minutes=3)
LEASE_AFTER_DOT = timedelta(minutes=6)
LEFT_BEHIND = "The mailer that had it ended before it could write down what came of it."
TOO_LATE = "Its time was over before it could be sent."


class LeaseLost(Exception):
    """Somebody else has this row now, so nothing may be sent for it here."""


@dataclass(frozen=True, slots=True)
class Started:
    """A row that is being sent, with the links that were minted for this attempt and their secrets."""

    row: OutboxMessage
    owner: str
    urls: dict[str, str]
    secrets: tuple[str, ...]

    def without_secrets(self, text: str) -> str:
        """For the tables and the logs: a server may quote what it was given."""
        for secret in self.secrets:
            text = text.replace(secret, "…")
        return mask(text)


def _ready(now: datetime) -> Any:
    waits = OutboxMessage.state.is_in(list(WAITING))
    is_to_be_repeated = (OutboxMessage.state == "uncertain") & OutboxMessage.settled_at.is_null()
    is_free = OutboxMessage.lease_until.is_null() | (OutboxMessage.lease_until <= now)
    return (waits | is_to_be_repeated) & (OutboxMessage.due_at <= now) & is_free


async def claim(*, owner: str, now: datetime, limit: int, lease: timedelta = LEASE) -> list[OutboxMessage]:
    """Lease up to `limit` rows that are due to `owner` and commit; nobody else gets them meanwhile."""
    async with db.transaction():
        limit = await pauses.allowance(limit, now=now)
        if not limit:
            return []
        due = OutboxMessage.objects().where(_ready(now)).limit(limit)
        due = due.order_by(OutboxMessage.priority).order_by(OutboxMessage.due_at).order_by(OutboxMessage.id)
        rows: list[OutboxMessage] = await db.for_update_skip_locked(due)
        if rows:
            await OutboxMessage.update(
                {OutboxMessage.lease_until: now + lease, OutboxMessage.lease_owner: owner}
            ).where(OutboxMessage.id.is_in([row.id for row in rows]))
    return rows


async def begin(
    identifier: int, *, owner: str, now: datetime, base_url: str, lease: timedelta = LEASE
) -> Started | None:
    """Transaction A: the row is `sending`, its links' hashes are stored. None when it is not to be sent."""
    async with db.transaction():
        mine = (OutboxMessage.id == identifier) & (OutboxMessage.lease_owner == owner)
        waits = OutboxMessage.state.is_in([*WAITING, "uncertain"]) & OutboxMessage.settled_at.is_null()
        row = await db.for_update(OutboxMessage.objects().where(mine & waits)).first()
        if row is None:
            return None
        if row.expires_at is not None and row.expires_at <= now:
            await _write(row, _ended("stopped", now) | {OutboxMessage.server_reply: TOO_LATE})
            return None
        if await streams.has_opted_out(row):
            await _write(row, _ended("stopped", now) | {OutboxMessage.server_reply: streams.NOT_WANTED})
            return None
        row.attempts, row.repeats = row.attempts + 1, row.repeats + (row.state == "uncertain")
        row.tried_at = row.tried_at or now
        await _write(
            row,
            {
                OutboxMessage.state: "sending",
                OutboxMessage.attempts: row.attempts,
                OutboxMessage.repeats: row.repeats,
                OutboxMessage.tried_at: row.tried_at,
                OutboxMessage.phase: "",
                OutboxMessage.lease_until: now + lease,
            },
        )
        return await _with_links(row, owner=owner, now=now, base_url=base_url)


async def _with_links(row: OutboxMessage, *, owner: str, now: datetime, base_url: str) -> Started:
    urls, secrets = {}, []
    for name, spec in msgspec.json.decode(row.links, type=dict[str, LinkSpec]).items():
        expires_at = spec.expires_at
        if expires_at is None and spec.lifetime_seconds is not None:
            expires_at = now + timedelta(seconds=spec.lifetime_seconds)
        token = await links.issue(
            spec.purpose, subject=spec.subject, now=now, expires_at=expires_at, outbox_id=row.id
        )
        urls[name] = base_url + spec.path.replace("{token}", token)
        secrets.append(token)
    if row.stream:
        token = await streams.issue_link(row, now=now)
        urls[streams.LINK_NAME] = base_url + streams.PATH.replace("{token}", token)
        secrets.append(token)
    return Started(row, owner, urls, tuple(secrets))


async def record_dot(started: Started, *, now: datetime, lease: timedelta = LEASE_AFTER_DOT) -> None:
    """Write down that the final dot is next, so that a crash leaves no doubt about it; raises LeaseLost."""
    kept = (
        await OutboxMessage.update(
            {OutboxMessage.phase: Phase.DOT.value, OutboxMessage.lease_until: now + lease}
        )
        .where(_held(started))
        .returning(OutboxMessage.id)
    )
    if not kept:
        raise LeaseLost


def _held(started: Started) -> Any:
    is_mine = (OutboxMessage.id == started.row.id) & (OutboxMessage.lease_owner == started.owner)
    return is_mine & (OutboxMessage.state == "sending") & (OutboxMessage.attempts == started.row.attempts)


async def settle(started: Started, answer: Answer, *, now: datetime, chance: float) -> Verdict:
    """Transaction B: what the attempt has come to. `chance` in [0, 1) spreads the retries."""
    async with db.transaction():
        refused_alone = await pauses.was_refused_alone(started.row)
        verdict = rules.verdict_on(answer, refused_alone=refused_alone)
        row = await db.for_update(OutboxMessage.objects().where(_held(started))).first()
        if row is None:
            await _settle_late(started, answer, verdict, now)
            return verdict
        values = _outcome(row, answer, verdict, now=now, chance=chance)
        reply = started.without_secrets(answer.words)
        await _write(
            row, values | {OutboxMessage.server_reply: reply, OutboxMessage.phase: answer.phase.value}
        )
        if verdict is not Verdict.ACCEPTED:
            await history.note_attempt(row, words=reply, phase=answer.phase.value, now=now)
        if verdict is Verdict.REFUSED:
            await pauses.pause(reply, now=now)
        elif verdict is Verdict.ACCEPTED:
            await pauses.note_acceptance(now=now)
    return verdict


async def _settle_late(started: Started, answer: Answer, verdict: Verdict, now: datetime) -> None:
    """The lease was over before the answer came; that a server took it is worth keeping all the same."""
    if verdict is not Verdict.ACCEPTED:
        return
    undone = (OutboxMessage.id == started.row.id) & (OutboxMessage.state != "sending")
    reply = {OutboxMessage.server_reply: started.without_secrets(answer.words)}
    await OutboxMessage.update(_ended("accepted", now) | reply).where(undone)


def _outcome(
    row: OutboxMessage, answer: Answer, verdict: Verdict, *, now: datetime, chance: float
) -> dict[Any, Any]:
    if verdict is Verdict.ACCEPTED:
        return _ended("accepted", now)
    if verdict is Verdict.UNCERTAIN:
        return uncertain(row, now=now)
    if verdict is Verdict.FAILED:
        return _ended("uncertain" if row.repeats else "failed", now)
    if row.stop_reason:
        return _ended("stopped", now)
    refused = {OutboxMessage.refused_at: now} if verdict is Verdict.REFUSED else {}
    wait = rules.PROBE_EVERY if refused else rules.delay(row.attempts, chance)
    if now + wait >= rules.last_moment(row.tried_at or now, row.expires_at):
        return _ended("uncertain" if row.repeats else "failed", now) | refused
    return _free("deferred", due_at=now + wait) | refused


def uncertain(row: OutboxMessage, *, now: datetime) -> dict[Any, Any]:
    """Nobody knows whether it arrived: once more in 15 minutes, where that is harmless (RFC 1047)."""
    again_at = now + rules.REPEAT_AFTER
    is_worth_it = row.is_repeatable and not row.repeats and not row.stop_reason
    if is_worth_it and again_at < rules.last_moment(row.tried_at or now, row.expires_at):
        return _free("uncertain", due_at=again_at)
    return _ended("uncertain", now)


def _ended(state: str, now: datetime) -> dict[Any, Any]:
    return _free(state) | {OutboxMessage.settled_at: now}


def _free(state: str, *, due_at: datetime | None = None) -> dict[Any, Any]:
    values: dict[Any, Any] = {
        OutboxMessage.state: state,
        OutboxMessage.lease_until: None,
        OutboxMessage.lease_owner: "",
    }
    return values | ({OutboxMessage.due_at: due_at} if due_at is not None else {})


async def _write(row: OutboxMessage, values: dict[Any, Any]) -> None:
    await OutboxMessage.update(values).where(OutboxMessage.id == row.id)


async def postpone(identifiers: Sequence[int], *, owner: str, due_at: datetime | None = None) -> None:
    """Give claimed rows back without an attempt, to be tried at `due_at` or as they were."""
    if not identifiers:
        return
    values: dict[Any, Any] = {OutboxMessage.lease_until: None, OutboxMessage.lease_owner: ""}
    if due_at is not None:
        values[OutboxMessage.due_at] = due_at
    mine = OutboxMessage.id.is_in(list(identifiers)) & (OutboxMessage.lease_owner == owner)
    await OutboxMessage.update(values).where(mine & (OutboxMessage.state != "sending"))


async def recover(*, now: datetime) -> None:
    """Take up what a mailer left behind when it died: by the phase that it had written down."""
    async with db.transaction():
        left = (OutboxMessage.state == "sending") & (OutboxMessage.lease_until <= now)
        rows: list[OutboxMessage] = await db.for_update_skip_locked(OutboxMessage.objects().where(left))
        for row in rows:
            await _write(row, _recovered(row, now=now))
            await history.note_attempt(row, words=LEFT_BEHIND, phase=row.phase, now=now)


def _recovered(row: OutboxMessage, *, now: datetime) -> dict[Any, Any]:
    if row.phase == Phase.DOT.value:
        words = "The mailer ended while the server had the mail; nobody knows whether it was taken."
        return uncertain(row, now=now) | {OutboxMessage.server_reply: words}
    if row.stop_reason:
        return _ended("stopped", now) | {OutboxMessage.server_reply: row.stop_reason}
    return _free("queued", due_at=now)


async def stop_late(*, now: datetime) -> None:
    """No mail leaves after its time."""
    async with db.transaction():
        await outbox.stop_matching(OutboxMessage.expires_at <= now, reason=TOO_LATE, now=now)
