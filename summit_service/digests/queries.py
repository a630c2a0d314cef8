"""Reads about digests."""

from __future__ import annotations

from summit_service.digests.rules import OFF
from summit_service.digests.tables import DigestChoice
from summit_service.mail import streams


async def rhythm_of(person_id: int, email: str) -> str:
    """What the person has chosen, as it counts: who has stopped digests by their link has none."""
    row = await DigestChoice.objects().where(DigestChoice.person == person_id).first()
    if row is None or await streams.is_stopped(email, streams.DIGESTS):
        return OFF
    return str(row.rhythm)
