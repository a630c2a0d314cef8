"""Reads about the morning mail."""

from __future__ import annotations

from summit_service.desk.rules import HOUR
from summit_service.desk.tables import MorningMail


async def morning_hour_of(person_id: int) -> int:
    """The hour at which this person gets the morning mail, unless they have stopped it."""
    row = await MorningMail.objects().where(MorningMail.person == person_id).first()
    return HOUR if row is None else int(row.hour)
