"""A door for the next summit, two letters and somebody who arranges; and a summit that is over, with who came to it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from summit_service import links, zones
from summit_service.accounts.actor import OPERATOR, Actor
from summit_service.demo import people
from summit_service.doors import actions
from summit_service.doors.scans import Scan
from summit_service.registrations import actions as registrations
from summit_service.registrations import queries
from summit_service.registrations.answers import Given
from summit_service.registrations.tables import Letter
from summit_service.summits import queries as summits
from summit_service.summits.tables import Edition

CAME, STAYED_AWAY = 14, 2
NAMES_FROM = 160
BEFORE = timedelta(days=30)
MORNING = timedelta(hours=8, minutes=20)
PASSPORT_NUMBER = "EXAMPLE00"


async def load_past(programme: dict[str, Any], now: datetime) -> None:
    """Delegates of the summit that is over, and their arrivals, a minute apart; nothing while it lies ahead."""
    if date.fromisoformat(programme["ends_on"]) >= now.date():
        return
    edition = await summits.found_edition(programme["year"])
    first = zones.day_start(edition.starts_on, edition.timezone)
    places = people.workplaces()
    for name in _delegates():
        given = Given(name=name, organisation=next(places), answers={})
        address = people.address_of(name)
        await registrations.register(
            given, year=edition.year, email=address, attendance="in_person", now=first - BEFORE
        )
    _, token = await actions.make_door(edition.year, "Main hall", actor=OPERATOR, now=first - BEFORE)
    scans = [
        Scan(
            f"demo-door-{number}",
            first + MORNING + timedelta(minutes=number),
            number=await _number(edition, name),
        )
        for number, name in enumerate(_delegates()[:CAME])
    ]
    await actions.record(token, scans, now=first + MORNING + timedelta(hours=1))


async def load_door(year: int, secretary: str, now: datetime) -> None:
    """A door, and who sees what delegates need."""
    await actions.make_door(year, "Garden door", actor=OPERATOR, now=now)
    await registrations.name_arranger(year, secretary, actor=OPERATOR, now=now)


async def load_letters(year: int, waits: str, issued: str, *, secretary: Actor, now: datetime) -> None:
    """The wishes of two delegates for a letter, of which the secretary grants the second."""
    edition = await summits.found_edition(year)
    await _ask(edition, waits, now)
    letter = await _ask(edition, issued, now)
    await registrations.issue_letter(year, letter.id, actor=secretary, now=now)


async def _ask(edition: Edition, asks: str, now: datetime) -> Letter:
    token = await links.issue(queries.LINK, subject=str(await _number(edition, asks)), now=now)
    typed = {
        "passport_name": asks.upper(),
        "passport_number": PASSPORT_NUMBER,
        "nationality": "NG",
        "birth_date": "",
        "arrives_on": (edition.starts_on - timedelta(days=1)).isoformat(),
        "leaves_on": (edition.ends_on + timedelta(days=1)).isoformat(),
    }
    return await registrations.ask_for_letter(token, typed, now=now)


def _delegates() -> list[str]:
    return list(people.names(CAME + STAYED_AWAY, start=NAMES_FROM))


async def _number(edition: Edition, name: str) -> int:
    found = await queries.live_registration(edition.id, people.address_of(name))
    if found is None:
        raise RuntimeError(f"{name} is not registered for {edition.title}.")
    return int(found.id)
