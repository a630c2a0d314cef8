"""Placeholders in a text, what stands in for them, and what a draft may be."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from summit_service import markup
from summit_service.errors import Fault, Invalid

TIME_TO_STOP = timedelta(minutes=10)
LONGEST_BODY = 20_000
PLACEHOLDERS = {
    "name": "the person's name",
    "organisation": "the organisation that they stand for",
    "country": "its country",
    "statement": "the statement's title",
    "deadline": "until when it can be answered",
    "summit": "the summit's title",
    "attendance": "in person, or online",
}
PLACE = re.compile(r"\{\{\s*([^{}|]*?)\s*(?:\|\s*([^{}]*?)\s*)?\}\}")
MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&])")


@dataclass(frozen=True, slots=True)
class Text:
    """Subject and Markdown body of an announcement."""

    subject: str
    body: str


def checked(subject: str, body: str, *, offered: frozenset[str]) -> Text:
    """The text as it is kept; raises Invalid for a placeholder that this audience does not have."""
    text = Text(
        markup.one_line(subject, field="subject", longest=200, name="The subject"),
        markup.many_lines(body, field="body", longest=LONGEST_BODY, name="The text", required=True),
    )
    faults = [
        Fault(field, _unknown(name, offered))
        for field, value in (("subject", text.subject), ("body", text.body))
        for name in names_in(value)
        if name not in offered
    ]
    if faults:
        raise Invalid(faults)
    return text


def _unknown(name: str, offered: frozenset[str]) -> str:
    known = ", ".join(f"{{{{{word}}}}}" for word in PLACEHOLDERS if word in offered)
    return f"Nothing can stand in for “{{{{{name}}}}}” with these readers. There are: {known}."


def names_in(text: str) -> list[str]:
    """The placeholders of a text, each once, in their order."""
    return list(dict.fromkeys(found[1] for found in PLACE.finditer(text)))


def missing(text: Text, values: Mapping[str, str]) -> list[str]:
    """The placeholders without a fallback for which this reader has no value."""
    found = PLACE.finditer(f"{text.subject}\n{text.body}")
    return list(dict.fromkeys(one[1] for one in found if not values.get(one[1]) and not one[2]))


def fill(text: str, values: Mapping[str, str], *, write: Callable[[str], str] = str) -> str:
    """The text with `{{name}}`, or `{{name|colleague}}` where there is no name, filled in; `write` writes a value."""
    return PLACE.sub(lambda found: write(values.get(found[1], "") or found[2] or ""), text)


def escaped(value: str) -> str:
    """A value inside Markdown: what is a mark there stands for itself."""
    return MARKDOWN.sub(r"\\\1", value)
