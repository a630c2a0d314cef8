"""What a call for funding must say, when it is over, and what may be done with it in which state."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from summit_service import markup, zones
from summit_service.errors import Conflict, Fault, Invalid
from summit_service.members.countries import COUNTRIES

T = TypeVar("T")
STATES = {
    "waiting": "waiting for confirmation",
    "returned": "given back",
    "published": "published",
    "withdrawn": "withdrawn",
}
ROLES = {"leads": "We would lead", "partners": "We would be a partner", "either": "Either"}
CATEGORY = "funding"
RESERVED_SLUGS = frozenset({"new"})
LONGEST_TITLE, LONGEST_FUNDER, LONGEST_URL, LONGEST_SUMMARY, LONGEST_REASON = 180, 200, 500, 8_000, 1_000
LONGEST_BRINGS, LONGEST_CONTACT = 2_000, 200
CURRENCY = re.compile(r"[A-Z]{3}")
AMOUNT = re.compile(r"\d{1,12}")
CONTACT_KEPT = timedelta(days=365)
"""After the deadline: how long the contact of who wanted to apply is kept."""
PASSED = "This deadline has passed. Give one that lies ahead."


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What is said about a call: as it was typed, or checked and in the form that is kept.

    `deadline_at` is wall time (`2027-03-04T17:00`) in `timezone`; a day alone means its end, 23:59. `amount` is a
    whole number of `currency` (ISO 4217), or nothing. `countries` are codes (ISO 3166); none means all.
    """

    title: str = ""
    funder: str = ""
    url: str = ""
    amount: str = ""
    currency: str = ""
    deadline_at: str = ""
    timezone: str = ""
    countries: tuple[str, ...] = ()
    summary: str = ""


FIELDS = tuple(field.name for field in fields(Details))


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """What an organisation says that wants to apply: its role, what it brings, whom to write to."""

    role: str = ""
    brings: str = ""
    contact: str = ""


def checked(given: Details) -> Details:
    """The details in the form that is kept; raises Invalid with every fault found."""
    faults: list[Fault] = []

    def attempt(check: Callable[[], T], otherwise: T) -> T:
        try:
            return check()
        except Invalid as refusal:
            faults.extend(refusal.faults)
            return otherwise

    amount = attempt(lambda: _amount(given.amount), "")
    clean = Details(
        title=attempt(lambda: _line(given.title, "title", LONGEST_TITLE, "The title"), ""),
        funder=attempt(lambda: _line(given.funder, "funder", LONGEST_FUNDER, "Who gives the money"), ""),
        url=attempt(lambda: _url(given.url), ""),
        amount=amount,
        currency=attempt(lambda: _currency(given.currency, is_needed=bool(amount)), ""),
        deadline_at=attempt(lambda: _deadline(given.deadline_at), ""),
        timezone=attempt(lambda: zones.zone(given.timezone).key, ""),
        countries=attempt(lambda: _countries(given.countries), ()),
        summary=attempt(
            lambda: markup.many_lines(
                given.summary, field="summary", longest=LONGEST_SUMMARY, name="The summary", required=True
            ),
            "",
        ),
    )
    if not faults:
        attempt(lambda: deadline_of(clean), None)
    if faults:
        raise Invalid(faults)
    return clean


def deadline_of(details: Details) -> datetime:
    """The instant (UTC) of the deadline; raises Invalid where the clocks of its zone skip or repeat that hour."""
    wall = zones.parse_wall(details.deadline_at, field="deadline_at")
    return zones.instant(wall, details.timezone, field="deadline_at")


def last_day(details: Details) -> date:
    """The day in the calendar: midnight is the end of the day before."""
    wall = zones.parse_wall(details.deadline_at, field="deadline_at")
    return (wall - timedelta(days=1)).date() if (wall.hour, wall.minute) == (0, 0) else wall.date()


def check_ahead(deadline: datetime, *, now: datetime) -> None:
    """Raises Invalid for a deadline that has passed."""
    if deadline <= now:
        raise Invalid.one("deadline_at", PASSED)


