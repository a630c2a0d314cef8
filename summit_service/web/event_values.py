"""An event as a form has it: text in each field, to what an action takes and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from uuid import uuid4

from summit_service.errors import Fault, Invalid
from summit_service.events.details import Details
from summit_service.events.phrases import same_weekday_rule

REPEATS = (
    ("none", "It does not repeat"),
    ("weekly", "Each week"),
    ("monthly", "Each month on the same weekday (the first Thursday, say)"),
    ("yearly", "Each year on the same date"),
    ("rule", "By the rule below"),
)
LISTS = frozenset({"months_left_out", "hosts"})
MONTHS = frozenset(str(number) for number in range(1, 13))
FIELD_OF = {"starts_at": "starts_on", "ends_at": "ends_on"}
_MONTHLY = re.compile(r"FREQ=MONTHLY;BYDAY=-?[1-5][A-Z]{2}(;BYMONTH=([0-9,]+))?")


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
    months_left_out: tuple[str, ...] = ()
    until: str = ""
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
    repeat, left_out, until, raw = _repeat_of(details)
    return EventForm(
        **{name: getattr(details, name) for name in _ALIKE},
        organisation=organisation,
        all_day="yes" if details.all_day else "",
        starts_on=details.starts_at[:10],
        starts_time=details.starts_at[11:],
        ends_on=details.ends_at[:10],
        ends_time=details.ends_at[11:],
        repeat=repeat,
        months_left_out=left_out,
        until=until,
        recurrence=raw,
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
    if form.repeat == "rule":
        return form.recurrence.strip()
    until = f";UNTIL={form.until.strip().replace('-', '')}" if form.until.strip() else ""
    if form.repeat == "monthly":
        try:
            day = date.fromisoformat(form.starts_on.strip())
        except ValueError:
            return ""
        left_out = tuple(int(month) for month in form.months_left_out if month in MONTHS)
        return same_weekday_rule(day, months_left_out=left_out) + until
    return {"weekly": f"FREQ=WEEKLY{until}", "yearly": f"FREQ=YEARLY{until}"}.get(form.repeat, "")


def _repeat_of(details: Details) -> tuple[str, tuple[str, ...], str, str]:
    """Choice, months left out, last day and raw rule, such that the form gives the same series back."""
    text, _, until = details.recurrence.partition(";UNTIL=")
    if not details.recurrence:
        return "none", (), "", ""
    day = f"{until[:4]}-{until[4:6]}-{until[6:]}" if until else ""
    if not until or len(until) == 8:
        if text in {"FREQ=WEEKLY", "FREQ=YEARLY"}:
            return text.removeprefix("FREQ=").lower(), (), day, ""
        matched = _MONTHLY.fullmatch(text)
        if matched is not None:
            kept = {int(month) for month in (matched[2] or "1,2,3,4,5,6,7,8,9,10,11,12").split(",")}
            left_out = tuple(month for month in range(1, 13) if month not in kept)
            first = date.fromisoformat(details.starts_at[:10])
            if same_weekday_rule(first, months_left_out=left_out) == text:
                return "monthly", tuple(map(str, left_out)), day, ""
    return "rule", (), "", details.recurrence


def changes_from(details: Details) -> Mapping[str, Any]:
    """Every field, for an action that changes what differs."""
    return {field.name: getattr(details, field.name) for field in fields(Details)}
