"""The directory: which organisations a search finds."""

from __future__ import annotations

from collections.abc import Sequence

from summit_service.members.queries import all_members
from summit_service.members.rules import matches
from summit_service.members.tables import Organisation


async def organisations(
    *, words: str = "", country: str = "", kind: str = "", standings: Sequence[str] = ("member", "associate")
) -> list[Organisation]:
    """The organisations of these standings that match, by name; few enough to be searched here."""
    found = await all_members(standings=standings)
    return [one for one in found if is_in(one, words=words, country=country, kind=kind)]


def is_in(organisation: Organisation, *, words: str, country: str, kind: str) -> bool:
    """Whether a search of the directory finds this organisation; what is empty does not matter."""
    if (country and organisation.country != country) or (kind and organisation.kind != kind):
        return False
    return matches(words, organisation.name, organisation.parent, organisation.city)
