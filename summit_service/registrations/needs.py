"""What delegates need, access and food, for whoever was named to arrange it; for everybody else, how many they are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from summit_service.accounts.actor import Actor, check_secretariat, check_signed_in
from summit_service.accounts.tables import Person
from summit_service.errors import NotAllowed
from summit_service.registrations import retention, rules
from summit_service.registrations.delegates import standings_of
from summit_service.registrations.queries import Standing
from summit_service.registrations.retention import Field
from summit_service.registrations.tables import Arranger, Registration
from summit_service.summits import queries as summits
from summit_service.summits.tables import Edition

BETWEEN = re.compile(r"[;\n]+")
FIELDS = tuple(
    sorted(
        (field for field in retention.FIELDS if field.column in ("access_needs", "dietary")),
        key=lambda field: field.column,
    )
)
NOT_NAMED = "Only who was named to arrange access and food sees who needs what."


@dataclass(frozen=True, slots=True)
class Need:
    """One need in the words of the first who told it, with everybody who told the same."""

    words: str
    people: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class NeedList:
    """The needs of one kind, the most frequent first; `erased_on` is the day on which they are gone."""

    field: Field
    erased_on: date
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """How many people have told something of one kind, by their way of attending."""

    words: str
    by_attendance: Counter[str]


def split(text: str) -> list[str]:
    """The single needs in what somebody typed: each line, and each part between semicolons, is one."""
    return [part for part in (piece.strip().rstrip(".").strip() for piece in BETWEEN.split(text)) if part]


def by_need(found: Iterable[Standing], column: str) -> tuple[Need, ...]:
    """The needs with their people, whatever the case and the spaces; each person stands once at each need."""
    words: dict[str, str] = {}
    people: dict[str, dict[int, Standing]] = {}
    for standing in found:
        for need in split(getattr(standing.registration, column)):
            key = " ".join(need.split()).casefold()
            words.setdefault(key, need)
            people.setdefault(key, {})[standing.registration.id] = standing
    keys = sorted(people, key=lambda key: (-len(people[key]), key))
    return tuple(Need(words[key], tuple(people[key].values())) for key in keys)


def changed_at(known: Registration | None, columns: Mapping[str, Any], *, now: datetime) -> datetime | None:
    """When a need was told or put in other words last: now, where these columns do; a need taken away is none."""
    before = {field.column: getattr(known, field.column) if known else "" for field in FIELDS}
    is_new = any(columns[name] and columns[name] != value for name, value in before.items())
    return now if is_new else known.needs_changed_at if known else None


async def new_count(edition_id: int, *, since: datetime, until: datetime) -> int:
    """How many who still come have told or changed a need after the one moment and up to the other."""
    new = (Registration.needs_changed_at > since) & (Registration.needs_changed_at <= until)
    new = new & Registration.cancelled_at.is_null()
    return int(await Registration.count().where((Registration.edition == edition_id) & new))


async def coming(edition: Edition, *, now: datetime) -> list[Standing]:
    """Everybody who comes, or still may, in the order they registered."""
    return [one for one in await standings_of(edition, now=now) if one.state != rules.CANCELLED]


def counts(found: Sequence[Standing]) -> list[Count]:
    """How many have told something, without what."""
    return [
        Count(
            field.words, Counter(one.attendance for one in found if getattr(one.registration, field.column))
        )
        for field in FIELDS
    ]


def lists(edition: Edition, found: Sequence[Standing]) -> list[NeedList]:
    """Access and food by need."""
    return [
        NeedList(field, retention.erased_on(edition.ends_on, field.kept), by_need(found, field.column))
        for field in FIELDS
    ]


async def arrangers_of(edition_id: int) -> list[Person]:
    """Who arranges for this edition now, by name."""
    rows = await Arranger.objects(Arranger.person).where(
        (Arranger.edition == edition_id) & Arranger.ended_at.is_null()
    )
    return sorted((row.person for row in rows), key=lambda person: person.name)


async def is_arranger(edition_id: int, actor: Actor) -> bool:
    """Whether this person was named; nobody has it by their office, the operator neither."""
    if actor.person_id is None:
        return False
    named = (Arranger.edition == edition_id) & (Arranger.person == actor.person_id)
    return bool(await Arranger.exists().where(named & Arranger.ended_at.is_null()))


async def arranged_edition(year: int, *, actor: Actor) -> Edition:
    """The edition, for who was named. Raises NotSignedIn, NotFound and NotAllowed."""
    check_signed_in(actor)
    edition = await summits.found_edition(year)
    if not await is_arranger(edition.id, actor):
        raise NotAllowed(NOT_NAMED)
    return edition


async def counted_edition(year: int, *, actor: Actor) -> tuple[Edition, bool]:
    """The edition, and whether this person was named; for them and the secretariat. Raises as `arranged_edition`."""
    check_signed_in(actor)
    edition = await summits.found_edition(year)
    is_named = await is_arranger(edition.id, actor)
    if not is_named:
        check_secretariat(actor)
    return edition, is_named
