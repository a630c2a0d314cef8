"""The rows that tests of the database write."""

from __future__ import annotations

from datetime import datetime

from summit_service.accounts.tables import Person


async def insert_person(email: str, *, now: datetime) -> int:
    """A person with this address; the id."""
    rows = await Person.insert(Person(email=email, name="Ada Example", created_at=now))
    return int(rows[0]["id"])


async def emails() -> list[str]:
    """Of everybody, sorted."""
    return sorted(await Person.select(Person.email).output(as_list=True))


async def count_people() -> int:
    """How many there are."""
    return int(await Person.count())
