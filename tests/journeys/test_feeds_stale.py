"""Two servers on one database: nobody is given a calendar that is older than was promised."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from tests.clients import bearer
from tests.factories import make_organisation, secretariat
from tests.factories_events import make_event
from tests.servers import serving

PROMISED = 1.0
"""Seconds after which a change shows in every process."""
ROUNDS = 4


@pytest.fixture
def two_servers(database_url: str, tmp_path: Path) -> Iterator[tuple[str, str]]:
    own = {"SUMMIT_DATABASE_URL": database_url, "SUMMIT_MAILER": "off"}
    with ExitStack() as stack:
        found = []
        for name in ("here", "elsewhere"):
            (tmp_path / name).mkdir()
            found.append(stack.enter_context(serving(tmp_path / name, settings=own)))
        yield found[0], found[1]


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=30) as made:
        yield made


async def text_of(client: httpx.AsyncClient, base: str) -> str:
    return (await client.get(f"{base}/calendar.ics")).text


async def test_change_shows_at_once_here_and_within_a_second_elsewhere(
    database: object, two_servers: tuple[str, str], client: httpx.AsyncClient
) -> None:
    here, elsewhere = two_servers
    event = await make_event(await make_organisation(), summary="Before")
    headers = await bearer(await secretariat(), now=datetime.now(UTC))
    stale_here, stale_elsewhere, was_kept = [], [], []
    for number in range(ROUNDS):
        # Both know the calendar, and the one elsewhere has just been told that it holds.
        for base in (here, elsewhere, elsewhere):
            await text_of(client, base)

        wanted = f"SUMMARY:Change {number}\r\n"
        address = f"{here}/api/v1/events/{event.slug}"
        changed = await client.patch(address, json={"summary": f"Change {number}"}, headers=headers)
        assert changed.status_code == 200, changed.text
        changed_at = time.monotonic()

        if wanted not in await text_of(client, here):
            stale_here.append(number)
        first = await text_of(client, elsewhere)
        was_kept.append(wanted not in first)
        while (asked_at := time.monotonic()) < changed_at + PROMISED + 0.5:
            text = await text_of(client, elsewhere)
            if wanted not in text and asked_at >= changed_at + PROMISED:
                stale_elsewhere.append(asked_at - changed_at)
            if wanted in text and asked_at >= changed_at + PROMISED:
                break
            await asyncio.sleep(0)

    assert (stale_here, stale_elsewhere) == ([], [])
    assert any(was_kept), "nothing was ever answered from memory, so nothing could have been caught"