def checked_interest(given: Interest) -> Interest:
    """In the form that is kept; raises Invalid with every fault."""
    faults: list[Fault] = []
    if given.role not in ROLES:
        faults.append(Fault("role", "Say whether you would lead or be a partner."))
    texts = {}
    for name, longest, words in (
        ("brings", LONGEST_BRINGS, "What you bring"),
        ("contact", LONGEST_CONTACT, "Whom to write to"),
    ):
        try:
            texts[name] = markup.many_lines(
                getattr(given, name), field=name, longest=longest, name=words, required=True
            )
        except Invalid as refusal:
            faults.extend(refusal.faults)
    if faults:
        raise Invalid(faults)
    return Interest(role=given.role, **texts)


def check_open(state: str, deadline: datetime, *, now: datetime) -> None:
    """Raises Conflict for a call that nobody can apply to."""
    check_state(state, "published")
    if deadline <= now:
        raise Conflict("The deadline of this call has passed.")


def first_state(*, is_new: bool, is_trusted: bool) -> str:
    """What a new organisation posts waits for the secretariat, as its events do."""
    return "waiting" if is_new and not is_trusted else "published"


def check_state(state: str, *wanted: str) -> None:
    """Raises Conflict where the call is in no state that this can be done in."""
    if state not in wanted:
        known = " or ".join(STATES[one] for one in wanted)
        raise Conflict(f"This call is {STATES[state]}. It would have to be {known}.")


def checked_reason(reason: str, sentence: str) -> str:
    """A reason in words; raises Invalid with that sentence where there is none."""
    why = markup.many_lines(reason, field="reason", longest=LONGEST_REASON, name="The reason")
    if not why:
        raise Invalid.one("reason", sentence)
    return why


def search_text(details: Details) -> str:
    """What words are looked for in: without case, accents and marks."""
    return markup.plain(" ".join((details.title, details.funder, markup.to_text(details.summary))))


def checked_money(amount: str, currency: str) -> tuple[str, str]:
    """An amount and its currency in the form that is kept, both empty where none is given; raises Invalid."""
    kept = _amount(amount)
    return kept, _currency(currency, is_needed=bool(kept))


def _line(value: str, field: str, longest: int, name: str) -> str:
    return markup.one_line(value, field=field, longest=longest, name=name)


def _url(value: str) -> str:
    text = markup.one_line(value, field="url", longest=LONGEST_URL, name="The link", required=False)
    if text and not re.fullmatch(r"https?://[^/\s@]+\.[^/\s@]+(/\S*)?", text):
        raise Invalid.one("url", "Give the whole address, such as https://www.example.org/call.")
    return text


def _amount(value: str) -> str:
    text = value.strip().replace(",", "").replace(" ", "")
    if text and not AMOUNT.fullmatch(text):
        raise Invalid.one("amount", "Give the amount as a whole number, such as 250000, or leave it empty.")
    return str(int(text)) if text else ""


def _currency(value: str, *, is_needed: bool) -> str:
    text = value.strip().upper()
    if (is_needed or text) and not CURRENCY.fullmatch(text):
        raise Invalid.one("currency", "Give the currency by its three letters, such as EUR or GBP.")
    return text if is_needed else ""


def _deadline(value: str) -> str:
    text = value.strip()
    if len(text) == len("2027-03-04"):
        return f"{zones.parse_day(text, field='deadline_at').isoformat()}T23:59"
    return zones.wall_text(zones.parse_wall(text, field="deadline_at"))


def _countries(given: Collection[str]) -> tuple[str, ...]:
    codes = sorted({code.strip().upper() for code in given if code.strip()})
    unknown = [code for code in codes if code not in COUNTRIES]
    if unknown:
        raise Invalid.one(
            "countries",
            f"There is no country “{unknown[0][:20]}”. Give codes of two letters with commas between them: DE, GB.",
        )
    return tuple(codes)


def contacts_end_before(now: datetime) -> datetime:
    """Contacts of calls whose deadline was before this are erased."""
    return now.astimezone(UTC) - CONTACT_KEPT
