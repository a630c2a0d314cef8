"""Two processes on one database: nobody is given a calendar that is older than was promised."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from tests.clients import Clock, bearer, new_client
from tests.factories import make_organisation, secretariat
from tests.factories_events import make_event
from tests.servers import serving

PROMISED = 1.0
"""Seconds after which a change shows in every process."""
ROUNDS = 3


class Now(Clock):
    """The time as it is: the other process knows no other."""

    def __call__(self) -> datetime:
        return datetime.now(UTC)


@pytest.fixture
async def here(database: object, now: datetime) -> AsyncIterator[httpx.AsyncClient]:
    """This process."""
    async with new_client(Now(now)) as made:
        yield made


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[str]:
    with serving(tmp_path, settings={"SUMMIT_DATABASE_URL": database_url, "SUMMIT_MAILER": "off"}) as base:
        yield base


@pytest.fixture
async def elsewhere(server: str) -> AsyncIterator[httpx.AsyncClient]:
    """Another process, a server."""
    async with httpx.AsyncClient(base_url=server, timeout=30) as made:
        yield made


async def text_of(client: httpx.AsyncClient) -> str:
    return (await client.get("/calendar.ics")).text


async def test_change_shows_at_once_where_it_was_made_and_within_a_second_elsewhere(
    here: httpx.AsyncClient, elsewhere: httpx.AsyncClient
) -> None:
    event = await make_event(await make_organisation(), summary="Before")
    headers = await bearer(await secretariat(), now=datetime.now(UTC))
    stale_there, stale_elsewhere, was_kept = [], [], []
    for number in range(ROUNDS):
        changing, other = (elsewhere, here) if number % 2 else (here, elsewhere)
        # Both know the calendar, and the other one has just been told that it holds.
        for client in (changing, other, other):
            await text_of(client)

        wanted = f"SUMMARY:Change {number}\r\n"
        address = f"/api/v1/events/{event.slug}"
        changed = await changing.patch(address, json={"summary": f"Change {number}"}, headers=headers)
        assert changed.status_code == 200, changed.text
        changed_at = time.monotonic()

        if wanted not in await text_of(changing):
            stale_there.append(number)
        first = await text_of(other)
        was_kept.append(wanted not in first)
        while (asked_at := time.monotonic()) < changed_at + PROMISED + 0.5:
            text = await text_of(other)
            if asked_at >= changed_at + PROMISED:
                if wanted in text:
                    break
                stale_elsewhere.append(asked_at - changed_at)
            await asyncio.sleep(0)

    assert (stale_there, stale_elsewhere) == ([], [])
    assert any(was_kept), "nothing was ever answered from memory, so nothing could have been caught"
