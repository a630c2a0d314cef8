"""Fills an empty database with the demo, through the same actions that people use."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import Any

from summit_service import links
from summit_service.accounts import queries as accounts
from summit_service.accounts.actor import OPERATOR, Actor
from summit_service.demo import (
    announcements,
    calendars,
    contributions,
    doors,
    funding,
    logos,
    officers,
    people,
    resources,
    statements,
    texts,
)
from summit_service.digests import actions as digests
from summit_service.errors import SummitError
from summit_service.events import actions as events
from summit_service.mail.delivery import deliver_due
from summit_service.mail.sinks import Folder
from summit_service.members import actions as members
from summit_service.members import queries as member_queries
from summit_service.members.tables import Organisation
from summit_service.registrations import actions as registrations
from summit_service.registrations import queries as registration_queries
from summit_service.registrations.actions import import_programme
from summit_service.registrations.answers import Asked, Given
from summit_service.settings import Settings
from summit_service.speakers import actions as speakers
from summit_service.summits import queries as summits

SECRETARY = "secretariat@network.example"
IN_PERSON = 60
ONLINE = 40
SEATS = 12
EVERY = 4
"""So many delegates have one who needs something."""
FIRST_NAME = 40
TWO_YEARS = timedelta(weeks=104)
QUESTIONS = (
    Asked(
        key="dinner",
        label="Will you come to the dinner on the first evening?",
        kind="choice",
        choices=("Yes, please", "No, thank you"),
        limits={"Yes, please": 120},
        hint="So that the kitchen knows. The dinner is free.",
    ),
    Asked(
        key="menu",
        label="With or without meat?",
        kind="choice",
        choices=("With meat", "Vegetarian", "Vegan"),
        shown_if=("dinner", "Yes, please"),
    ),
    Asked(key="arrival", label="When do you arrive?", kind="date", hint="If you need a room from us."),
)
"""What the demo's next summit asks, made up."""
NOTICE = timedelta(days=60)
MADE_FROM = (
    "Made from the public facts of the network’s symposium of 2025. The hours and the rooms are made up."
)
DATA = files("summit_service.demo") / "data"


@dataclass(frozen=True, slots=True)
class Step:
    """One part of the loading, with its share of the work for the progress bar."""

    words: str
    weight: int
    run: Callable[[datetime], Awaitable[None]]


def steps(settings: Settings) -> Iterator[Step]:
    """Everything that is loaded, in order."""

    async def deliver(now: datetime) -> None:
        await deliver_due(now, Folder(settings.mailbox_dir))

    folder = settings.mailbox_dir
    yield Step("Members of the network", 10, load_members)
    yield Step("Signatories, made up", 10, load_signatories)
    yield Step("Events", 5, load_events)
    yield Step("A followed calendar, made up", 1, calendars.load_calendar)
    yield Step("Summits and their programmes", 10, load_summits)
    yield Step("Who came to a past summit, made up", 8, load_past)
    yield Step("Registrations, made up", 40, load_registrations)
    yield Step("Sign-up for two sessions, made up", 5, load_sign_ups)
    yield Step("A door and a letter, made up", 1, load_door)
    yield Step("A guest, and where a speaker is reached, made up", 1, load_guests)
    yield Step("A call for contributions, made up", 5, contributions.load_call)
    yield Step("Best practice, made up", 2, resources.load_resources)
    yield Step("A call for funding, made up", 1, funding.load_funding)
    yield Step("Officers, made up", 1, officers.load_officers)
    yield Step("Two logos, drawn here", 1, logos.load_logos)
    yield Step("A published statement", 20, lambda now: statements.load_published(now, folder))
    yield Step("A statement open for signing", 20, lambda now: statements.load_open(now, folder))
    yield Step("A draft to comment on, made up", 5, statements.load_draft)
    yield Step("A digest for the secretary", 1, load_digest)
    yield Step("A draft of an announcement", 1, announcements.load_draft)
    yield Step("Mails into the mailbox", 40, deliver)


