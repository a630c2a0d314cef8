"""The directory: which organisations a search finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

from summit_service.members.queries import all_members
from summit_service.members.rules import matches
from summit_service.members.tables import Organisation

PAGE = 100
"""Organisations on a page of the directory."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An organisation as the directory's page shows it; `name_key` is what it is ordered by."""

    id: int
    slug: str
    name: str
    name_key: str
    kind: str
    parent: str
    city: str
    country: str
    standing: str


_COLUMNS = (
    *(Organisation.id, Organisation.slug, Organisation.name, Organisation.name_key, Organisation.kind),
    *(Organisation.parent, Organisation.city, Organisation.country, Organisation.standing),
)


async def entries() -> list[Entry]:
    """Members and associates by name, with what the page shows and no more."""
    rows = await Organisation.select(*_COLUMNS).where(Organisation.standing.is_in(["member", "associate"]))
    return [Entry(**row) for row in sorted(rows, key=itemgetter("name_key"))]


def page_after(found: Sequence[Entry], after: str) -> tuple[Sequence[Entry], str]:
    """The page that follows the organisation of that slug, or the first; and after which the next page begins."""
    start = next((n for n, one in enumerate(found, 1) if one.slug == after), 0) if after else 0
    shown = found[start : start + PAGE]
    return shown, shown[-1].slug if start + PAGE < len(found) else ""


async def organisations(
    *, words: str = "", country: str = "", kind: str = "", standings: Sequence[str] = ("member", "associate")
) -> list[Organisation]:
    """The organisations of these standings that match, by name; few enough to be searched here."""
    found = await all_members(standings=standings)
    return [one for one in found if is_in(one, words=words, country=country, kind=kind)]


def is_in(organisation: Organisation | Entry, *, words: str, country: str, kind: str) -> bool:
    """Whether a search of the directory finds this organisation; what is empty does not matter."""
    is_elsewhere = country and organisation.country != country.upper()
    if is_elsewhere or (kind and organisation.kind != kind):
        return False
    return not words or matches(words, organisation.name, organisation.parent, organisation.city)
