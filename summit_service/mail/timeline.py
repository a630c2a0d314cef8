"""The history of one mail as steps: what happened, what happens now, what is next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from summit_service.mail import history
from summit_service.mail.tables import MailEvent, OutboxMessage

PHASES = {
    "connect": "while connecting",
    "auth": "while logging in",
    "mail": "when the sender was named",
    "rcpt": "when the recipient was named",
    "data": "before the text was taken",
    "dot": "after the text was handed over",
}
ENDS = {
    "accepted": "The next server accepted it",
    "failed": "It will not be tried again",
    "stopped": "It was stopped",
    "uncertain": "Nobody knows whether it arrived",
}
EVENTS = {
    history.RESENT: "Sent again",
    history.COPY: "It is a copy of an earlier mail",
    history.STOPPED: "It was stopped",
    "returned": "It came back",
    "delayed": "A server on the way says that it is late",
    "absent": "An automatic answer came: its reader is away",
    "unknown": "A mail came back about it that a person has to read",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `state` is done, now or next; `at` is None for what has no time yet."""

    state: str
    words: str
    at: datetime | None
    note: str = ""


def steps_of(row: OutboxMessage, events: Sequence[MailEvent]) -> list[Step]:
    """The whole history, the oldest first."""
    steps, attempt = [Step("done", "Put into the outbox", row.created_at)], 0
    for event in events:
        attempt += event.kind == history.ATTEMPT
        steps.append(_step(event, attempt))
    ended = _end(row)
    if ended is not None:
        steps.append(ended)
    done = sorted(steps, key=lambda step: step.at or row.created_at)
    return [*done, *_what_follows(row)]


def _step(event: MailEvent, attempt: int) -> Step:
    if event.kind == history.ATTEMPT:
        where = PHASES.get(event.phase, "")
        words = f"Attempt {attempt} did not get through" + (f", {where}" if where else "")
        return Step("done", words, event.at, event.words)
    by = f" by {event.who}" if event.who else ""
    return Step("done", EVENTS.get(event.kind, event.kind) + by, event.at, event.words)


def _end(row: OutboxMessage) -> Step | None:
    """What the row itself says at its end."""
    if row.settled_at is None:
        return None
    return Step("done", ENDS.get(row.state, row.state), row.settled_at, row.server_reply)


def _what_follows(row: OutboxMessage) -> list[Step]:
    if row.settled_at is not None:
        return []
    if row.state == "sending":
        return [Step("now", f"Attempt {row.attempts} is being made", None)]
    if row.attempts:
        return [Step("next", f"Attempt {row.attempts + 1}", row.due_at)]
    return [Step("next", "It leaves", row.due_at)]