async def load_members(now: datetime) -> None:
    """The organisations of the network, and somebody for the secretariat."""
    await members.add_person_by_operator(
        email=SECRETARY, name="Sam Secretary", organisation_slug=None, role="secretariat", now=now
    )
    report = await members.import_organisations(_read("organisations.csv"), actor=OPERATOR, now=now)
    if report.faults:
        raise SummitError("; ".join(str(fault) for fault in report.faults))


async def load_digest(now: datetime) -> None:
    """The secretary reads the calendar's news each Monday."""
    await digests.choose("weekly", actor=await _secretary(), now=now)


async def _secretary() -> Actor:
    person = await accounts.person_by_email(SECRETARY)
    assert person is not None  # noqa: S101 - a step before this one adds them
    return await member_queries.actor_of(person, via="cli")


async def load_signatories(now: datetime) -> None:
    """A made-up signatory for each organisation, in the place of its real contact."""
    organisations = await member_queries.all_members()
    for organisation, name in zip(organisations, people.names(len(organisations)), strict=True):
        await _replace_signatory(organisation, name, now)


async def _replace_signatory(organisation: Organisation, name: str, now: datetime) -> None:
    for member in await member_queries.people_of(organisation.id):
        if member.kind == "signatory":
            await members.end_role(member.role_id, organisation=organisation.slug, actor=OPERATOR, now=now)
    await members.add_person(
        name=name,
        email=people.address_of(name),
        organisation=organisation.slug,
        roles=["signatory"],
        actor=OPERATOR,
        now=now,
    )


async def load_events(now: datetime) -> None:
    """Public events of members, past ones too, and a few made-up ones ahead in other zones."""
    for data in (_read("events.json"), json.dumps(made_up_events(now.date())).encode()):
        report = await events.import_events(data, actor=OPERATOR, now=now)
        if report.faults:
            raise SummitError("; ".join(f"{fault.field}: {fault.sentence}" for fault in report.faults))


def made_up_events(today: date) -> list[dict[str, object]]:
    """Events that say of themselves that they are made up, so many days ahead of today."""
    return [
        {
            **{name: value for name, value in event.items() if name not in {"in_days", "hours"}},
            **_times(today + timedelta(days=event["in_days"]), event["hours"]),
        }
        for event in texts.EVENTS
    ]


def _times(day: date, hours: tuple[str, str] | int) -> dict[str, object]:
    """From one hour to another, or so many whole days."""
    if isinstance(hours, int):
        last = day + timedelta(days=hours - 1)
        return {"starts_at": day.isoformat(), "ends_at": last.isoformat(), "all_day": True}
    return {"starts_at": f"{day}T{hours[0]}", "ends_at": f"{day}T{hours[1]}"}


async def load_summits(now: datetime) -> None:
    """The summit of the data, and while that is over or near, the next one with its dates on the same weekdays."""
    programme = json.loads(_read("programme.json"))
    await _load_summit(programme, MADE_FROM, now)
    if date.fromisoformat(programme["starts_on"]) < now.date() + NOTICE:
        await _load_summit(next_programme(programme, today=now.date()), MADE_FROM, now)


async def _load_summit(programme: dict[str, Any], note: str, now: datetime) -> None:
    await import_programme(json.dumps(programme).encode(), actor=OPERATOR, now=now)
    await registrations.release_programme(programme["year"], note=note, actor=OPERATOR, now=now)


def next_programme(programme: dict[str, Any], *, today: date) -> dict[str, Any]:
    """The programme moved on by twice 52 weeks, as often as it takes to lie ahead."""
    shift = TWO_YEARS
    first = date.fromisoformat(programme["starts_on"])
    while first + shift < today + NOTICE:
        shift += TWO_YEARS
    year = (first + shift).year
    sessions = [
        {**session, **{end: _moved(session[end], shift) for end in ("starts_at", "ends_at")}}
        for session in programme["sessions"]
    ]
    title = f"Summit {year} (demonstration)"
    dates = {
        name: (date.fromisoformat(programme[name]) + shift).isoformat() for name in ("starts_on", "ends_on")
    }
    return {**programme, **dates, "year": year, "title": title, "sessions": sessions}


