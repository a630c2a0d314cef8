"""Whether what an author typed as their workplace means an organisation: people leave out words, and add others.

Rather somebody too many is kept apart, whom others replace, than a colleague judges.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from summit_service import markup

SMALL = frozenset((
    "the", "of", "for", "and", "at", "in", "de", "del", "la", "le", "der", "die", "das", "fur", "und", "et", "y",
))  # fmt: skip
GENERAL = frozenset((
    "center", "centre", "clinic", "college", "department", "education", "faculty", "foundation", "general", "group",
    "health", "healthcare", "hospital", "institute", "medical", "medicine", "national", "nhs", "nursing", "research",
    "school", "science", "sciences", "society", "trust", "unit", "university",
))  # fmt: skip
"""Words that many workplaces share: where there is no other, only the whole name counts."""
TITLES = frozenset(("dr", "prof", "professor", "mr", "mrs", "ms", "mx", "sir", "dame", "phd", "md"))


def is_same(typed: str, organisation: str) -> bool:
    """Whether the workplace, or a part of it between commas, is the organisation's name or a telling part of it."""
    name = _words(organisation)
    parts = [_words(part) for part in (typed, *re.split(r"[,;|/()–—]| - ", typed))]
    return any(_is_in(part, name) or _is_in(name, part) for part in parts if part and name)


def is_at(email: str, website: str) -> bool:
    """Whether the address is of the website's domain, or below it."""
    host = (urlsplit(website).hostname or "").removeprefix("www.")
    domain = email.rpartition("@")[2].casefold()
    return bool(host) and (domain == host or domain.endswith(f".{host}"))


def person(name: str) -> tuple[str, ...]:
    """A name as it is compared: without titles, accents and marks."""
    return tuple(word for word in _words(name) if word not in TITLES)


def _words(text: str) -> tuple[str, ...]:
    return tuple(
        word
        for word in re.findall(r"\w+", markup.plain(text).replace("’", "").replace("'", ""))
        if word not in SMALL
    )


def _is_in(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    if short == long:
        return True
    is_telling = len(short) > 1 and not GENERAL.issuperset(short)
    starts = range(len(long) - len(short) + 1)
    return is_telling and any(long[at : at + len(short)] == short for at in starts)
