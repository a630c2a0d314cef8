"""Invitation letters for a visa: when one can be asked for, with what, what stands on it, and how it is checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from summit_service import markup, papers, settings, tokens, typeset, zones
from summit_service.errors import Conflict, Gone, Invalid
from summit_service.members.countries import COUNTRIES
from summit_service.registrations import retention, rules
from summit_service.registrations.answers import FaultBook
from summit_service.registrations.queries import Standing, window_of
from summit_service.registrations.tables import Letter, Place, Registration
from summit_service.summits.tables import Edition
from summit_service.templating import country_name

ASKED, ISSUED, REFUSED, ENDED = "asked", "issued", "refused", "ended"
VALID, WITHDRAWN, UNKNOWN = "valid", "withdrawn", "unknown"
CODE = re.compile(r"([0-9]{1,9})-([0-9A-F]{20})")
NUMBER = re.compile(r"[A-Z0-9]{4,20}")
AROUND = timedelta(days=90)
OLDEST = date(1900, 1, 1)
LONGEST_NAME, LONGEST_REASON = 120, 1_000
FIELDS = tuple(field.column for field in retention.LETTER_FIELDS)


@dataclass(frozen=True, slots=True)
class Passport:
    """What a consulate needs, checked; `nationality` is a code of ISO 3166-1."""

    passport_name: str
    passport_number: str
    nationality: str
    birth_date: date | None
    arrives_on: date
    leaves_on: date


@dataclass(frozen=True, slots=True)
class Checked:
    """What the check page says of a number."""

    state: str
    edition: Edition | None = None


def checked(typed: dict[str, str], *, starts_on: date, ends_on: date, today: date) -> Passport:
    """What was typed, by the names of `FIELDS`; raises Invalid with everything that is wrong."""
    book = FaultBook()
    name = book.take(lambda: _name(typed["passport_name"]), "")
    number = book.take(lambda: _number(typed["passport_number"]), "")
    nationality = book.take(lambda: _nationality(typed["nationality"]), "")
    born = book.take(lambda: _birth(typed["birth_date"], today=today), None)
    arrives = book.take(lambda: zones.parse_day(typed["arrives_on"], field="arrives_on"), starts_on)
    leaves = book.take(lambda: zones.parse_day(typed["leaves_on"], field="leaves_on"), max(arrives, ends_on))
    book.take(lambda: _check_stay(arrives, leaves, starts_on=starts_on, ends_on=ends_on), None)
    book.close()
    return Passport(name, number, nationality, born, arrives, leaves)


def _name(value: str) -> str:
    return markup.one_line(
        value, field="passport_name", longest=LONGEST_NAME, name="The name in your passport"
    )


def _number(value: str) -> str:
    number = re.sub(r"[\s-]", "", value).upper()
    if not NUMBER.fullmatch(number):
        sentence = "Give the number of your passport: 4 to 20 letters and digits, such as C01X00T47."
        raise Invalid.one("passport_number", sentence)
    return number


def _nationality(value: str) -> str:
    if value not in COUNTRIES:
        raise Invalid.one("nationality", "Choose the country that has issued your passport.")
    return value


def _birth(value: str, *, today: date) -> date | None:
    if not value.strip():
        return None
    day = zones.parse_day(value, field="birth_date")
    if not OLDEST <= day < today:
        raise Invalid.one("birth_date", "Give the day on which you were born, or leave this empty.")
    return day


def _check_stay(arrives: date, leaves: date, *, starts_on: date, ends_on: date) -> None:
    if leaves < arrives:
        raise Invalid.one("leaves_on", "You cannot leave before you arrive.")
    if not starts_on - AROUND <= arrives <= ends_on:
        raise Invalid.one(
            "arrives_on", "Arrive before the summit is over, and not more than 90 days before it begins."
        )
    if not starts_on <= leaves <= ends_on + AROUND:
        raise Invalid.one(
            "leaves_on", "Leave after the summit has begun, and not more than 90 days after it ends."
        )


def check_can_ask(standing: Standing, *, now: datetime) -> None:
    """Raises Conflict for who has no place in the hall, and Gone once the summit has begun."""
    if not has_place(standing):
        raise Conflict("A letter is for people whose place in person is confirmed.", code="no_place")
    if now >= window_of(standing.edition).begins_at:
        raise Gone("The summit has begun. We write no invitations any more.", code="summit_begun")


def has_place(standing: Standing) -> bool:
    """Whether a place in the hall is theirs."""
    return standing.confirmed is not None and standing.confirmed.attendance == rules.IN_PERSON


async def letter_of(registration_id: int) -> Letter | None:
    """The letter that this person asked for last and did not take back."""
    found = Letter.objects().where((Letter.registration == registration_id) & (Letter.state != ENDED))
    return await found.order_by(Letter.id, ascending=False).first()


async def letters_of(edition_id: int) -> list[tuple[Letter, Registration]]:
    """Every letter of an edition that was not taken back, the longest waiting first."""
    rows = await Letter.objects(Letter.registration).where(
        (Letter.edition == edition_id) & (Letter.state != ENDED)
    )
    return [(row, row.registration) for row in sorted(rows, key=lambda row: (row.asked_at, row.id))]


def code_of(letter: Letter, uid: str) -> str:
    """The number of a letter, with the UID of its registration: nobody else can make one; it says nothing of them."""
    mark = tokens.sign(settings.current().secret_key, "letter", str(letter.id), uid)
    return f"{letter.id}-{mark[:20].upper()}"


async def check(code: str) -> Checked:
    """Whether a letter with that number is ours and stands: it was issued, and the person still has the place."""
    found = CODE.fullmatch(code.strip().upper())
    row = await Letter.objects().get(Letter.id == int(found[1])) if found else None
    registration = await Registration.objects().get(Registration.id == row.registration) if row else None
    if row is None or registration is None or row.decided_at is None or row.state == REFUSED:
        return Checked(UNKNOWN)
    if not tokens.is_same(code.strip().upper(), code_of(row, registration.uid)):
        return Checked(UNKNOWN)
    edition = await Edition.objects().get(Edition.id == row.edition)
    held = (Place.state == rules.CONFIRMED) & (Place.attendance == rules.IN_PERSON)
    is_held = await Place.exists().where((Place.registration == registration.id) & held)
    return Checked(VALID if row.state == ISSUED and is_held else WITHDRAWN, edition)


def data_of(letter: Letter, standing: Standing) -> dict[str, Any]:
    """What stands on the letter. Raises Conflict where there is none to be had."""
    edition = standing.edition
    is_ready = letter.state == ISSUED and letter.passport_number and has_place(standing)
    if not is_ready or letter.arrives_on is None or letter.leaves_on is None or letter.decided_at is None:
        raise Conflict("There is no letter for this registration.", code="no_letter")
    return {
        **papers.head("Letter of invitation"),
        "day": zones.short_day(zones.at_wall(letter.decided_at, edition.timezone).date()),
        "name": letter.passport_name,
        "number": letter.passport_number,
        "nationality": country_name(letter.nationality),
        "born": zones.short_day(letter.birth_date) if letter.birth_date else "",
        "arrives": zones.short_day(letter.arrives_on),
        "leaves": zones.short_day(letter.leaves_on),
        "summit": edition.title,
        "theme": edition.theme,
        "when": zones.day_span(edition.starts_on, edition.ends_on),
        "where": edition.venue,
        "by": letter.decided_by_name,
        **papers.seal("letters", code_of(letter, standing.registration.uid)),
    }


def set_letter(data: dict[str, Any]) -> bytes:
    """The PDF, the same bytes each time; blocking. Raises typeset.CannotTypeset."""
    return typeset.pdf("letter", data, fonts=settings.current().fonts_dir)
