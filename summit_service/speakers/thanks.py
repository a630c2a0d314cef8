"""Letters of thanks after the summit: to whom one is due, what stands on it, and the link that opens it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from summit_service import links, papers, settings, typeset, zones
from summit_service.accounts.addresses import email_key
from summit_service.errors import Conflict, NotFound
from summit_service.speakers import queries, rules
from summit_service.speakers.tables import SpeakerContact
from summit_service.summits import queries as summits
from summit_service.summits.rules.snapshot import Item, Snapshot
from summit_service.summits.tables import Edition

LINK = "thanks"
UNKNOWN_LINK = "This link opens no letter. It may have been cut off: copy the whole link from the mail."


@dataclass(frozen=True, slots=True)
class Thanks:
    """The draft of a letter: the names of one address, as the last release has them, and their sessions."""

    email: str
    names: tuple[str, ...]
    sessions: tuple[Item, ...]

    @property
    def key(self) -> str:
        """The address as it is compared."""
        return email_key(self.email)

    @property
    def name(self) -> str:
        """To whom the letter is made out."""
        return self.names[0]

    @property
    def lines(self) -> list[dict[str, str]]:
        """Each session with its title, its hours and room, and their part in it."""
        return lines_of(frozenset(self.names), self.sessions)


def check_over(edition: Edition, *, now: datetime) -> None:
    """Raises Conflict before the summit is over."""
    if now < summits.ends_instant(edition):
        raise Conflict("The letters of thanks can be sent once the summit is over.", code="not_over")


async def due(edition: Edition) -> tuple[Thanks, ...]:
    """Everybody whose address is known, who took part by the last release and was not thanked yet; by name."""
    release = await summits.last_release(edition.id)
    if release is None:
        return ()
    after = summits.snapshot_of(release)
    thanked = {row.name for row in await queries.contacts_of(edition.id) if row.thanked_at is not None}
    found = [
        Thanks(email, names, rules.sessions_of(frozenset(names), after))
        for email, names in _present(await queries.addresses_of(edition.id), after).items()
        if not thanked & set(names)
    ]
    return tuple(sorted((one for one in found if one.sessions), key=lambda one: one.name))


def _present(addresses: dict[str, str], after: Snapshot) -> dict[str, tuple[str, ...]]:
    """The names of each address that stand in the release."""
    now = rules.people_in(after)
    found: dict[str, list[str]] = defaultdict(list)
    for name, email in sorted(addresses.items()):
        if name in now:
            found[email_key(email)].append(name)
    return {addresses[names[0]]: tuple(names) for names in found.values()}


def lines_of(names: frozenset[str], sessions: tuple[Item, ...]) -> list[dict[str, str]]:
    """The sessions as the mail and the letter tell them."""
    return [
        {
            "title": item.session.title,
            "place": rules.place(item.session),
            "part": rules.part(names, item.session),
        }
        for item in sessions
    ]


def data_of(thanks: Thanks, edition: Edition, *, day: datetime, by: str) -> dict[str, Any]:
    """What stands on the letter, dated in the edition's zone and signed by whoever let it go."""
    return {
        **papers.head("Letter of thanks"),
        "day": zones.short_day(zones.at_wall(day, edition.timezone).date()),
        "name": thanks.name,
        "summit": edition.title,
        "theme": edition.theme,
        "when": zones.day_span(edition.starts_on, edition.ends_on),
        "where": edition.venue,
        "sessions": thanks.lines,
        "by": by,
    }


async def opened(token: str, *, now: datetime) -> dict[str, Any]:
    """What stands on the letter that this link opens, by the last release; raises NotFound."""
    link = await links.find_live(LINK, token, now=now)
    row = await SpeakerContact.objects().get(SpeakerContact.id == int(link.subject)) if link else None
    edition = await Edition.objects().get(Edition.id == row.edition) if row else None
    release = await summits.last_release(edition.id) if edition else None
    if row is None or row.thanked_at is None or edition is None or release is None:
        raise NotFound(UNKNOWN_LINK, code="unknown_link")
    same = [one.name for one in await queries.contacts_of(edition.id) if one.email_key == row.email_key]
    names = (row.name, *(name for name in same if name != row.name))
    thanks = Thanks(row.email, names, rules.sessions_of(frozenset(names), summits.snapshot_of(release)))
    return data_of(thanks, edition, day=row.thanked_at, by=row.thanked_by_name)


def set_letter(data: dict[str, Any]) -> bytes:
    """The PDF, the same bytes each time; blocking. Raises typeset.CannotTypeset."""
    return typeset.pdf("thanks", data, fonts=settings.current().fonts_dir)
