"""Details to columns and back."""

from __future__ import annotations

from typing import Any

from summit_service.events.details import FIELDS, Details
from summit_service.events.occurrences import Span
from summit_service.events.overrides import Override
from summit_service.events.tables import Event, EventOverride

OVERRIDE = ("starts_at", "ends_at", "location", "reason", "is_cancelled", "summary", "description")
LISTS = ("categories", "excluded", "hosts")


def columns_of(details: Details, span: Span) -> dict[str, Any]:
    """Column names and values of checked details and their instants."""
    columns = {name: getattr(details, name) for name in FIELDS}
    columns |= {name: joined(columns[name]) for name in LISTS}
    return columns | {"starts_instant": span.starts, "ends_instant": span.ends, "last_instant": span.last}


def details_of(row: Event | dict[str, Any]) -> Details:
    """What was said about the event of a row."""
    values = vars(row) if isinstance(row, Event) else row
    kept = {name: values[name] for name in FIELDS}
    return Details(**(kept | {name: split(kept[name]) for name in LISTS}))


def override_of(row: EventOverride) -> Override:
    """What became of the date of a row."""
    return Override(day=row.day, **{name: getattr(row, name) for name in OVERRIDE})


def joined(items: tuple[str, ...]) -> str:
    """`,a,b,`, so that `,a,` can be searched for."""
    return f",{','.join(items)}," if items else ""


def split(text: str) -> tuple[str, ...]:
    """The items of `joined`."""
    return tuple(item for item in text.split(",") if item)
