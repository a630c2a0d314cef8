"""Reading a recurrence rule (RFC 5545, 3.3.10) and refusing what no calendar would understand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from summit_service.errors import Invalid

LAST_YEAR = 2200
MOST_OCCURRENCES = 1000
LONGEST_RULE = 500
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
PARTS = ("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS")
FIELD = "recurrence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A recurrence rule that can be expanded; `until` is a wall time of the event's zone, itself included."""

    frequency: str
    interval: int = 1
    count: int | None = None
    until: datetime | None = None
    week_start: int = 0
    months: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    weekdays: tuple[tuple[int, int], ...] = ()
    """Pairs of nth (0: every, -1: the last) and weekday (Monday is 0)."""
    positions: tuple[int, ...] = ()

    @property
    def is_endless(self) -> bool:
        """Whether neither a count nor a day ends it."""
        return self.count is None and self.until is None


def read_rule(text: str, *, timezone: str) -> tuple[str, Rule]:
    """The rule as it is kept (upper case, no prefix) and as it is used; raises Invalid for `recurrence`."""
    parts = _split(text)
    frequency = parts.get("FREQ", "")
    if frequency not in FREQUENCIES:
        raise refused(
            "The recurrence must have FREQ=DAILY, WEEKLY, MONTHLY or YEARLY; nothing shorter than a day."
        )
    if "COUNT" in parts and "UNTIL" in parts:
        raise refused("A recurrence ends by COUNT or by UNTIL, not by both.")
    rule = Rule(
        frequency=frequency,
        interval=_number(parts, "INTERVAL", 1, 999) or 1,
        count=_number(parts, "COUNT", 1, MOST_OCCURRENCES),
        until=_until(parts["UNTIL"], timezone) if "UNTIL" in parts else None,
        week_start=_week_start(parts.get("WKST", "MO")),
        months=_numbers(parts, "BYMONTH", 1, 12),
        month_days=_numbers(parts, "BYMONTHDAY", 1, 31, negative=True),
        weekdays=tuple(_weekday(item) for item in parts["BYDAY"].split(",")) if "BYDAY" in parts else (),
        positions=_numbers(parts, "BYSETPOS", 1, 366, negative=True),
    )
    _check_together(rule)
    return ";".join(f"{name}={value}" for name, value in parts.items()), rule


def _split(text: str) -> dict[str, str]:
    line = text.strip().upper().removeprefix("RRULE:")
    if len(line) > LONGEST_RULE:
        raise refused(f"The recurrence has {len(line):,} characters; {LONGEST_RULE} is the most it can have.")
    parts: dict[str, str] = {}
    for part in line.rstrip(";").split(";"):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals or not value or not value.isascii() or not value.isprintable():
            raise refused("Give the recurrence as RFC 5545 has it, such as FREQ=MONTHLY;BYDAY=1TH.")
        if name not in PARTS:
            raise refused(
                f"The recurrence has “{name[:20]}”, which is not taken here. Taken are {', '.join(PARTS)}."
            )
        if name in parts:
            raise refused(f"The recurrence has the part {name} twice.")
        parts[name] = value
    return parts


def refused(sentence: str) -> Invalid:
    return Invalid.one(FIELD, sentence)


def too_many() -> str:
    return (
        f"A recurrence with an end can have {MOST_OCCURRENCES:,} dates at the most. "
        f"Give an earlier end, or leave the end out: a series without end is fine."
    )


def _number(parts: dict[str, str], name: str, least: int, most: int) -> int | None:
    value = parts.get(name)
    if value is None:
        return None
    if name == "COUNT" and value.isdigit() and int(value[:12]) > most:
        raise refused(too_many())
    if not value.isdigit() or len(value) > 6 or not least <= int(value) <= most:
        raise refused(f"{name} in the recurrence must be a number from {least} to {most:,}.")
    return int(value)


def _numbers(
    parts: dict[str, str], name: str, least: int, most: int, *, negative: bool = False
) -> tuple[int, ...]:
    if name not in parts:
        return ()
    found = []
    for item in parts[name].split(","):
        digits = item.lstrip("+-") if negative and len(item.lstrip("+-")) >= len(item) - 1 else item
        if not digits.isdigit() or len(digits) > 3 or not least <= int(digits) <= most:
            raise refused(f"{name} in the recurrence has “{item[:10]}”; {least} to {most} can be given.")
        found.append(-int(digits) if item.startswith("-") else int(digits))
    return tuple(dict.fromkeys(found))


def _weekday(item: str) -> tuple[int, int]:
    name, nth = item[-2:], item[:-2]
    digits = nth[1:] if nth[:1] in {"+", "-"} else nth
    if name not in WEEKDAYS or (
        nth and not (digits.isdigit() and len(digits) <= 2 and 1 <= int(digits) <= 53)
    ):
        raise refused(
            f"BYDAY in the recurrence has “{item[:10]}”; write MO to SU, or 1TH for the first Thursday."
        )
    return int(nth or 0), WEEKDAYS.index(name)


def _week_start(name: str) -> int:
    if name not in WEEKDAYS:
        raise refused("WKST in the recurrence must be a day, MO to SU.")
    return WEEKDAYS.index(name)


def _until(text: str, timezone: str) -> datetime:
    """A day (all of it), a wall time, or an instant in UTC, as a wall time of the zone."""
    form = {8: "%Y%m%d", 15: "%Y%m%dT%H%M%S", 16: "%Y%m%dT%H%M%SZ"}.get(len(text), "")
    try:
        parsed = datetime.strptime(text, form)  # noqa: DTZ007 - the zone is added below where there is one
    except ValueError:
        raise refused("UNTIL in the recurrence must be a day such as 20271231.") from None
    if not 1900 <= parsed.year <= LAST_YEAR:
        raise refused(f"UNTIL in the recurrence must be a day between 1900 and {LAST_YEAR}.")
    if len(text) == 8:
        return datetime.combine(parsed.date(), time(23, 59, 59))
    if text.endswith("Z"):
        return parsed.replace(tzinfo=UTC).astimezone(ZoneInfo(timezone)).replace(tzinfo=None)
    return parsed


def _check_together(rule: Rule) -> None:
    has_nth = any(nth for nth, _ in rule.weekdays)
    if has_nth and rule.frequency in {"DAILY", "WEEKLY"}:
        raise refused("A numbered day such as 1TH goes with FREQ=MONTHLY or YEARLY only.")
    if has_nth and rule.frequency == "MONTHLY" and any(abs(nth) > 5 for nth, _ in rule.weekdays):
        raise refused("A month has at most five of each weekday.")
    if has_nth and rule.month_days:
        raise refused("Give numbered weekdays (1TH) or days of the month (BYMONTHDAY), not both.")
    if rule.month_days and rule.frequency == "WEEKLY":
        raise refused("BYMONTHDAY does not go with FREQ=WEEKLY.")
    if rule.positions and not (rule.weekdays or rule.month_days or rule.months):
        raise refused("BYSETPOS goes with BYDAY, BYMONTHDAY or BYMONTH only.")
