"""What is typed into the forms of questions and terms, as values and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from summit_service.errors import Fault, Invalid
from summit_service.registrations.answers import Asked
from summit_service.registrations.tables import Terms

FIELDS = ("label", "hint", "kind", "choices", "is_required", "condition_key", "condition_value")


def asked_from(typed: Mapping[str, str], key: str) -> Asked:
    """The question that a form gives; raises Invalid for a limit that is no number."""
    choices: list[str] = []
    limits: dict[str, int] = {}
    for line in filter(str.strip, typed["choices"].splitlines()):
        choice, bar, most = (part.strip() for part in line.partition("|"))
        choices.append(choice)
        if bar:
            limits[choice] = _whole(most, "choices", f"After the bar in “{line.strip()}” comes a number.")
    condition = typed["condition_key"]
    return Asked(
        key=key,
        label=typed["label"],
        kind=typed["kind"],
        choices=tuple(choices),
        limits=limits,
        is_required=typed["is_required"] == "yes",
        hint=typed["hint"],
        shown_if=(condition, typed["condition_value"].strip() or "yes") if condition else None,
    )


def typed_of(asked: Asked) -> dict[str, str]:
    """A question as the form shows it."""
    lines = (f"{one} | {asked.limits[one]}" if one in asked.limits else one for one in asked.choices)
    key, value = asked.shown_if or ("", "")
    return {
        "label": asked.label,
        "hint": asked.hint,
        "kind": asked.kind,
        "choices": "\n".join(lines),
        "is_required": "yes" if asked.is_required else "",
        "condition_key": key,
        "condition_value": value,
    }


def terms_typed(terms: Terms) -> dict[str, str]:
    """The terms as their form shows them."""
    until, most = terms.changes_until, terms.organisation_limit
    return {
        "changes_until": until.isoformat() if until is not None else "",
        "organisation_limit": str(most) if most is not None else "",
    }


def day(typed: str) -> date | None:
    """The last day for changes; raises Invalid."""
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        raise Invalid([Fault("changes_until", "Give a day such as 2026-09-01, or nothing.")]) from None


def limit(typed: str) -> int | None:
    """The most people from one organisation; raises Invalid."""
    return (
        _whole(typed, "organisation_limit", "Give a whole number such as 5, or nothing.") if typed else None
    )


def _whole(typed: str, field: str, sentence: str) -> int:
    if not (typed.isascii() and typed.isdigit() and len(typed) < 8):
        raise Invalid.one(field, sentence)
    return int(typed)
