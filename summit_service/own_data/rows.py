"""Rows of any table as plain values that JSON can carry."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from piccolo.columns import Column
from piccolo.custom_types import Combinable
from piccolo.table import Table

Row = dict[str, Any]


async def rows(table: type[Table], where: Combinable, *columns: Column) -> list[Row]:
    """These columns of what matches, in the order of the numbers; moments in UTC as RFC 3339."""
    found = await table.select(*columns).where(where).order_by(table._meta.primary_key)
    return [{name: plain(value) for name, value in row.items()} for row in found]


def plain(value: Any) -> Any:
    """A moment or a day as a string, everything else as it is."""
    return value.isoformat() if isinstance(value, date | datetime) else value


def opened(text: str) -> Any:
    """What a column holds as JSON; the text itself where it is none."""
    try:
        return json.loads(text)
    except ValueError:
        return text
