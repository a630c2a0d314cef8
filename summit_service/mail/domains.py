"""Which domains asked us to slow down, and when each may have its next mail; known to this process alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=10)


@dataclass
class _Pace:
    spacing: timedelta
    next_at: datetime
    complained_at: datetime


class Domains:
    """The pace of every domain that has complained; the others have none."""

    def __init__(self) -> None:
        self._paces: dict[str, _Pace] = {}

    def slot(self, domain: str, *, now: datetime) -> datetime:
        """When a mail to this domain may leave: now, or a later moment that is kept free for it."""
        pace = self._paces.get(domain)
        if pace is None:
            return now
        slot = max(now, pace.next_at)
        pace.next_at = slot + pace.spacing
        return slot

    def has_complained(self, domain: str, *, since: datetime) -> bool:
        """Whether it has asked us to slow down since then, so that no slot is kept for what was taken before."""
        pace = self._paces.get(domain)
        return pace is not None and pace.complained_at >= since

    def learn(self, domain: str, *, is_slow: bool, now: datetime) -> None:
        """Twice as slow after each complaint, twice as fast after each mail that went through."""
        pace = self._paces.get(domain)
        if is_slow:
            spacing = min(pace.spacing * 2, LONGEST_PAUSE) if pace else FIRST_PAUSE
            self._paces[domain] = _Pace(spacing, now + spacing, now)
        elif pace and pace.spacing <= FIRST_PAUSE:
            del self._paces[domain]
        elif pace:
            pace.spacing /= 2
