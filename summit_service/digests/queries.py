"""Reads about digests."""

from __future__ import annotations

from summit_service import settings
from summit_service.digests.rules import OFF
from summit_service.digests.tables import DigestChoice
from summit_service.mail import streams


async def choice_of(person_id: int, email: str) -> tuple[str, int]:
    """The rhythm and the hour that the person has chosen, as they count: who has stopped digests by a link has none."""
    row = await DigestChoice.objects().where(DigestChoice.person == person_id).first()
    if row is None:
        return OFF, settings.current().digest_hour
    is_stopped = await streams.is_stopped(email, streams.DIGESTS)
    return (OFF if is_stopped else str(row.rhythm)), row.hour
