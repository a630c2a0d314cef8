"""What is said of a term, in which order officers stand, and which term somebody has to think of now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, timedelta
from typing import Protocol, TypeVar

from summit_service import canonical, markup, zones
from summit_service.accounts.addresses import email_address
from summit_service.errors import Conflict, Fault, Invalid

OFFICES = ("Chair", "Vice-chair", "Treasurer", "Secretary")
"""Those that most networks have, in the order in which they stand; others can be typed."""
SOON = timedelta(days=60)
"""How long before its end a term waits at the desk."""
PHASES = ("current", "coming", "past")


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """A term as it is typed: days as `2027-03-04`, `ends_on` empty where no end is set.

    `person` is the address of somebody whom the network knows, `organisation` a slug or a name; both may be empty.
    """

    office: str
    name: str
    starts_on: str
    ends_on: str = ""
    person: str = ""
    organisation: str = ""


FIELDS = tuple(field.name for field in fields(Details))


class Dated(Protocol):
    """Something with a first day and, perhaps, a last one."""

    @property
    def office(self) -> str: ...
    @property
    def starts_on(self) -> date: ...
    @property
    def ends_on(self) -> date | None: ...


T = TypeVar("T", bound=Dated)


def checked(given: Details) -> Details:
    """The details in their normal form; raises Invalid with every fault at once."""
    clean: dict[str, str] = {}
    faults: list[Fault] = []
    for field, check in _CHECKS.items():
        try:
            clean[field] = check(getattr(given, field))
        except Invalid as fault:
            faults.extend(fault.faults)
    if not faults and clean["ends_on"] and clean["ends_on"] < clean["starts_on"]:
        faults.append(Fault("ends_on", "The term ends before it begins. Look at both days again."))
    if faults:
        raise Invalid(faults)
    return replace(given, **clean)


def with_changes(before: Details, changes: Mapping[str, str]) -> Details:
    """The details with some of them as they were given; raises Invalid for a field that there is not."""
    unknown = next((field for field in changes if field not in FIELDS), None)
    if unknown is not None:
        raise Invalid.one(unknown, "There is no such field.")
    return replace(before, **changes)


def mark_of(details: Details) -> str:
    """A mark of a term as it stands: another one where anything of it is another."""
    return canonical.digest(asdict(details))[:16]


def check_seen(details: Details, seen: str | None) -> None:
    """Raises Conflict where somebody has changed the term since it was read; no mark asks nothing."""
    if seen is not None and seen != mark_of(details):
        raise Conflict(
            "Somebody else has changed this term since you opened it. Both are below: yours in the form.",
            code="changed_meanwhile",
        )


def check_named(*, is_erased: bool) -> None:
    """Raises Conflict for a term whose name was erased: nobody brings it back by mistake."""
    if is_erased:
        raise Conflict("The name of this officer was erased at their wish, so the entry stays as it is.")


def phase(term: Dated, today: date) -> str:
    """`coming`, `current` or `past`; the last day still counts."""
    if term.starts_on > today:
        return "coming"
    return "past" if term.ends_on is not None and term.ends_on < today else "current"


def by_phase(terms: Iterable[T], today: date) -> dict[str, list[T]]:
    """The terms of each phase: offices in their order, the past ones with the last ended first."""
    found: dict[str, list[T]] = {name: [] for name in PHASES}
    for term in terms:
        found[phase(term, today)].append(term)
    for name in ("current", "coming"):
        found[name].sort(key=lambda term: (_rank(term.office), term.starts_on))
    found["past"].sort(key=lambda term: (-_end(term).toordinal(), _rank(term.office)))
    return found


def ending_soon(terms: Sequence[T], today: date) -> list[T]:
    """Terms that end within 60 days and that nobody is named to follow; the first to end first."""
    due = [
        term
        for term in terms
        if phase(term, today) == "current"
        and term.ends_on is not None
        and term.ends_on - today <= SOON
        and not any(_follows(other, term) for other in terms)
    ]
    return sorted(due, key=_end)


def _follows(other: Dated, term: Dated) -> bool:
    is_same_office = _plain(other.office) == _plain(term.office)
    return is_same_office and other.starts_on > term.starts_on and other.starts_on >= _end(term) - SOON


def _end(term: Dated) -> date:
    return term.ends_on or date.max


def _rank(office: str) -> tuple[int, str]:
    """The usual offices in their order, then the others by name."""
    plain = _plain(office)
    usual = [_plain(one) for one in OFFICES]
    return (usual.index(plain) if plain in usual else len(usual), plain)


def _plain(office: str) -> str:
    return " ".join(office.casefold().replace("-", " ").split())


def _office(value: str) -> str:
    return markup.one_line(value, field="office", longest=120, name="The office")


def _name(value: str) -> str:
    return markup.one_line(value, field="name", longest=200, name="The name")


def _starts_on(value: str) -> str:
    if not value.strip():
        raise Invalid.one("starts_on", "The first day of the term is missing.")
    return zones.parse_day(value.strip(), field="starts_on").isoformat()


def _ends_on(value: str) -> str:
    return zones.parse_day(value.strip(), field="ends_on").isoformat() if value.strip() else ""


def _person(value: str) -> str:
    return email_address(value, field="person") if value.strip() else ""


def _organisation(value: str) -> str:
    return markup.one_line(value, field="organisation", longest=200, name="The organisation", required=False)


_CHECKS = {
    "office": _office,
    "name": _name,
    "starts_on": _starts_on,
    "ends_on": _ends_on,
    "person": _person,
    "organisation": _organisation,
}
