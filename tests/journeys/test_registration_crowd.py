"""Five hundred people in one moment for twenty places, through the real server with two workers.

They register, some with one address twice; then all who hold a place cancel, and the offers are taken, refused, let
lapse and left, whatever it is twice at once.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from summit_service import db
from summit_service.mail.tables import OutboxMessage
from summit_service.registrations import rules
from summit_service.registrations.tables import Place, Registration
from summit_service.summits.tables import Edition
from tests import servers
from tests.factories_registrations import make_edition
from tests.journeys import crowd
from tests.journeys.crowd import Press

PLACES, PRESSES, ADDRESSES, LATE = 20, 500, 460, 10


@pytest.mark.timeout(300)
async def test_five_hundred_at_once_for_twenty_places(
    database: db.Engine, database_url: str, tmp_path: Path
) -> None:
    edition = await summit_in_spring()
    settings = {"SUMMIT_DATABASE_URL": database_url, "SUMMIT_MAILER": "off"}

    with servers.serving(tmp_path, settings=settings, workers=2) as base_url:
        wait_for_both_workers(tmp_path)
        api = f"{base_url}/api/v1"
        await they_register(f"{api}/summits/{edition.year}/registrations", tmp_path)
        await holders_cancel_twice(api, edition.year)
        await offers_are_answered_twice(api)


async def they_register(url: str, folder: Path) -> None:
    people = list(crowd_of_people())
    answers = await crowd.at_once((url, person) for person in people)

    await crowd.check_places()
    assert len(people) == PRESSES
    assert {answer.status_code for answer in answers} == {201}, servers_log(folder)
    await crowd.check_mails()
    standings, waiting = await crowd.standings(), await crowd.queue()
    assert Counter(standings.values()) == {"confirmed": PLACES, "waitlisted": ADDRESSES - PLACES}
    turns = {email: turn for turn, email in enumerate(waiting, start=1)}
    names = {row["email"]: row["name"] for row in await Registration.select()}
    unheard = 0
    for person, answer in zip(people, answers, strict=True):
        email = person["email"]
        if person["name"] == names[email]:  # both presses of one who pressed twice get the same answer
            told = {"state": standings[email], "attendance": rules.IN_PERSON}
            assert answer.json() == told | ({"position": turns[email]} if email in turns else {})
        else:
            unheard += 1
    assert await crowd.turns_in_mails() == turns
    assert unheard == await mails_of("registration_link") == 20


async def holders_cancel_twice(api: str, year: int) -> None:
    """Meanwhile others come, and go to the end."""
    holders, waiting = await emails_that("confirmed"), await crowd.queue()
    tokens = await crowd.links_of(holders)
    latecomers: list[Press] = [
        (f"{api}/summits/{year}/registrations", delegate(ADDRESSES + number)) for number in range(LATE)
    ]
    presses = [press(api, tokens[email], "cancellation") for email in holders for _ in "ab"]

    answers = await crowd.at_once([*presses[:PLACES], *latecomers, *presses[PLACES:]])

    cancelled = answers[:PLACES] + answers[PLACES + LATE :]
    assert Counter(states(cancelled)) == {(200, "cancelled"): 2 * PLACES}
    assert Counter(states(answers[PLACES : PLACES + LATE])) == {(201, "waitlisted"): LATE}
    await crowd.check_places()
    await crowd.check_mails()
    assert await emails_that("cancelled") == holders
    assert await crowd.queue(rules.OFFERED) == waiting[:PLACES]
    assert (await crowd.queue())[:-LATE] == waiting[PLACES:]
    assert await mails_of("registration_cancelled") == PLACES
    sequences = {row["sequence"] for row in await Registration.select() if row["email"] in holders}
    assert sequences == {1}
    before = await crowd.everything()
    assert Counter(states(await crowd.at_once(presses))) == {(200, "cancelled"): 2 * PLACES}
    assert await crowd.everything() == before


async def offers_are_answered_twice(api: str) -> None:
    """Eight take the place, four refuse it, four come too late, two take it and cancel at once; two say nothing.

    Meanwhile the first six of those who wait leave, some of them with an offer that is just being made.
    """
    offered, waiting = await crowd.queue(rules.OFFERED), await crowd.queue()
    accept, decline, late, torn = offered[:8], offered[8:12], offered[12:16], offered[16:18]
    leave = waiting[:6]
    tokens = await crowd.links_of([*offered, *leave])
    await let_lapse(late)
    twice = {
        **dict.fromkeys(accept + late, ("acceptance", "acceptance")),
        **dict.fromkeys(decline, ("refusal", "refusal")),
        **dict.fromkeys(torn, ("acceptance", "cancellation")),
        **dict.fromkeys(leave, ("cancellation", "cancellation")),
    }
    presses = [press(api, tokens[email], what) for email, pair in twice.items() for what in pair]

    answers = states(await crowd.at_once(presses))

    told = dict(zip(twice, zip(answers[::2], answers[1::2], strict=True), strict=True))
    assert {told[email] for email in accept} == {((200, "confirmed"),) * 2}
    assert {told[email] for email in decline + leave} == {((200, "cancelled"),) * 2}
    assert {told[email] for email in late} == {((410, "offer_expired"),) * 2}
    for email in torn:
        assert told[email][0] in {(200, "confirmed"), (409, "no_offer")}
        assert told[email][1] == (200, "cancelled")
    await crowd.check_places()
    await crowd.check_mails()
    standings, freed = await crowd.standings(), len(decline + late + torn)
    assert await emails_that("confirmed") == sorted(accept)
    assert {standings[email] for email in decline} == {"declined"}
    assert {standings[email] for email in late} == {"expired"}
    assert {standings[email] for email in torn + leave} == {"cancelled"}
    assert await crowd.queue(rules.OFFERED) == offered[18:] + waiting[6 : 6 + freed]
    assert await crowd.queue() == waiting[6 + freed :]
    before = await crowd.everything()
    await crowd.at_once(presses)
    assert await crowd.everything() == before


async def summit_in_spring() -> Edition:
    """One that is open for registration now, by the server's clock."""
    first_day = (datetime.now(UTC) + timedelta(days=100)).date()
    return await make_edition(
        in_person=PLACES,
        year=first_day.year,
        starts_on=first_day,
        ends_on=first_day,
        registration_closes_at=None,
        registration_closes_instant=None,
    )


