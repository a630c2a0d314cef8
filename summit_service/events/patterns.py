"""A recurrence as people say it in a form, to a rule and back; what the form cannot say stays a rule."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from summit_service.errors import Fault, Invalid
from summit_service.events.phrases import same_weekday_rule
from summit_service.events.recurrence import WEEKDAYS, Rule, read_rule

UNITS = {"daily": "DAILY", "weekly": "WEEKLY", "monthly": "MONTHLY", "yearly": "YEARLY"}
NTHS = ("1", "2", "3", "4", "-1")
END_OF_DAY = (23, 59, 59)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """Every field as it was typed; `unit` is daily, weekly, monthly or yearly.

    `on` says how a day is found in a month: weekday (the first Thursday), day (day 15) or first (as the first day has
    it: its weekday in its week of the month, for a month; its date, for a year). `ends` is never, on or after.
    """

    unit: str
    every: str = "1"
    weekdays: tuple[str, ...] = ()
    on: str = "first"
    nth: str = ""
    weekday: str = ""
    month_day: str = ""
    months_left_out: tuple[str, ...] = ()
    ends: str = ""
    until: str = ""
    count: str = ""


def rule_of(pattern: Pattern, first_day: date) -> str:
    """The rule; raises Invalid for the fields of the pattern."""
    pattern = replace(pattern, on=_on(pattern))
    parts = [f"FREQ={UNITS[pattern.unit]}", *_every(pattern), *_days(pattern, first_day)]
    return ";".join([*parts, *_ending(pattern)])


def pattern_of(text: str, *, timezone: str, first_day: date) -> Pattern | None:
    """What the form shows for a rule, such that it gives the same dates back; None where it cannot say them."""
    rule = read_rule(text, timezone=timezone)[1]
    months = [str(month) for month in range(1, 13) if rule.months and month not in rule.months]
    pattern = Pattern(
        unit=rule.frequency.lower(),
        every=str(rule.interval),
        weekdays=tuple(WEEKDAYS[day] for _, day in rule.weekdays) if rule.frequency == "WEEKLY" else (),
        months_left_out=() if rule.frequency == "YEARLY" else tuple(months),
        ends="after" if rule.count else "on" if rule.until else "never",
        until=rule.until.date().isoformat() if rule.until else "",
        count=str(rule.count or ""),
        **_place_in_month(rule, first_day),
    )
    try:
        again = read_rule(rule_of(pattern, first_day), timezone=timezone)[1]
    except Invalid:
        return None
    return pattern if _meaning(again, first_day) == _meaning(rule, first_day) else None


def is_same(one: str, other: str, *, timezone: str) -> bool:
    """Whether two rules say the same, however they are written."""
    try:
        rules = [read_rule(text, timezone=timezone)[1] for text in (one, other)]
    except Invalid:
        return False
    return _meaning(rules[0]) == _meaning(rules[1])


def _meaning(rule: Rule, first_day: date | None = None) -> tuple[object, ...]:
    week_start = rule.week_start if rule.frequency == "WEEKLY" and rule.interval > 1 else 0
    is_bare = rule.frequency == "MONTHLY" and not (rule.weekdays or rule.month_days)
    month_days = (first_day.day,) if is_bare and first_day else rule.month_days
    sets = (rule.months, month_days, rule.weekdays, rule.positions)
    return (
        rule.frequency, rule.interval, rule.count, rule.until, week_start, *(tuple(sorted(one)) for one in sets),
    )  # fmt: skip


def _on(pattern: Pattern) -> str:
    """How a day is found in a month. What was given beside another choice is asked about, not dropped."""
    typed = "weekday" if pattern.nth or pattern.weekday else "day" if pattern.month_day.strip() else ""
    if pattern.unit not in {"monthly", "yearly"} or not pattern.on:
        return typed or "first"
    if pattern.on == "first" and typed:
        raise Invalid.one(
            "on", "You chose the day as the first day has it, and gave another one too. Choose one."
        )
    return pattern.on


def _every(pattern: Pattern) -> list[str]:
    text = pattern.every.strip() or "1"
    if not text.isdecimal() or not text.isascii() or len(text) > 3 or not int(text) >= 1:
        raise Invalid.one("every", "Give a whole number, such as 2 for every second one.")
    return [f"INTERVAL={int(text)}"] if int(text) > 1 else []


def _days(pattern: Pattern, first_day: date) -> list[str]:
    if pattern.unit == "yearly":
        return _days_of_year(pattern, first_day)
    left_out = {int(month) for month in pattern.months_left_out if month in _MONTHS}
    if pattern.unit == "monthly" and pattern.on == "first":
        whole = same_weekday_rule(first_day, months_left_out=tuple(left_out))
        return whole.split(";")[1:]
    kept = [month for month in range(1, 13) if month not in left_out]
    if not kept:
        raise Invalid.one("months_left_out", "Every month is left out. Keep at least one.")
    months = [f"BYMONTH={','.join(map(str, kept))}"] if left_out else []
    if pattern.unit == "weekly":
        chosen = [day for day in WEEKDAYS if day in pattern.weekdays]
        return [f"BYDAY={','.join(chosen)}", *months] if chosen else months
    return [*_day_of_month(pattern), *months] if pattern.unit == "monthly" else months


def _days_of_year(pattern: Pattern, first_day: date) -> list[str]:
    if pattern.on == "first":
        return []
    return [f"BYMONTH={first_day.month}", *_day_of_month(pattern)]


def _day_of_month(pattern: Pattern) -> list[str]:
    if pattern.on == "day":
        text = pattern.month_day.strip()
        if not text.isascii() or not text.isdecimal() or len(text) > 2 or not 1 <= int(text) <= 31:
            raise Invalid.one("month_day", "Give a day of the month, 1 to 31.")
        return [f"BYMONTHDAY={int(text)}"]
    if pattern.nth not in NTHS or pattern.weekday not in WEEKDAYS:
        raise Invalid.one("nth", "Say which weekday of the month: the first Thursday, say.")
    return [f"BYDAY={pattern.nth}{pattern.weekday}"]


def _ending(pattern: Pattern) -> list[str]:
    ends = pattern.ends or ("on" if pattern.until.strip() else "after" if pattern.count.strip() else "never")
    if ends == "never":
        if pattern.until.strip() or pattern.count.strip():
            raise Invalid.one(
                "ends", "You chose “Never”, and gave an end too. Choose one, or empty the other."
            )
        return []
    if ends == "after":
        text = pattern.count.strip()
        if not text.isascii() or not text.isdecimal() or int(text[:6]) < 1:
            raise Invalid.one("count", "Say after how many dates it ends.")
        return [f"COUNT={text}"]
    if not pattern.until.strip():
        raise Invalid([Fault("until", "Say on which day it ends.")])
    return [f"UNTIL={pattern.until.strip().replace('-', '')}"]


def _place_in_month(rule: Rule, first_day: date) -> dict[str, str]:
    """The fields that say how a day is found in its month."""
    if rule.frequency not in {"MONTHLY", "YEARLY"}:
        return {}
    if len(rule.weekdays) == 1 and rule.weekdays[0][0]:
        (nth, weekday) = rule.weekdays[0]
        return {"on": "weekday", "nth": str(nth), "weekday": WEEKDAYS[weekday]}
    if len(rule.month_days) == 1:
        return {"on": "day", "month_day": str(rule.month_days[0])}
    if rule.frequency == "MONTHLY" and not rule.weekdays and not rule.month_days:
        return {"on": "day", "month_day": str(first_day.day)}
    return {"on": "first"}


_MONTHS = frozenset(str(number) for number in range(1, 13))
