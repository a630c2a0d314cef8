"""Where an edition stands on its way from a plan to the past: by facts and the date, whether or not a job has run."""

from __future__ import annotations

from datetime import datetime

PLANNED, ANNOUNCED, OPEN, CLOSED, RUNNING, PAST = STAGES = (
    "planned", "announced", "open", "closed", "running", "past",
)  # fmt: skip


def stage(
    *,
    announced_at: datetime | None,
    opens: datetime | None,
    closes: datetime | None,
    begins: datetime,
    ends: datetime,
    now: datetime,
) -> str:
    """One of STAGES at the instant `now`.

    Without an opening time registration opens with the announcement, without a closing time it lasts to the end. What
    runs or is past is told first: registration may still be open on the first day.
    """
    if announced_at is None:
        return PAST if now >= ends else PLANNED
    if now >= ends:
        return PAST
    if now >= begins:
        return RUNNING
    if now < (opens or announced_at):
        return ANNOUNCED
    return OPEN if closes is None or now < closes else CLOSED
