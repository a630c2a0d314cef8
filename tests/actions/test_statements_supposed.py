"""The simulator on the desk: what would come out if those who are missing did this or that."""

from __future__ import annotations

from datetime import datetime

import httpx

from summit_service import db
from tests.clients import sign_in
from tests.factories import secretariat
from tests.factories_statements import give_answer, link_to, make_member, make_open, suppositions_of


async def test_rule_is_tried_on_what_may_still_come(database: db.Engine, now: datetime) -> None:
    members = [await make_member(f"Member {n}") for n in range(6)]
    statement = await make_open(await secretariat(), now=now, policy="consensus")
    await give_answer(await link_to(statement, members[0], now=now), now=now)
    await give_answer(await link_to(statement, members[1], now=now), now=now)

    found = await suppositions_of(statement, now=now)

    assert [(line.words, line.is_adopted) for line in found] == [
        ("If nobody else answers", False),
        ("If the 4 who are missing sign", True),
        ("If the 4 who are missing decline", False),
        ("If 2 of them sign and the others stay silent", True),
    ]


async def test_nothing_is_supposed_where_nobody_is_missing_or_nothing_helps(
    client: httpx.AsyncClient, now: datetime
) -> None:
    members = [await make_member(f"Member {n}") for n in range(2)]
    secretary = await secretariat()
    statement = await make_open(secretary, now=now, policy="unanimous")
    await give_answer(await link_to(statement, members[0], now=now), "declined", now=now)
    await sign_in(client, secretary, now=now)

    board = await client.get(f"/desk/statements/{statement.slug}")
    hopeless = await suppositions_of(statement, now=now)
    await give_answer(await link_to(statement, members[1], now=now), now=now)
    complete = await suppositions_of(statement, now=now)

    assert "What would come out?" in board.text
    assert {line.is_adopted for line in hopeless} == {False}
    assert len(hopeless) == 3
    assert complete == []
