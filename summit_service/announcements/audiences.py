"""Reads: who the readers of an announcement are at this moment, one entry for each address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from summit_service import zones
from summit_service.announcements.tables import Announcement
from summit_service.errors import NotFound
from summit_service.mail import streams
from summit_service.members import queries as members
from summit_service.members.tables import Organisation, Role
from summit_service.registrations import mails as registration_mails
from summit_service.registrations import rules as registration_rules
from summit_service.registrations.tables import Place
from summit_service.statements import deadlines, rules
from summit_service.statements import mails as statement_mails
from summit_service.statements import queries as statements
from summit_service.statements.tables import SigningRequest
from summit_service.summits import queries as summits
from summit_service.templating import country_name

MEMBERS, REPRESENTATIVES, UNANSWERED, DELEGATES = "members", "representatives", "unanswered", "delegates"
OFFERED = {
    MEMBERS: frozenset({"name", "organisation", "country"}),
    REPRESENTATIVES: frozenset({"name", "organisation", "country"}),
    UNANSWERED: frozenset({"name", "organisation", "statement", "deadline"}),
    DELEGATES: frozenset({"name", "organisation", "summit", "attendance"}),
}
KINDS = tuple(OFFERED)


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who would get it: the values for the placeholders, and what a mail to them is about.

    `shown_about` is what a mail to somebody else is about that shows what this reader would read.
    """

    email: str
    name: str
    values: dict[str, str] = field(default_factory=dict)
    about: str = ""
    shown_about: str = ""


@dataclass(frozen=True, slots=True)
class Audience:
    """Everybody who would get it now, by address; `stopped` are those who want no such mails."""

    readers: tuple[Reader, ...]
    stopped: tuple[Reader, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """An audience that can be chosen."""

    kind: str
    of: str
    words: str


def stream_of(kind: str) -> str:
    """Who has stopped reminders is not reminded by an announcement either."""
    return streams.REMINDERS if kind == UNANSWERED else streams.NEWS


async def choices(now: datetime) -> list[Choice]:
    """Every audience that there is now."""
    found = [
        Choice(MEMBERS, "", "All members: the main contact of each"),
        Choice(REPRESENTATIVES, "", "Everybody who represents a member"),
    ]
    for statement in await statements.public_statements():
        if rules.is_open(statement.state, deadlines.end_of(statement), now=now):
            words = f"Signatories who have not answered “{statement.title}”"
            found.append(Choice(UNANSWERED, statement.slug, words))
    for edition in await summits.editions():
        found.append(Choice(DELEGATES, str(edition.year), f"Delegates of {edition.title}"))
    return found


async def audience_of(announcement: Announcement, *, now: datetime) -> Audience:
    """The readers at this moment, without those who have stopped such mails."""
    found = _once_each(await _readers(announcement.audience, announcement.audience_of, now=now))
    unwilling = await streams.opted_out(stream_of(announcement.audience))
    return Audience(
        tuple(reader for reader in found if streams.email_key(reader.email) not in unwilling),
        tuple(reader for reader in found if streams.email_key(reader.email) in unwilling),
    )


async def _readers(kind: str, of: str, *, now: datetime) -> list[Reader]:
    if kind == UNANSWERED:
        return await _unanswered(of)
    if kind == DELEGATES:
        return await _delegates(int(of))
    organisations = await members.all_members()
    people = await _representatives()
    if kind == REPRESENTATIVES:
        return [_reader(row, name, email) for row in organisations for name, email in people.get(row.id, [])]
    return [reader for row in organisations for reader in _contact(row, people.get(row.id, []))]


def _once_each(readers: Iterable[Reader]) -> list[Reader]:
    """One entry for each address; who stands for several organisations is told of all."""
    found: dict[str, Reader] = {}
    for reader in readers:
        key = streams.email_key(reader.email)
        known = found.get(key)
        found[key] = reader if known is None else _joined(known, reader)
    return sorted(found.values(), key=lambda reader: (reader.name.casefold(), reader.email))


def _joined(first: Reader, second: Reader) -> Reader:
    ours, theirs = first.values.get("organisation", ""), second.values.get("organisation", "")
    both = " and ".join(dict.fromkeys(filter(None, (ours, theirs))))
    return replace(first, values=first.values | {"organisation": both}, about="", shown_about="")


async def _representatives() -> dict[int, list[tuple[str, str]]]:
    """Name and address of every representative, by organisation, in the order of their naming."""
    live = (Role.kind == "representative") & Role.ended_at.is_null() & Role.person.ended_at.is_null()
    rows = (
        await Role.select(
            Role.organisation, Role.person.name.as_alias("name"), Role.person.email.as_alias("email")
        )
        .where(live)
        .order_by(Role.id)
    )
    found: dict[int, list[tuple[str, str]]] = {}
    for row in rows:
        found.setdefault(row["organisation"], []).append((row["name"], row["email"]))
    return found


def _contact(row: Organisation, people: list[tuple[str, str]]) -> list[Reader]:
    """Its key contact; where none is named its first representative; nobody where there is none."""
    if row.contact_email:
        return [_reader(row, row.contact_name, row.contact_email)]
    return [_reader(row, *people[0])] if people else []


def _reader(row: Organisation, name: str, email: str) -> Reader:
    country = country_name(row.country) if row.country else ""
    return Reader(email, name, {"name": name, "organisation": row.name, "country": country})


async def _unanswered(slug: str) -> list[Reader]:
    statement = await statements.statement_by_slug(slug)
    if statement.state != "signing" or statement.text_set is None:
        return []
    answered = await statements.answers_of(statement)
    rows: Any = (
        await SigningRequest.objects(SigningRequest.person)
        .where(SigningRequest.text_set == statement.text_set)
        .order_by(SigningRequest.organisation_name)
    )
    told = {
        "statement": statement.title,
        "deadline": zones.long_deadline(statement.closes_at, statement.closes_timezone),
    }
    return [
        Reader(
            row.person.email,
            row.person.name,
            told | {"name": row.person.name, "organisation": row.organisation_name},
            statement_mails.about(row),
        )
        for row in rows
        if row.id not in answered
    ]


async def _delegates(year: int) -> list[Reader]:
    """Who has a place for good; who waits is told by the mails of the waiting list."""
    edition = await summits.edition_of(year)
    if edition is None:
        raise NotFound(f"There is no summit of {year}.")
    held = (Place.edition == edition.id) & (Place.state == registration_rules.CONFIRMED)
    rows: Any = await Place.objects(Place.registration).where(held).order_by(Place.id)
    return [
        Reader(
            row.registration.email,
            row.registration.name,
            {
                "name": row.registration.name,
                "organisation": row.registration.organisation,
                "summit": edition.title,
                "attendance": registration_rules.WORDS[row.attendance],
            },
            registration_mails.about(row.registration),
            registration_mails.about_shown(row.registration),
        )
        for row in rows
    ]
