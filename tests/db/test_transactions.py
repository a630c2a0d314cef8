"""Transactions: what is kept, what is not, and what is refused."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest
from piccolo.engine.exceptions import TransactionError

from summit_service import db
from summit_service.accounts.tables import Person


def person(email: str, *, now: datetime) -> Person:
    return Person(email=email, name="Ada Example", created_at=now)


async def emails() -> list[str]:
    return sorted(await Person.select(Person.email).output(as_list=True))


async def test_transaction_commits(database: db.Engine, now: datetime) -> None:
    async with db.transaction():
        await Person.insert(person("a@example.org", now=now))

    assert await emails() == ["a@example.org"]


async def test_transaction_rolls_back_when_something_is_raised(database: db.Engine, now: datetime) -> None:
    with pytest.raises(ValueError, match="no"):
        async with db.transaction():
            await Person.insert(person("a@example.org", now=now))
            raise ValueError("no")

    assert await emails() == []


async def test_transaction_inside_a_transaction_is_refused(database: db.Engine, now: datetime) -> None:
    with pytest.raises(RuntimeError, match="a transaction inside a transaction"):
        async with db.transaction():
            await Person.insert(person("a@example.org", now=now))
            async with db.transaction():
                pass

    assert await emails() == []
