"""Reads about speakers: their addresses, and the mails that a release makes due."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from summit_service import links
from summit_service.accounts.addresses import email_key
from summit_service.contributions.rules import ACCEPTED
from summit_service.contributions.tables import Contribution
from summit_service.errors import NotFound
from summit_service.speakers import rules
from summit_service.speakers.rules import Told
from summit_service.speakers.tables import SpeakerContact
from summit_service.summits import queries as summits
from summit_service.summits import retention
from summit_service.summits.rules.snapshot import Snapshot
from summit_service.summits.tables import Edition, Release

LINK = "speaker"
UNKNOWN_LINK = "This link opens nothing. It may have been cut off: copy the whole link from the mail."


@dataclass(frozen=True, slots=True)
class Letter:
    """The draft of a mail to one person: what changed for them since the release of which they know."""

    email: str
    names: tuple[str, ...]
    news: tuple[Told, ...]
    note: str
    told_release: int

    @property
    def key(self) -> str:
        """The address as it is compared."""
        return email_key(self.email)

    @property
    def name(self) -> str:
        """How the mail greets them: the name that the programme has now, or had last."""
        return self.names[0]


@dataclass(frozen=True, slots=True)
class Board:
    """Whom a release concerns: the drafts, who has no address, and every address that is known."""

    edition: Edition
    release: Release | None
    letters: tuple[Letter, ...]
    without_address: tuple[str, ...]
    addresses: dict[str, str]

    @property
    def mark(self) -> str:
        """Of the addresses as they stand; who changes them says which they have seen."""
        return rules.mark_of(self.addresses)


async def board_of(edition: Edition) -> Board:
    """All of it, from the last release and what each person was told."""
    release = await summits.last_release(edition.id)
    rows = {row.name: row for row in await contacts_of(edition.id)}
    addresses = await addresses_of(edition.id)
    if release is None:
        return Board(edition, None, (), (), addresses)
    after = summits.snapshot_of(release)
    known = {number: summits.snapshot_of(await summits.release_of(edition.id, number))
             for number in {row.told_release for row in rows.values()} if number}  # fmt: skip
    letters = [
        letter
        for email, names in _by_address(addresses, after).items()
        if (letter := _letter(email, names, rows, known, after)).news
    ]
    told_names = [speaker.name for speaker in after.speakers if speaker.name in rules.people_in(after)]
    return Board(
        edition,
        release,
        tuple(sorted(letters, key=lambda letter: letter.name)),
        tuple(name for name in told_names if name not in addresses),
        addresses,
    )


async def addresses_of(edition_id: int) -> dict[str, str]:
    """Every address that is known, by name: what the secretariat wrote, and authors of accepted contributions."""
    return {**await _authors(edition_id), **{row.name: row.email for row in await contacts_of(edition_id)}}


async def opened(token: str, *, now: datetime) -> tuple[tuple[SpeakerContact, ...], Edition]:
    """The rows of the address whose own-data link this is, that of the mail first, and the edition.

    Raises NotFound, also once the link has ended: with the row, or as the row has another address.
    """
    link = await links.find_live(LINK, token, now=now)
    row = await SpeakerContact.objects().get(SpeakerContact.id == int(link.subject)) if link else None
    edition = await Edition.objects().get(Edition.id == row.edition) if row else None
    if row is None or edition is None:
        raise NotFound(UNKNOWN_LINK, code="unknown_link")
    same = [one for one in await contacts_of(edition.id) if one.email_key == row.email_key]
    return (row, *(one for one in same if one.id != row.id)), edition


def erased_at(edition: Edition) -> datetime:
    """When the addresses of an edition's speakers are erased."""
    return retention.erased_at(edition.ends_on, edition.timezone, retention.REST_KEPT)


async def contacts_of(edition_id: int) -> list[SpeakerContact]:
    """What is stored, by name."""
    found = SpeakerContact.objects().where(SpeakerContact.edition == edition_id)
    return list(await found.order_by(SpeakerContact.name))


async def _authors(edition_id: int) -> dict[str, str]:
    """The addresses of those whose accepted contribution became a session: they gave them for this."""
    accepted = (
        (Contribution.edition == edition_id)
        & (Contribution.decision == ACCEPTED)
        & (Contribution.session != "")
        & Contribution.withdrawn_at.is_null()
        & Contribution.erased_at.is_null()
    )
    rows = await Contribution.select(Contribution.name, Contribution.email).where(accepted)
    return {row["name"][:120]: row["email"] for row in rows}


def _by_address(addresses: dict[str, str], after: Snapshot) -> dict[str, list[str]]:
    """The names of each address, those that the programme has now before those that it had."""
    now = rules.people_in(after)
    found: dict[str, list[str]] = defaultdict(list)
    for name, email in sorted(addresses.items(), key=lambda pair: (pair[0] not in now, pair[0])):
        found[email_key(email)].append(name)
    return {addresses[names[0]]: names for names in found.values()}


def _letter(
    email: str,
    names: list[str],
    rows: dict[str, SpeakerContact],
    known: dict[int, Snapshot],
    after: Snapshot,
) -> Letter:
    mine = [rows[name] for name in names if name in rows]
    told = max((row.told_release for row in mine), default=0)
    note = next((row.note for row in mine if row.note), "")
    told_as = frozenset(row.name for row in mine if row.told_release)
    news = rules.news_for(frozenset(names), known.get(told), after, told_as=told_as)
    return Letter(email, tuple(names), news, note, told)
