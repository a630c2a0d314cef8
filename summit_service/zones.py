"""Wall time and zone to instant and back, and how times are written for people.

What was typed (wall time and IANA zone) is the truth; the instant in UTC is computed from it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from babel.dates import format_date

from summit_service.errors import Invalid

NOT_PLACES = frozenset({"Factory", "localtime", "posixrules", "leapseconds", "tzdata.zi"})
WORLDWIDE = "Etc/GMT+12"
"""The zone behind “anywhere on Earth”: the last place where a day ends."""


@cache
def zone_names() -> tuple[str, ...]:
    """Every IANA zone that can be chosen, sorted."""
    names = available_timezones() - NOT_PLACES
    return tuple(sorted(name for name in names if not name.startswith(("posix/", "right/", "SystemV/"))))


@cache
def _known_zones() -> frozenset[str]:
    return frozenset(zone_names())


def is_zone(name: str) -> bool:
    """Whether there is an IANA zone of that name."""
    return name in _known_zones()


def zone(name: str, *, field: str = "timezone") -> ZoneInfo:
    """The zone of that IANA name; raises Invalid for `field` when there is none."""
    if name not in _known_zones():
        raise Invalid.one(field, f"There is no time zone “{name[:60]}”. {_near(name[:60])}")
    return ZoneInfo(name)


def _near(name: str) -> str:
    """For who typed a city, or nearly a zone."""
    wanted = name.strip().replace(" ", "_").casefold()
    cities = [known for known in zone_names() if known.rpartition("/")[2].casefold() == wanted]
    near = cities or get_close_matches(name, zone_names(), n=1, cutoff=0.75)
    return f"Did you mean {near[0]}?" if near else "Choose one such as Europe/London."


def parse_day(value: str, *, field: str) -> date:
    """`2027-03-04` as a date; raises Invalid for `field`."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise Invalid.one(field, "Give a day such as 2027-03-04.") from None
    return _within_reach(day, field)


def parse_wall(value: str, *, field: str) -> datetime:
    """`2027-03-04T09:00` (seconds allowed, no offset) as a naive datetime; raises Invalid for `field`."""
    try:
        wall = datetime.fromisoformat(value)
    except ValueError:
        raise Invalid.one(field, "Give a day and a time such as 2027-03-04T09:00.") from None
    if wall.tzinfo is not None:
        raise Invalid.one(field, "Give the time on the wall without an offset; the zone is given beside it.")
    if len(value) <= 10:
        raise Invalid.one(field, "Give a time of day too, such as 2027-03-04T09:00.")
    _within_reach(wall.date(), field)
    return wall.replace(second=0, microsecond=0)


def _within_reach(day: date, field: str) -> date:
    if not 1900 <= day.year <= 2200:
        raise Invalid.one(field, "Give a year between 1900 and 2200.")
    return day


def instant(wall: datetime, name: str, *, field: str, fold: int | None = None) -> datetime:
    """The UTC instant of a naive wall time in the zone `name`.

    An hour that the clocks skip raises Invalid for `field`; an hour that they repeat does too, unless `fold`
    says which one is meant: 0 the first, 1 the second (PEP 495).
    """
    place = zone(name)
    first = wall.replace(tzinfo=place, fold=0).astimezone(UTC)
    second = wall.replace(tzinfo=place, fold=1).astimezone(UTC)
    if first == second:
        return first
    if first.astimezone(place).replace(tzinfo=None) != wall:
        raise Invalid.one(field, _skipped_sentence(wall, name, second, first))
    if fold is None:
        raise Invalid.one(field, _repeated_sentence(wall, name))
    return second if fold else first


def _skipped_sentence(wall: datetime, name: str, earlier: datetime, later: datetime) -> str:
    place = ZoneInfo(name)
    before, after = (f"{moment.astimezone(place):%H:%M}" for moment in (earlier, later))
    return (
        f"{wall:%H:%M} does not exist on {long_day(wall.date())} in {city(name)}: the clocks go forward over it. "
        f"Did you mean {before} or {after}?"
    )


def _repeated_sentence(wall: datetime, name: str) -> str:
    return (
        f"{wall:%H:%M} happens twice on {long_day(wall.date())} in {city(name)}: the clocks go back. "
        f"Say whether the first or the second is meant."
    )


def day_start(day: date, name: str) -> datetime:
    """The UTC instant at which `day` begins in the zone (the first moment of it, where midnight is skipped)."""
    return datetime.combine(day, time(), tzinfo=zone(name)).astimezone(UTC)


def day_end(last_day: date, name: str) -> datetime:
    """The UTC instant at which `last_day` is over in the zone."""
    return day_start(last_day + timedelta(days=1), name)


def at_wall(moment: datetime, name: str) -> datetime:
    """The aware wall time of an instant in the zone `name`."""
    return moment.astimezone(zone(name))


def wall_text(wall: datetime) -> str:
    """A wall time as it is stored and as the API writes it: `2027-03-04T09:00`."""
    return f"{wall:%Y-%m-%dT%H:%M}"


@cache
def city(name: str) -> str:
    """How a zone is called in a sentence: `Europe/London` is London, `Etc/UTC` is UTC."""
    if name == WORLDWIDE:
        return "anywhere on Earth"
    last = name.rsplit("/", 1)[-1].replace("_", " ")
    return "UTC" if last in {"UTC", "UCT", "Zulu", "Universal"} else last


@lru_cache(maxsize=4_096)
def long_day(day: date) -> str:
    """`Thursday 5 March 2027`."""
    return format_date(day, "EEEE d MMMM y", locale="en_GB")


def short_day(day: date) -> str:
    """`5 March 2027`."""
    return format_date(day, "d MMMM y", locale="en_GB")


def long_moment(moment: datetime, name: str) -> str:
    """An instant for people: `Thursday 5 March 2027, 12:30 London`."""
    wall = at_wall(moment, name)
    return f"{long_day(wall.date())}, {wall:%H:%M} {city(name)}"


def long_deadline(moment: datetime, name: str) -> str:
    """Until when, for people: midnight is `the end of Tuesday 12 September 2028 in London`."""
    wall = at_wall(moment, name)
    if (wall.hour, wall.minute) != (0, 0):
        return long_moment(moment, name)
    where = city(name) if name == WORLDWIDE else f"in {city(name)}"
    return f"the end of {long_day(wall.date() - timedelta(days=1))} {where}"


def long_span(starts: datetime, ends: datetime, name: str) -> str:
    """Two instants for people: `Thursday 5 March 2027, 12:30–13:30 London`."""
    first, last = at_wall(starts, name), at_wall(ends, name)
    if first.date() == last.date():
        return f"{long_day(first.date())}, {first:%H:%M}–{last:%H:%M} {city(name)}"
    return f"{long_day(first.date())}, {first:%H:%M} to {long_day(last.date())}, {last:%H:%M} {city(name)}"


def day_span(first: date, last: date) -> str:
    """Whole days for people: `20–22 April 2026`, the last day included."""
    if first == last:
        return long_day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{short_day(last)}"
    if first.year == last.year:
        return f"{format_date(first, 'd MMMM', locale='en_GB')} – {short_day(last)}"
    return f"{short_day(first)} – {short_day(last)}"
