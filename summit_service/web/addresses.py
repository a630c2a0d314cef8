"""The address of a list with its filters, as its tabs and the way to its next page have it."""

from __future__ import annotations

from urllib.parse import urlencode


def filtered(path: str, fragment: str = "", **given: object) -> str:
    """The path with these filters, what is empty left out, and the part of the page after `#`."""
    query = urlencode({name: value for name, value in given.items() if value})
    return path + (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")
