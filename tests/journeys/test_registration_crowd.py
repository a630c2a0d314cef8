"""Five hundred people register in one moment for twenty places, through the real server with two workers."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from summit_service import db
from summit_service.registrations import rules
from summit_service.registrations.tables import Place, Registration
from tests import servers
from tests.factories_registrations import held, make_edition, taken

PLACES, PEOPLE = 20, 500


@pytest.mark.timeout(300)
async def test_five_hundred_at_once_for_twenty_places(
    database: db.Engine, database_url: str, tmp_path: Path
) -> None:
    first_day = (datetime.now(UTC) + timedelta(days=100)).date()
    edition = await make_edition(
        in_person=PLACES,
        year=first_day.year,
        starts_on=first_day,
        ends_on=first_day,
        registration_closes_at=None,
        registration_closes_instant=None,
    )
    settings = {"SUMMIT_DATABASE_URL": database_url, "SUMMIT_MAILER": "off"}

    with servers.serving(tmp_path, settings=settings, workers=2) as base_url:
        wait_for_both_workers(tmp_path)
        answers = await crowd(f"{base_url}/api/v1/summits/{edition.year}/registrations")

    assert {answer.status_code for answer in answers} == {201}, servers_log(tmp_path)
    told = [answer.json() for answer in answers]
    assert [one["state"] for one in told].count("confirmed") == PLACES
    assert sorted(one["position"] for one in told if "position" in one) == list(range(1, PEOPLE - PLACES + 1))
    assert await held(edition, rules.IN_PERSON) == await taken(edition, rules.IN_PERSON) == PLACES
    assert await waiting() == {
        email_of(number): one["position"] for number, one in enumerate(told) if "position" in one
    }


def wait_for_both_workers(folder: Path) -> None:
    """The server answers when the first is up; only both show that two processes share the places."""
    deadline = time.monotonic() + servers.STARTED_WITHIN
    while servers_log(folder).count("Started worker-") < 2:
        assert time.monotonic() < deadline, servers_log(folder)
        time.sleep(0.05)


async def crowd(url: str) -> list[httpx.Response]:
    """Everybody at once, each on a connection of their own."""
    people = (
        {"name": f"Delegate {number}", "email": email_of(number), "attendance": "in_person"}
        for number in range(PEOPLE)
    )
    return await asyncio.gather(*(alone(url, person) for person in people))


async def alone(url: str, person: dict[str, str]) -> httpx.Response:
    """One of them; a client that all share looks through all connections for each of them."""
    async with httpx.AsyncClient(verify=False, timeout=120) as client:
        return await client.post(url, json=person)


def email_of(number: int) -> str:
    return f"delegate{number}@hospital.example"


async def waiting() -> dict[str, int]:
    """Who waits, with their turn as the queue has it."""
    rows = (
        await Place.select(Place.registration, Place.queue_number)
        .where(Place.state == rules.WAITLISTED)
        .order_by(Place.queue_number)
    )
    emails = {
        row["id"]: row["email"] for row in await Registration.select(Registration.id, Registration.email)
    }
    return {emails[row["registration"]]: turn for turn, row in enumerate(rows, start=1)}


def servers_log(folder: Path) -> str:
    return (folder / "server.log").read_text()[-3_000:]
