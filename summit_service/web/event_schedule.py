"""A series as schema.org's Schedule: when its event is held again, for search engines."""

from __future__ import annotations

from datetime import date
from typing import Any

from summit_service.events.details import Details
from summit_service.events.overrides import Override, live
from summit_service.events.recurrence import WEEKDAYS, Rule, read_rule

UNITS = {"DAILY": "D", "WEEKLY": "W", "MONTHLY": "M", "YEARLY": "Y"}


def schedule(details: Details, overrides: tuple[Override, ...]) -> dict[str, Any]:
    """The Schedule of a series; empty where there is none, or it cannot say the rule (positions, days from the end).

    Dates that were left out, moved or cancelled are excepted. Times are those on the wall of `scheduleTimezone`.
    """
    if not details.recurrence:
        return {}
    rule = read_rule(details.recurrence, timezone=details.timezone)[1]
    if rule.positions or any(day < 1 for day in rule.month_days):
        return {}
    found = {
        "@type": "Schedule",
        "startDate": details.starts_at[:10],
        "endDate": rule.until.date().isoformat() if rule.until else "",
        "repeatFrequency": f"P{rule.interval}{UNITS[rule.frequency]}",
        "repeatCount": rule.count,
        "startTime": _time(details.starts_at),
        "endTime": _time(details.ends_at),
        "scheduleTimezone": details.timezone,
        "exceptDate": _excepted(details, overrides),
    } | _days(rule, date.fromisoformat(details.starts_at[:10]))
    return {name: value for name, value in found.items() if value}


def _days(rule: Rule, first: date) -> dict[str, Any]:
    """Which days of a period, as iCalendar writes them (`2TH`); those of the first date where the rule names none."""
    names = [f"{nth or ''}{WEEKDAYS[day]}" for nth, day in rule.weekdays]
    days, months = list(rule.month_days), list(rule.months)
    if not names and not days:
        if rule.frequency == "WEEKLY":
            names = [WEEKDAYS[first.weekday()]]
        elif rule.frequency in {"MONTHLY", "YEARLY"}:
            days = [first.day]
    if rule.frequency == "YEARLY" and not months and not names:
        months = [first.month]
    return {"byDay": names, "byMonthDay": days, "byMonth": months}


def _time(wall: str) -> str:
    return f"{wall[11:]}:00" if len(wall) > 10 else ""


def _excepted(details: Details, overrides: tuple[Override, ...]) -> list[str]:
    return sorted(
        {text[:10] for text in details.excluded} | {one.day.isoformat() for one in live(details, overrides)}
    )