def _moved(wall: str, shift: timedelta) -> str:
    return (datetime.fromisoformat(wall) + shift).isoformat(timespec="minutes")


async def load_registrations(now: datetime) -> None:
    """What the summit asks; half of the places in the hall, and some online."""
    year = open_year(now)
    await registrations.set_questions(year, QUESTIONS, actor=OPERATOR, now=now)
    places = people.workplaces()
    for number, name in enumerate(people.names(IN_PERSON + ONLINE, start=FIRST_NAME)):
        food, access = texts.NEEDS[number // EVERY % len(texts.NEEDS)] if number % EVERY == 0 else ("", "")
        await registrations.register(
            Given(
                name=name,
                organisation=next(places),
                dietary=food,
                access_needs=access,
                is_listed=number % 3 > 0,
                answers={},
            ),
            year=year,
            email=people.address_of(name),
            attendance="in_person" if number < IN_PERSON else "online",
            now=now,
        )


async def load_past(now: datetime) -> None:
    """Who came to the summit of the data, once that is over."""
    await doors.load_past(json.loads(_read("programme.json")), now)


async def load_door(now: datetime) -> None:
    """A door for the summit that people register for, a letter that waits and one that is issued."""
    await doors.load_door(open_year(now), SECRETARY, now)
    waits, issued = people.names(2, start=FIRST_NAME)
    await doors.load_letters(open_year(now), waits, issued, secretary=await _secretary(), now=now)


async def load_guests(now: datetime) -> None:
    """Somebody who is invited past the queue, and one speaker with an address that leads nowhere, who is told."""
    year = open_year(now)
    await registrations.invite(
        year,
        name="Ines Guest",
        email="ines.guest@people.example",
        attendance="online",
        actor=await _secretary(),
        now=now,
    )
    speaker = json.loads(_read("programme.json"))["speakers"][0]["name"]
    address = "speaker@people.example"
    await speakers.put_addresses(year, f"{speaker}; {address}", actor=OPERATOR, now=now)
    await speakers.send(year, {address: ""}, release=1, actor=OPERATOR, now=now)


async def load_sign_ups(now: datetime) -> None:
    """Two sessions that take only so many people; one of them is full, and two wait for it."""
    year = open_year(now)
    edition = await summits.found_edition(year)
    for (slug, seats), wanted in zip(await _workshops(edition.id), (9, SEATS + 2), strict=True):
        await registrations.set_sign_up(
            year, slug, places_wanted=seats, attendance="in_person", is_open=True, actor=OPERATOR, now=now
        )
        for name in people.names(wanted, start=64 - seats):
            registration = await registration_queries.live_registration(edition.id, people.address_of(name))
            if registration is not None:
                token = await links.issue(registration_queries.LINK, subject=str(registration.id), now=now)
                await registrations.sign_up(token, slug, now=now)


async def _workshops(edition_id: int) -> list[tuple[str, int]]:
    """The first masterclass and the first workshop of the programme, each with how many it takes."""
    released = await summits.shown_release(edition_id, None)
    sessions = [item.session for item in summits.snapshot_of(released).items]
    by_kind = {session.kind: session.id for session in reversed(sessions)}
    return [(by_kind["masterclass"], 2 * SEATS), (by_kind["workshop"], SEATS)]


def open_year(now: datetime) -> int:
    """The year of the summit that people can register for."""
    programme = json.loads(_read("programme.json"))
    if date.fromisoformat(programme["starts_on"]) < now.date() + NOTICE:
        programme = next_programme(programme, today=now.date())
    return int(programme["year"])


def _read(name: str) -> bytes:
    return (DATA / name).read_bytes()
