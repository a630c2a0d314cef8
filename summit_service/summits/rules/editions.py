"""One edition: its fields and what has to hold between them, the two years between summits, its places."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from summit_service import zones
from summit_service.errors import Fault, Invalid
from summit_service.summits.rules.reading import Reader, object_of

FIELDS = (
    "year",
    "title",
    "theme",
    "host",
    "starts_on",
    "ends_on",
    "timezone",
    "venue",
    "online_url",
    "in_person_capacity",
    "online_capacity",
    "registration_opens_at",
    "registration_closes_at",
)
CYCLE = 2
LONGEST = timedelta(days=31)
MOST_PLACES = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionPlan:
    """What an edition is to be, checked; wall times are in its zone and their instants in UTC."""

    year: int
    title: str
    theme: str
    host: str
    starts_on: date
    ends_on: date
    timezone: str
    venue: str
    online_url: str
    in_person_capacity: int
    online_capacity: int
    registration_opens_at: str | None
    registration_closes_at: str | None
    registration_opens_instant: datetime | None
    registration_closes_instant: datetime | None


def read_edition(value: object, *, also: Collection[str] = ()) -> EditionPlan:
    """The edition that plain values describe; raises Invalid with all faults. `also`: further fields."""
    values = object_of(value, "An edition")
    reader = Reader(values)
    reader.check_names({*FIELDS, *also})
    year = reader.number("year", "The year", least=2000, most=2199)
    if year is None and not reader.faults and "year" not in values:
        reader.fault("year", "The year is missing.")
    title = reader.line("title", "The title", longest=200, required=True)
    starts_on, ends_on = reader.day("starts_on", "The first day"), reader.day("ends_on", "The last day")
    timezone = _zone(reader)
    in_person = reader.number("in_person_capacity", "The places in person", least=0, most=MOST_PLACES)
    online = reader.number("online_capacity", "The places online", least=0, most=MOST_PLACES)
    theme = reader.line("theme", "The theme", longest=300)
    host = reader.text("host", "The host", longest=2_000)
    venue = reader.line("venue", "The venue", longest=300)
    online_url = reader.url("online_url", "The online address")
    _check_days(reader, year, starts_on, ends_on)
    opens, closes = _window(reader, timezone, ends_on)
    if year is None or starts_on is None or ends_on is None or reader.faults:
        raise Invalid(reader.faults or [Fault("year", "The year is missing.")])
    return EditionPlan(
        year=year,
        title=title,
        theme=theme,
        host=host,
        starts_on=starts_on,
        ends_on=ends_on,
        timezone=timezone,
        venue=venue,
        online_url=online_url,
        in_person_capacity=in_person or 0,
        online_capacity=online or 0,
        registration_opens_at=opens.wall,
        registration_closes_at=closes.wall,
        registration_opens_instant=opens.instant,
        registration_closes_instant=closes.instant,
    )


@dataclass(frozen=True, slots=True)
class _Moment:
    wall: str | None
    instant: datetime | None


def _zone(reader: Reader) -> str:
    name = reader.line("timezone", "The time zone", longest=64, required=True)
    try:
        return zones.zone(name).key if name else ""
    except Invalid as refusal:
        reader.keep("timezone", refusal)
        return ""


def _check_days(reader: Reader, year: int | None, starts_on: date | None, ends_on: date | None) -> None:
    if starts_on is None or ends_on is None:
        return
    if year is not None and starts_on.year != year:
        reader.fault("starts_on", f"The summit of {year} has to begin in {year}.")
    if ends_on < starts_on:
        reader.fault("ends_on", "The last day is before the first.")
    elif ends_on - starts_on >= LONGEST:
        reader.fault("ends_on", f"A summit lasts {LONGEST.days} days at most.")


def _window(reader: Reader, timezone: str, ends_on: date | None) -> tuple[_Moment, _Moment]:
    """Registration opens and closes; of an hour that comes twice, the first opens and the last closes."""
    opens = _moment(reader, "registration_opens_at", "The opening of registration", timezone, fold=0)
    closes = _moment(reader, "registration_closes_at", "The closing of registration", timezone, fold=1)
    if timezone and ends_on is not None:
        over = zones.day_end(ends_on, timezone)
        if closes.instant is not None and closes.instant > over:
            reader.fault("registration_closes_at", "Registration has to close by the end of the last day.")
        if opens.instant is not None and opens.instant >= (closes.instant or over):
            reader.fault("registration_opens_at", "Registration has to open before it closes.")
    return opens, closes


def _moment(reader: Reader, name: str, label: str, timezone: str, *, fold: int) -> _Moment:
    wall = reader.wall(name, label, required=False)
    if wall is None or not timezone:
        return _Moment(wall, None)
    try:
        return _Moment(wall, zones.instant(datetime.fromisoformat(wall), timezone, field=name, fold=fold))
    except Invalid as refusal:
        reader.keep(name, refusal)
        return _Moment(wall, None)


def registration_state(
    *, announced_at: datetime | None, opens: datetime | None, closes: datetime, now: datetime
) -> str:
    """`not_yet`, `open` or `closed`; `closes` is the end of the last day where no other time was given."""
    if announced_at is None or now < (opens or announced_at):
        return "not_yet"
    return "open" if now < closes else "closed"


def check_cycle(year: int, *, others: Collection[int], is_off_cycle: bool) -> bool:
    """Whether the year falls off the cycle of two years; raises Invalid unless that is meant."""
    if not others:
        return False
    nearest = min(others, key=lambda other: abs(other - year))
    if abs(nearest - year) == CYCLE:
        return False
    if not is_off_cycle:
        due = nearest + CYCLE if year > nearest else nearest - CYCLE
        raise Invalid.one(
            "year",
            f"Summits are two years apart: beside the one of {nearest} comes {due}. "
            f"If {year} is meant, say that it is off the cycle (off_cycle: true).",
        )
    return True


def check_places(plan: EditionPlan, *, in_person_taken: int, online_taken: int) -> None:
    """Raises Invalid where a limit would fall below the places that are taken."""
    faults: list[Fault] = []
    pairs = (
        ("in_person_capacity", plan.in_person_capacity, in_person_taken, "in person"),
        ("online_capacity", plan.online_capacity, online_taken, "online"),
    )
    for field, capacity, taken, words in pairs:
        if capacity < taken:
            sentence = f"{taken:,} places {words} are taken or offered; the limit cannot be lower than that."
            faults.append(Fault(field, sentence))
    if faults:
        raise Invalid(faults)
