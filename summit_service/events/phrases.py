"""A recurrence in words, and the few simple ones that a form offers."""

from __future__ import annotations

from datetime import date

from babel.dates import get_day_names, get_month_names

from summit_service import zones
from summit_service.events.recurrence import WEEKDAYS, Rule, read_rule

ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last", -2: "last but one"}
UNITS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}


def recurrence_words(text: str, *, timezone: str, first_day: date) -> str:
    """`On the first Thursday of each month except August and December`; empty where there is none."""
    if not text:
        return ""
    rule = read_rule(text, timezone=timezone)[1]
    return f"{_rhythm(rule, text, first_day)}{_end(rule)}"


def same_weekday_rule(day: date, *, months_left_out: tuple[int, ...] = ()) -> str:
    """Each month on the same weekday as `day`: the first Thursday, the last Monday."""
    nth = (day.day - 1) // 7 + 1
    by_day = f"{nth if nth < 5 else -1}{WEEKDAYS[day.weekday()]}"
    kept = [month for month in range(1, 13) if month not in months_left_out]
    months = f";BYMONTH={','.join(map(str, kept))}" if len(kept) < 12 else ""
    return f"FREQ=MONTHLY;BYDAY={by_day}{months}"


def _rhythm(rule: Rule, text: str, first_day: date) -> str:
    if rule.positions:
        return _picked(rule, text)
    if rule.frequency == "DAILY" and (rule.month_days or rule.weekdays):
        return f"By the rule {text}"
    if rule.frequency == "MONTHLY":
        return _monthly(rule, text, first_day)
    if rule.frequency == "YEARLY":
        return _yearly(rule, text, first_day)
    days = _weekdays(rule) if rule.weekdays else _day_name(first_day.weekday())
    start = "Each day" if rule.frequency == "DAILY" and rule.interval == 1 else _each(rule)
    return f"{start}{f' on {days}' if rule.frequency == 'WEEKLY' else ''}{_months(rule)}"


def _monthly(rule: Rule, text: str, first_day: date) -> str:
    of = "of each month" if rule.interval == 1 else f"of every {_ordinal_number(rule.interval)} month"
    if rule.month_days and rule.weekdays:
        return f"By the rule {text}"
    if not rule.weekdays:
        return f"On {_month_days(rule.month_days or (first_day.day,))} {of}{_months(rule)}"
    return f"On {_weekdays(rule)} {of}{_months(rule)}"


def _yearly(rule: Rule, text: str, first_day: date) -> str:
    if len(rule.months) == 1 and len(rule.weekdays) == 1 and rule.weekdays[0][0] and not rule.month_days:
        day = f"{_weekdays(rule)} of {_month_name(rule.months[0])}"
    elif rule.weekdays or (rule.month_days and not rule.months) or any(one < 1 for one in rule.month_days):
        return f"By the rule {text}"
    else:
        days = [str(one) for one in rule.month_days or (first_day.day,)]
        months = [_month_name(month) for month in sorted(rule.months or (first_day.month,))]
        day = f"{_joined(days)} {_joined(months)}"
    return f"On {day} of each year" if rule.interval == 1 else f"{_each(rule)} on {day}"


def _picked(rule: Rule, text: str) -> str:
    """`The last of Monday to Friday`: BYSETPOS in the one form that people use."""
    days = [day for nth, day in rule.weekdays if not nth]
    whole = {(0, 1, 2, 3, 4): "working day", (5, 6): "day of the weekend", (0, 1, 2, 3, 4, 5, 6): "day"}
    kind = whole.get(tuple(sorted(days)), "")
    is_plain = rule.frequency == "MONTHLY" and len(days) == len(rule.weekdays) and not rule.month_days
    if not kind or not is_plain or any(one not in ORDINALS for one in rule.positions):
        return f"By the rule {text}"
    which = _joined([f"the {ORDINALS[one]}" for one in rule.positions])
    of = "of each month" if rule.interval == 1 else f"of every {_ordinal_number(rule.interval)} month"
    return f"On {which} {kind} {of}{_months(rule)}"


def _month_days(days: tuple[int, ...]) -> str:
    """`day 1 and 15`, `the last day`, `the last day but 2`."""
    plain = [str(day) for day in days if day > 0]
    words = [f"day {_joined(plain)}"] if plain else []
    words += ["the last day" if day == -1 else f"the last day but {-day - 1}" for day in days if day < 0]
    return _joined(words)


def _each(rule: Rule) -> str:
    unit = UNITS[rule.frequency]
    return f"Each {unit}" if rule.interval == 1 else f"Every {rule.interval} {unit}s"


def _weekdays(rule: Rule) -> str:
    return _joined(
        [
            f"the {ORDINALS.get(nth, f'{nth}th')} {_day_name(day)}" if nth else _day_name(day)
            for nth, day in rule.weekdays
        ]
    )


def _months(rule: Rule) -> str:
    if not rule.months:
        return ""
    missing = [month for month in range(1, 13) if month not in rule.months]
    if len(missing) < 6:
        return f" except {_joined([_month_name(month) for month in missing])}" if missing else ""
    return f" in {_joined([_month_name(month) for month in sorted(rule.months)])}"


def _end(rule: Rule) -> str:
    if rule.count is not None:
        return f", {rule.count} times" if rule.count > 1 else ", once"
    return f", until {zones.short_day(rule.until.date())}" if rule.until else ""


def _joined(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _day_name(number: int) -> str:
    return str(get_day_names("wide", locale="en_GB")[number])


def _month_name(number: int) -> str:
    return str(get_month_names("wide", locale="en_GB")[number])


def _ordinal_number(number: int) -> str:
    return ORDINALS.get(number, f"{number}th")
