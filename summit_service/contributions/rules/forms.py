"""What a contribution may be, as it is typed and as it is kept."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, fields, replace

from summit_service import markup
from summit_service.accounts.addresses import email_address
from summit_service.contributions.rules.faults import LONGEST_LINE, Faults
from summit_service.errors import Fault, Invalid

MOST_AUTHORS = 30


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody whose work it is."""

    name: str
    affiliation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A contribution as it is typed; `co_authors` has a line each, `Name; Affiliation`."""

    title: str = ""
    kind: str = ""
    theme: str = ""
    abstract: str = ""
    name: str = ""
    email: str = ""
    affiliation: str = ""
    co_authors: str = ""


FIELDS = tuple(one.name for one in fields(Form))


def checked(given: Form, *, kinds: Collection[str], themes: Collection[str], most_words: int) -> Form:
    """The contribution in its normal form; raises Invalid with every fault, each for its field."""
    faults = Faults()
    clean = Form(
        title=faults.line(given.title, "title", "The title"),
        kind=_choice(given.kind, "kind", kinds, "Choose the kind of your contribution.", faults),
        theme=_choice(given.theme, "theme", themes, "Choose a theme.", faults) if themes else "",
        abstract=faults.text(given.abstract, "abstract", "The abstract", required=True),
        name=faults.line(given.name, "name", "Your name"),
        email=_email(given.email, faults),
        affiliation=faults.line(given.affiliation, "affiliation", "Where you work", required=False),
        co_authors=faults.text(given.co_authors, "co_authors", "The list of co-authors"),
    )
    count = words_in(clean.abstract)
    if count > most_words:
        faults.found.append(
            Fault("abstract", f"The abstract has {count:,} words; {most_words:,} are the most. Shorten it.")
        )
    try:
        authors_in(clean.co_authors)
    except Invalid as refusal:
        faults.found.extend(refusal.faults)
    faults.check()
    return clean


def _choice(value: str, name: str, known: Collection[str], sentence: str, faults: Faults) -> str:
    if value not in known:
        faults.found.append(Fault(name, sentence))
    return value


def _email(value: str, faults: Faults) -> str:
    try:
        return email_address(value)
    except Invalid as refusal:
        faults.found.extend(replace(one, field="email") for one in refusal.faults)
        return ""


def words_in(text: str) -> int:
    """How many words; a text in a script without spaces is counted by two characters a word."""
    dense = len(re.findall(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]", text))
    return len(re.sub(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]", " ", text).split()) + (dense + 1) // 2


def authors_in(text: str) -> tuple[Author, ...]:
    """The co-authors, a line each: `Name; Affiliation`. Raises Invalid."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_AUTHORS:
        raise Invalid.one("co_authors", f"{MOST_AUTHORS} co-authors at most.")
    found = []
    for line in lines:
        name, _, affiliation = line.partition(";")
        clean = markup.one_line(name, field="co_authors", longest=120, name="A co-author's name")
        place = markup.one_line(
            affiliation, field="co_authors", longest=LONGEST_LINE, name="An affiliation", required=False
        )
        found.append(Author(clean, place))
    return tuple(found)
