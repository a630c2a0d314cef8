"""Reading what was typed into a form; a field that is missing or is a file reads as nothing."""

from __future__ import annotations

from typing import Any


def text(form: Any, name: str) -> str:
    """The one value of a field."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def texts(form: Any, name: str) -> list[str]:
    """Every value of a field that may be ticked more than once."""
    return [value for value in form.getall(name, []) if isinstance(value, str)]
