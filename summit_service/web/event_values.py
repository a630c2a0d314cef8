"""An event as a form has it: text in each field, to what an action takes and back."""

from __future__ import annotations

from calendar import day_name
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from uuid import uuid4

from summit_service.errors import Fault, Invalid
from summit_service.events import patterns
from summit_service.events.details import Details
from summit_service.events.patterns import Pattern
from summit_service.events.recurrence import WEEKDAYS

REPEATS = (
    ("none", "It does not repeat"),
    ("daily", "By days"),
    ("weekly", "By weeks"),
    ("monthly", "By months"),
    ("yearly", "By years"),
    ("rule", "By the rule below"),
)
ONS = (
    (
        "first",
        "As the first day has it",
        "By months its weekday, such as the first Thursday; by years its date.",
    ),
    ("weekday", "On the weekday of the month that is chosen below"),
    ("day", "On the day of the month that is given below"),
)
NTHS = (
    ("", "Choose"),
    ("1", "the first"),
    ("2", "the second"),
    ("3", "the third"),
    ("4", "the fourth"),
    ("-1", "the last"),
)
DAYS = tuple(zip(WEEKDAYS, day_name, strict=True))
ENDS = (
    ("never", "Never"),
    ("on", "On the day given below"),
    ("after", "After the number of dates given below"),
)
LISTS = frozenset({"months_left_out", "weekdays", "hosts"})
FIELD_OF = {"starts_at": "starts_on", "ends_at": "ends_on"}


@dataclass(slots=True, kw_only=True)
class EventForm:
    """Every field as it was typed."""

    organisation: str = ""
    summary: str = ""
    all_day: str = ""
    starts_on: str = ""
    starts_time: str = ""
    ends_on: str = ""
    ends_time: str = ""
    timezone: str = ""
    repeated_hour: str = ""
    repeat: str = "none"
    every: str = ""
    weekdays: tuple[str, ...] = ()
    on: str = "first"
    nth: str = ""
    weekday: str = ""
    month_day: str = ""
    months_left_out: tuple[str, ...] = ()
    ends: str = ""
    until: str = ""
    count: str = ""
    recurrence: str = ""
    excluded: str = ""
    mode: str = "in_person"
    location: str = ""
    online_url: str = ""
    url: str = ""
    categories: str = ""
    language: str = "en"
    visibility: str = "public"
    hosts: tuple[str, ...] = ()
    description: str = ""
    form_id: str = ""


def read_form(data: Any) -> EventForm:
    """What was sent; a field that is missing is empty."""
    values: dict[str, Any] = {}
    for field in fields(EventForm):
        if field.name in LISTS:
            values[field.name] = tuple(str(item) for item in data.getall(field.name, []))
        else:
            given = data.get(field.name, "")
            values[field.name] = given if isinstance(given, str) else ""
    return EventForm(**values)


def new_form(**known: Any) -> EventForm:
    """An empty form, with a number of its own so that a button pressed twice posts once."""
    return EventForm(form_id=str(uuid4()), **known)


def details_from(form: EventForm) -> Details:
    """The details to be checked; raises Invalid where a day has no time of day."""
    faults = _missing_times(form)
    if faults:
        raise Invalid(faults)
    return Details(
        **{name: getattr(form, name) for name in _ALIKE},
        starts_at=_moment(form, form.starts_on, form.starts_time),
        ends_at=_ending(form),
        all_day=bool(form.all_day),
        recurrence=_rule(form),
        excluded=tuple(form.excluded.split()),
        categories=tuple(form.categories.split(",")),
    )


def form_from(details: Details, *, organisation: str) -> EventForm:
    """The form of an event as it is kept."""
    return EventForm(
        **{name: getattr(details, name) for name in _ALIKE},
        organisation=organisation,
        all_day="yes" if details.all_day else "",
        starts_on=details.starts_at[:10],
        starts_time=details.starts_at[11:],
        ends_on=details.ends_at[:10],
        ends_time=details.ends_at[11:],
        **_repeat_of(details),
        excluded="\n".join(text[:10] for text in details.excluded),
        categories=", ".join(details.categories),
    )


def faults_by_field(refusal: Invalid, form: EventForm) -> dict[str, str]:
    """The sentences beside the fields of the form in which they belong."""
    found: dict[str, str] = {}
    for fault in refusal.faults:
        field = FIELD_OF.get(fault.field, fault.field.split("/")[0])
        if field == "recurrence" and form.repeat != "rule":
            field = "repeat"
        is_empty = field == "starts_on" and not form.starts_on.strip()
        found.setdefault(field, "Say on which day it begins." if is_empty else fault.sentence)
    return found


_PATTERN = (
    "every", "weekdays", "on", "nth", "weekday", "month_day", "months_left_out", "ends", "until", "count",
)  # fmt: skip
_ALIKE = (
    "summary", "timezone", "repeated_hour", "location", "mode", "online_url", "url", "language", "visibility",
    "description", "hosts",
)  # fmt: skip


def _missing_times(form: EventForm) -> list[Fault]:
    if form.all_day:
        return []
    sentence = "Give the time of day too, or tick “Whole days”."
    faults = []
    if form.starts_on and not form.starts_time:
        faults.append(Fault("starts_on", sentence))
    if form.ends_on and not form.ends_time and form.starts_time:
        faults.append(Fault("ends_on", sentence))
    return faults


def _moment(form: EventForm, day: str, time: str) -> str:
    return day.strip() if form.all_day else f"{day.strip()}T{time.strip()}".strip("T")


def _ending(form: EventForm) -> str:
    if form.all_day or form.ends_on.strip():
        return _moment(form, form.ends_on, form.ends_time)
    return _moment(form, form.starts_on, form.ends_time) if form.ends_time.strip() else ""


def _rule(form: EventForm) -> str:
    """The rule that the form says; as it was written before, where that says the same."""
    if form.repeat not in patterns.UNITS:
        return form.recurrence.strip() if form.repeat == "rule" else ""
    try:
        first_day = date.fromisoformat(form.starts_on.strip())
    except ValueError:
        return ""
    pattern = Pattern(unit=form.repeat, **{name: getattr(form, name) for name in _PATTERN})
    said = patterns.rule_of(pattern, first_day)
    kept = form.recurrence.strip()
    return kept if kept and patterns.is_same(kept, said, timezone=form.timezone) else said


def _repeat_of(details: Details) -> dict[str, Any]:
    """The fields of the pattern, such that the form gives the same series back; else the rule as it is."""
    if not details.recurrence:
        return {"ends": "never"}
    first = date.fromisoformat(details.starts_at[:10])
    pattern = patterns.pattern_of(details.recurrence, timezone=details.timezone, first_day=first)
    if pattern is None:
        return {"repeat": "rule", "recurrence": details.recurrence}
    fields_of_pattern = {name: getattr(pattern, name) for name in _PATTERN}
    return {"repeat": pattern.unit, "recurrence": details.recurrence} | fields_of_pattern


def changes_from(details: Details) -> Mapping[str, Any]:
    """Every field, for an action that changes what differs."""
    return {field.name: getattr(details, field.name) for field in fields(Details)}
