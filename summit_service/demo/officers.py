"""Made-up officers of the demo network, one of an earlier term."""

from __future__ import annotations

from datetime import datetime, timedelta

from summit_service.accounts.actor import OPERATOR
from summit_service.members import queries as members
from summit_service.officers import actions
from summit_service.officers.rules import Details

YEAR = timedelta(days=365)
TERMS = (
    ("Chair", "Noor Example", -YEAR, 2 * YEAR),
    ("Vice-chair", "Tomas Example", -YEAR, 2 * YEAR),
    ("Treasurer", "Ines Example", -2 * YEAR, timedelta(days=45)),
    ("Chair", "Wim Example", -4 * YEAR, -YEAR - timedelta(days=1)),
)
"""Office, name, and from and until when, counted from today."""


async def load_officers(now: datetime) -> None:
    """Three in office, of whom one term ends soon, and one of earlier years."""
    today = now.date()
    organisations = await members.all_members()
    for (office, name, start, end), organisation in zip(TERMS, organisations, strict=False):
        details = Details(
            office=office,
            name=name,
            starts_on=(today + start).isoformat(),
            ends_on=(today + end).isoformat(),
            organisation=organisation.slug,
        )
        await actions.name(details, actor=OPERATOR, now=now)