def crowd_of_people() -> Iterator[dict[str, str]]:
    """Forty come twice at once: half of them in the same words, half under another name."""
    for number in range(ADDRESSES):
        yield delegate(number)
        if number % 11 == 0 and number < 440:
            yield delegate(number) | ({"name": f"Another {number}"} if number % 2 else {})


def delegate(number: int) -> dict[str, str]:
    email = f"delegate{number}@hospital.example"
    return {"name": f"Delegate {number}", "email": email, "attendance": rules.IN_PERSON}


def press(api: str, token: str, what: str) -> Press:
    return f"{api}/registrations/{token}/{what}", None


def states(answers: list[httpx.Response]) -> list[tuple[int, str]]:
    """Each answer's status, with the state that it tells or the code of its refusal."""
    told = [(answer.status_code, answer.json()) for answer in answers]
    return [(status, body.get("state") or body["code"]) for status, body in told]


async def let_lapse(emails: list[str]) -> None:
    """Their offers are over, a second ago."""
    rows = await Registration.select(Registration.id).where(Registration.email.is_in(emails))
    theirs = Place.registration.is_in([row["id"] for row in rows])
    over = datetime.now(UTC) - timedelta(seconds=1)
    await Place.update({Place.offer_expires_at: over}).where(theirs & (Place.state == rules.OFFERED))


async def emails_that(standing: str) -> list[str]:
    return sorted(email for email, found in (await crowd.standings()).items() if found == standing)


async def mails_of(kind: str) -> int:
    return int(await OutboxMessage.count().where(OutboxMessage.kind == kind))


def wait_for_both_workers(folder: Path) -> None:
    """The server answers when the first is up; only both show that two processes share the places."""
    deadline = time.monotonic() + servers.STARTED_WITHIN
    while servers_log(folder).count("Started worker-") < 2:
        assert time.monotonic() < deadline, servers_log(folder)
        time.sleep(0.05)


def servers_log(folder: Path) -> str:
    return (folder / "server.log").read_text()[-3_000:]
