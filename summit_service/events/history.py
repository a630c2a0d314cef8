"""What somebody did to an event, in words: who, what, when, before and after, and what can be undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec

from summit_service import zones
from summit_service.errors import Conflict
from summit_service.events.details import FIELDS, MODES, VISIBILITIES, Details
from summit_service.events.overrides import Override

KINDS = {
    "posted": "Posted it",
    "drafted": "Wrote a draft",
    "published": "Published it",
    "confirmed": "Confirmed it",
    "returned": "Gave it back",
    "changed": "Changed it",
    "cancelled": "Cancelled it",
    "date": "Changed one date",
    "undone": "Undid a change",
}
UNDONE_BY_ITSELF = frozenset({"changed", "date", "undone"})
FIELD_WORDS = {
    "summary": "Title", "description": "Description", "starts_at": "Begins", "ends_at": "Ends",
    "timezone": "Time zone", "all_day": "Whole days", "repeated_hour": "Which of two hours", "recurrence": "Repeats",
    "excluded": "Dates left out", "location": "Place", "mode": "Taking part", "online_url": "Address to join online",
    "url": "Page with more", "categories": "Topics", "language": "Language", "visibility": "Who may see it",
    "hosts": "Held together with",
}  # fmt: skip
LONGEST_SHOWN = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One entry of the history. `before` and `after` have the fields that differ, or days with their override."""

    id: int
    kind: str
    who: str
    at: datetime
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    note: str = ""

    @property
    def words(self) -> str:
        """What was done."""
        return KINDS.get(self.kind, self.kind)

    @property
    def lines(self) -> list[tuple[str, str, str]]:
        """What differs, what it was and what it became, in words."""
        return words(self.before, self.after)

    @property
    def can_be_undone(self) -> bool:
        """Whether it changed what can be changed back."""
        return self.kind in UNDONE_BY_ITSELF and bool(self.before or self.after)


def words(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Fields, or days with their override, before and after: what each is called, what it was and became."""
    return [
        (_name(field), _value(field, before.get(field)), _value(field, after.get(field)))
        for field in sorted({*before, *after}, key=_place)
    ]


def difference(before: Details, after: Details) -> tuple[str, str]:
    """The fields that differ, before and after, as they are kept."""
    changed = [name for name in FIELDS if getattr(before, name) != getattr(after, name)]
    old, new = (_json({name: getattr(one, name) for name in changed}) for one in (before, after))
    return old, new


def date_difference(day: date, before: Override | None, after: Override | None) -> tuple[str, str]:
    """What became of one date, before and after, as it is kept."""
    return _json({day.isoformat(): before}), _json({day.isoformat(): after})


def read(text: str) -> dict[str, Any]:
    """What was kept; nothing for an entry without fields."""
    found: dict[str, Any] = msgspec.json.decode(text) if text else {}
    return found


def fields_to_undo(change: Change, now: Details) -> dict[str, Any]:
    """The values that the fields had; raises Conflict where one was changed once more since."""
    fields = [name for name in change.before if name in FIELDS]
    since = [name for name in fields if _plain(getattr(now, name)) != change.after.get(name)]
    if since:
        names = " and ".join(_name(name).lower() for name in since)
        raise Conflict(f"This was changed again since: {names}. Undo the later change first.")
    return {name: _as_kept(change.before[name]) for name in fields}


def date_to_undo(change: Change) -> tuple[date, Override | None, Override | None] | None:
    """The day whose override changed, what it was and what it became; None for other changes."""
    days = [name for name in change.before if name not in FIELDS]
    if not days:
        return None
    before, after = (
        msgspec.convert(part[days[0]], Override | None) for part in (change.before, change.after)
    )
    return date.fromisoformat(days[0]), before, after


def _json(values: Mapping[str, Any]) -> str:
    return msgspec.json.encode(values).decode()


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _as_kept(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _place(field: str) -> tuple[int, str]:
    return (FIELDS.index(field) if field in FIELDS else len(FIELDS), field)


def _name(field: str) -> str:
    if field in FIELD_WORDS:
        return FIELD_WORDS[field]
    try:
        return zones.long_day(date.fromisoformat(field))
    except ValueError:
        return field


def _value(field: str, value: Any) -> str:
    """In words; `nothing` for what is empty."""
    if field not in FIELDS:
        return _date_words(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        text = ", ".join(str(item).replace("T", " ") if field == "excluded" else str(item) for item in value)
    else:
        text = str(value or "")
    if field in {"starts_at", "ends_at"}:
        text = text.replace("T", ", ")
    text = {"mode": MODES, "visibility": VISIBILITIES}.get(field, {}).get(text, text)
    return (text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…") or "nothing"


def _date_words(value: Any) -> str:
    if not value:
        return "as the series has it"
    why = f" ({value['reason']})" if value.get("reason") else ""
    if value.get("is_cancelled"):
        return f"cancelled{why}"
    place = f", {value['location']}" if value.get("location") else ""
    title = f", “{value['summary']}”" if value.get("summary") else ""
    text = ", with a description of its own" if value.get("description") else ""
    return f"held on {str(value.get('starts_at', '')).replace('T', ', ')}{place}{title}{text}{why}"
