"""Many rows written at once: each gets its id, and what was changed of them is written whole."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

import pytest

from summit_service import db
from summit_service.accounts.tables import Person
from tests.counting import count_queries
from tests.db.people import insert_person


async def test_many_rows_are_written_and_changed_in_few_statements(
    database: db.Engine, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "ROWS_AT_ONCE", 4)
    bystander = await insert_person("bystander@example.org", now=now)
    people = [Person(email=f"{n}@example.org", name=f"Person {n}", created_at=now) for n in range(10)]

    with count_queries() as written:
        await db.insert_rows(people)
    for one in people:
        one.email, one.name = f"new-{one.email}", "Näme ''"
    with count_queries() as changed:
        async with db.transaction():
            await db.update_rows(people)

    assert (written.number, changed.number) == (3, 3)
    assert all(first.id < second.id for first, second in pairwise(people))
    rows = await Person.objects().order_by(Person.id)
    assert [row.to_dict() for row in rows[1:]] == [one.to_dict() for one in people]
    assert (rows[0].id, rows[0].email, len(rows)) == (bystander, "bystander@example.org", 11)


async def test_rows_that_would_take_the_key_of_another_change_nothing(
    database: db.Engine, now: datetime
) -> None:
    await insert_person("taken@example.org", now=now)
    people = [Person(email=f"{n}@example.org", name="", created_at=now) for n in range(3)]
    await db.insert_rows(people)
    people[1].email = "taken@example.org"

    with pytest.raises(db.UniqueViolation), db.unique_violations():
        async with db.transaction():
            await db.update_rows(people)

    assert await Person.count().where(Person.email == "taken@example.org") == 1
    assert await Person.exists().where(Person.email == "1@example.org")
