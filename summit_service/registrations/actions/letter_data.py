"""Erasing what a letter was made of: the line that stays says only that there was one, and what became of it."""

from __future__ import annotations

from typing import Any

from summit_service.registrations import letters
from summit_service.registrations.tables import Letter

BLANK: dict[Any, Any] = {
    Letter.passport_name: "",
    Letter.passport_number: "",
    Letter.nationality: "",
    Letter.birth_date: None,
    Letter.arrives_on: None,
    Letter.leaves_on: None,
}


async def erase(registration_id: int) -> None:
    """Blank what is personal in every letter of a registration, and the reasons of refusals."""
    await Letter.update({**BLANK, Letter.reason: ""}).where(Letter.registration == registration_id)


async def end(registration_id: int) -> None:
    """Blank it, and end what waits or was issued: its number is then withdrawn."""
    await erase(registration_id)
    live = Letter.state.is_in([letters.ASKED, letters.ISSUED])
    await Letter.update({Letter.state: letters.ENDED}).where((Letter.registration == registration_id) & live)
