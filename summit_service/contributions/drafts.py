"""The mails that tell authors what was decided, as they would go out, before they do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from summit_service.contributions import mails
from summit_service.contributions.tables import Contribution
from summit_service.mail import preview
from summit_service.summits.tables import Edition


@dataclass(frozen=True, slots=True)
class Draft:
    """One mail: about which contribution, its subject and its whole text; the link's secret is masked."""

    row: Contribution
    subject: str
    text: str


def drafts_of(rows: Sequence[Contribution], edition: Edition, *, now: datetime) -> list[Draft]:
    """A draft for each decision, in the same order."""
    return [
        Draft(row, *preview.draft_of(mails.decided(row, edition, leaves_at=now), now=now)) for row in rows
    ]
