"""What becomes of a row after an attempt: the answer's verdict, written in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from summit_service import db, settings
from summit_service.mail import history, mailbox, pauses, rules
from summit_service.mail.rows import Row
from summit_service.mail.rules import Answer, Verdict
from summit_service.mail.tables import OutboxMessage

if TYPE_CHECKING:
    from summit_service.mail.queue import Started


# One statement is one commit, on both databases: with a few mails a commit, this is where the time goes. An entry
# that is done was accepted; for the others the final dot is next, unless they were stopped meanwhile.
_HAND_OVER = """
UPDATE outbox_message {by_id} SET phase = 'dot',
    state = CASE WHEN entry.done THEN 'accepted' ELSE state END,
    server_reply = CASE WHEN entry.done AND recipient_email <> '' THEN entry.reply ELSE server_reply END,
    settled_at = CASE WHEN entry.done THEN CAST({{}} AS {moment}) ELSE settled_at END,
    lease_owner = CASE WHEN entry.done THEN '' ELSE lease_owner END,
    lease_until = CASE WHEN entry.done THEN NULL ELSE CAST({{}} AS {moment}) END
FROM {entries}
WHERE id = entry.row_id AND lease_owner = entry.owner AND state = 'sending'
    AND (entry.done OR stop_reason = '')
RETURNING id, recipient_email = '' AS is_erased,
    EXISTS (SELECT 1 FROM mailer_status AS m WHERE m.id = 1 AND m.paused_at IS NOT NULL) AS is_paused
"""
HAND_OVER = {
    "sqlite": _HAND_OVER.format(
        by_id="NOT INDEXED",  # else SQLite goes through everything that is `sending`
        moment="TEXT",
        entries="(SELECT json_extract(value, '$.row_id') AS row_id, json_extract(value, '$.owner') AS owner,"
        " json_extract(value, '$.reply') AS reply, json_extract(value, '$.done') AS done"
        " FROM json_each({})) AS entry",
    ),
    "postgres": _HAND_OVER.format(
        by_id="",
        moment="TIMESTAMPTZ",
        entries="json_to_recordset(CAST({} AS JSON)) AS entry(row_id INTEGER, owner TEXT, reply TEXT, done BOOLEAN)",
    ),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """An attempt with its answer, and when that came; `chance` in [0, 1) spreads the retries."""

    started: Started
    answer: Answer
    at: datetime
    chance: float

    @property
    def reply(self) -> str:
        """The server's words as they may be kept."""
        return self.started.without_secrets(self.answer.words)


async def hand_over(
    next_ones: Sequence[Started], accepted: Sequence[Outcome], *, until: datetime
) -> set[int]:
    """Commit at once that the final dot is next for some, and that others were accepted.

    Returns the ids of those of `next_ones` that may leave; the rest was stopped, or somebody else has it by now.
    Without the phase `dot` in the table nobody could tell after a crash whether a mail may have left.
    """
    entries = [_entry(started, "", is_done=False) for started in next_ones]
    entries += [_entry(outcome.started, outcome.reply, is_done=True) for outcome in accepted]
    now = accepted[-1].at if accepted else until
    statement = HAND_OVER[db.engine().engine_type]
    rows = await OutboxMessage.raw(statement, now, until, msgspec.json.encode(entries).decode())
    known = {row["id"] for row in rows}
    mailbox.forget(settings.current().mailbox_dir, (row["id"] for row in rows if row["is_erased"]))
    for outcome in accepted:
        if outcome.started.row.id not in known:
            await _accept_late(outcome)
    if accepted and any(row["is_paused"] for row in rows):
        await pauses.note_acceptance(now=now)
    return known


def _entry(started: Started, reply: str, *, is_done: bool) -> dict[str, Any]:
    return {"row_id": started.row.id, "owner": started.owner, "reply": reply, "done": is_done}


async def _accept_late(outcome: Outcome) -> None:
    """The lease was over before the answer came; that a server took it is worth keeping all the same."""
    undone = (OutboxMessage.id == outcome.started.row.id) & (OutboxMessage.state != "sending")
    if await OutboxMessage.update(ended("accepted", outcome.at)).where(undone).returning(OutboxMessage.id):
        is_there = (OutboxMessage.id == outcome.started.row.id) & (OutboxMessage.recipient_email != "")
        await OutboxMessage.update({OutboxMessage.server_reply: outcome.reply}).where(is_there)


async def settle(outcome: Outcome) -> Verdict:
    """Transaction B for an attempt that was not accepted."""
    async with db.transaction():
        refused_alone = await pauses.was_refused_alone(outcome.started.row)
        verdict = rules.verdict_on(outcome.answer, refused_alone=refused_alone)
        await _settle_one(outcome, verdict)
    return verdict


async def _settle_one(outcome: Outcome, verdict: Verdict) -> None:
    row = await db.for_update(OutboxMessage.objects().where(outcome.started.is_held())).first()
    if row is None:
        return
    values = _after(row, outcome, verdict)
    # A server quotes the address; of whoever was erased while the mail was under way, nothing is written down.
    words = outcome.reply if row.recipient_email else ""
    kept = {OutboxMessage.server_reply: words, OutboxMessage.phase: outcome.answer.phase.value}
    await write(row, values | kept)
    await history.note_attempt(row, words=words, phase=outcome.answer.phase.value, now=outcome.at)
    if verdict is Verdict.REFUSED:
        await pauses.pause(words or "The server takes no mail from us.", now=outcome.at)


def _after(row: OutboxMessage, outcome: Outcome, verdict: Verdict) -> dict[Any, Any]:
    now = outcome.at
    if verdict is Verdict.UNCERTAIN:
        return uncertain(row, now=now)
    if verdict is Verdict.FAILED:
        return ended("uncertain" if row.repeats else "failed", now)
    if row.stop_reason:
        return ended("stopped", now)
    refused = {OutboxMessage.refused_at: now} if verdict is Verdict.REFUSED else {}
    wait = rules.PROBE_EVERY if refused else rules.delay(row.attempts, outcome.chance)
    if now + wait >= rules.last_moment(row.tried_at or now, row.expires_at):
        return ended("uncertain" if row.repeats else "failed", now) | refused
    return free("deferred", due_at=now + wait) | refused


def uncertain(row: OutboxMessage, *, now: datetime) -> dict[Any, Any]:
    """Nobody knows whether it arrived: once more in 15 minutes, where that is harmless (RFC 1047)."""
    again_at = now + rules.REPEAT_AFTER
    is_worth_it = row.is_repeatable and not row.repeats and not row.stop_reason
    if is_worth_it and again_at < rules.last_moment(row.tried_at or now, row.expires_at):
        return free("uncertain", due_at=again_at)
    return ended("uncertain", now)


def ended(state: str, now: datetime) -> dict[Any, Any]:
    """The values of a row that stays as it is."""
    return free(state) | {OutboxMessage.settled_at: now}


def free(state: str, *, due_at: datetime | None = None) -> dict[Any, Any]:
    """The values of a row that nobody has a lease on."""
    values: dict[Any, Any] = {
        OutboxMessage.state: state,
        OutboxMessage.lease_until: None,
        OutboxMessage.lease_owner: "",
    }
    return values | ({OutboxMessage.due_at: due_at} if due_at is not None else {})


async def write(row: Row, values: dict[Any, Any]) -> None:
    """Write these columns of the row."""
    await OutboxMessage.update(values).where(OutboxMessage.id == row.id)
