"""The days of a series in wall time, between two days and in bounded time.

Written here and not taken from a library because libraries scan on to the year 9999 when a rule never
matches. The tests hold it against two of them.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice

from summit_service.errors import Invalid
from summit_service.events.recurrence import LAST_YEAR, MOST_OCCURRENCES, Rule, refused, too_many


def days(rule: Rule, first: datetime, *, start: date, end: date) -> Iterator[date]:
    """The days of the series from `start` to `end` (both included); `first` is its first wall time.

    Looks at the periods between both days alone, or from `first` on where the rule has a COUNT.
    """
    end = min(end, date(LAST_YEAR, 12, 31), rule.until.date() if rule.until else date.max)
    begin = first.date() if rule.count is not None else max(start, first.date())
    found: Iterator[date] = (
        day for day in _all_days(rule, first.date(), begin, end) if first.date() <= day <= end
    )
    if rule.until is not None:
        limit = rule.until
        found = (day for day in found if datetime.combine(day, first.time()) <= limit)
    if rule.count is not None:
        found = islice(found, rule.count)
    return (day for day in found if day >= start)


def check_starts_with(rule: Rule, first: datetime, *, field: str = "starts_at") -> None:
    """Raises Invalid where the first entry is no day of its rule: calendars disagree about that."""
    day = first.date()
    if next(days(rule, first, start=day, end=day), None) == day:
        return
    if rule.until is not None and rule.until < first:
        raise refused("The recurrence ends before the event begins.")
    nearest = next(days(rule, first, start=day, end=day + timedelta(days=3660)), None)
    if nearest is None:
        raise refused("No day fits this recurrence. Look at its months and days again.")
    raise Invalid.one(
        field, f"The first day is not one of the series' own. The first that fits is {nearest.isoformat()}."
    )


def last_day(rule: Rule, first: datetime) -> date | None:
    """The last day of the series; None for one without end. Raises Invalid for more than MOST_OCCURRENCES."""
    if rule.is_endless:
        return None
    found = list(islice(days(rule, first, start=first.date(), end=date.max), MOST_OCCURRENCES + 1))
    if len(found) > MOST_OCCURRENCES:
        raise refused(too_many())
    if rule.count is not None and len(found) < rule.count:
        raise refused(f"The recurrence goes on past the year {LAST_YEAR}. Give a smaller COUNT.")
    return found[-1]


def _all_days(rule: Rule, first: date, begin: date, end: date) -> Iterator[date]:
    """Days of each period that touches begin to end, before COUNT and UNTIL."""
    for period in _periods(rule, first, begin, end):
        found = sorted(set(_EXPAND[rule.frequency](rule, first, period)))
        if rule.positions:
            picked = {found[p - 1 if p > 0 else p] for p in rule.positions if -len(found) <= p <= len(found)}
            found = sorted(picked)
        yield from found


def _periods(rule: Rule, first: date, begin: date, end: date) -> Iterator[date]:
    """The first day of each period of the rule, from the one that holds `begin` on."""
    if rule.frequency in {"DAILY", "WEEKLY"}:
        step = rule.interval * (7 if rule.frequency == "WEEKLY" else 1)
        into_week = (first.weekday() - rule.week_start) % 7 if rule.frequency == "WEEKLY" else 0
        origin = first - timedelta(days=into_week)
        number = origin.toordinal() + max(0, (begin - origin).days // step) * step
        while number <= end.toordinal():
            yield date.fromordinal(number)
            number += step
        return
    step = rule.interval * (12 if rule.frequency == "YEARLY" else 1)
    origin_month = first.year * 12 + (first.month - 1 if rule.frequency == "MONTHLY" else 0)
    month = origin_month + max(0, (begin.year * 12 + begin.month - 1 - origin_month) // step) * step
    while month // 12 <= min(end.year, LAST_YEAR):
        yield date(month // 12, month % 12 + 1, 1)
        month += step


def _of_day(rule: Rule, _first: date, day: date) -> Iterator[date]:
    if _fits_month(rule, day) and _fits_month_day(rule, day) and _fits_weekday(rule, day):
        yield day


def _of_week(rule: Rule, first: date, week: date) -> Iterator[date]:
    wanted = {day for _, day in rule.weekdays} or {first.weekday()}
    for number in range(7):
        day = week + timedelta(days=number)
        if day.weekday() in wanted and _fits_month(rule, day):
            yield day


def _of_month(rule: Rule, first: date, month: date) -> Iterator[date]:
    if not _fits_month(rule, month):
        return
    length = monthrange(month.year, month.month)[1]
    if rule.month_days or not rule.weekdays:
        for number in rule.month_days or (first.day,):
            day = number if number > 0 else length + 1 + number
            if 1 <= day <= length and _fits_weekday(rule, month.replace(day=day)):
                yield month.replace(day=day)
        return
    yield from _weekdays_between(rule, month, month.replace(day=length))


def _of_year(rule: Rule, first: date, year: date) -> Iterator[date]:
    if rule.weekdays and not rule.months and not rule.month_days:
        yield from _weekdays_between(rule, year, year.replace(month=12, day=31))
        return
    by_month = rule.months or (range(1, 13) if rule.month_days else (first.month,))
    for number in by_month:
        yield from _of_month(rule, first, year.replace(month=number))


_EXPAND = {"DAILY": _of_day, "WEEKLY": _of_week, "MONTHLY": _of_month, "YEARLY": _of_year}


def _weekdays_between(rule: Rule, start: date, end: date) -> Iterator[date]:
    for nth, weekday in rule.weekdays:
        ahead = start + timedelta(days=(weekday - start.weekday()) % 7)
        found = [ahead + timedelta(days=7 * week) for week in range((end - ahead).days // 7 + 1)]
        if not nth:
            yield from found
        elif -len(found) <= nth <= len(found):
            yield found[nth - 1 if nth > 0 else nth]


def _fits_month(rule: Rule, day: date) -> bool:
    return not rule.months or day.month in rule.months


def _fits_month_day(rule: Rule, day: date) -> bool:
    length = monthrange(day.year, day.month)[1]
    return not rule.month_days or day.day in rule.month_days or day.day - length - 1 in rule.month_days


def _fits_weekday(rule: Rule, day: date) -> bool:
    return not rule.weekdays or any(day.weekday() == weekday for _, weekday in rule.weekdays)
