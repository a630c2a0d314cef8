"""How to cite a published statement: in words, and as BibTeX."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from summit_service import zones

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
}


def bibtex(
    *, slug: str, title: str, network: str, published_on: date, url: str, sha256: Mapping[str, str]
) -> str:
    """An entry for reference managers; the note has the fingerprint of each text that was signed, by its file."""
    prints = ", ".join(f"{name} {found}" for name, found in sha256.items())
    fields = {
        "title": f"{{{_escaped(title)}}}",
        "author": f"{{{_escaped(network)}}}",
        "year": str(published_on.year),
        "month": published_on.strftime("%b").lower(),
        "day": str(published_on.day),
        "howpublished": f"\\url{{{url}}}",
        "note": f"Joint statement. SHA-256 of the text: {prints}",
    }
    lines = ",\n".join(f"  {name} = {_value(name, value)}" for name, value in fields.items())
    return f"@misc{{{slug},\n{lines}\n}}\n"


def _value(name: str, value: str) -> str:
    return value if name == "month" else f"{{{value}}}"


def _escaped(text: str) -> str:
    return "".join(_SPECIAL.get(character, character) for character in text)


def in_words(*, title: str, network: str, published_on: date, url: str) -> str:
    """One line for a list of references."""
    return f"{network}. {title}. {zones.short_day(published_on)}. {url}"
