"""JSON: drafts of mails to speakers and chairs, their addresses, and what is sent after a summit."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.doors import telling
from summit_service.errors import Fault, Invalid
from summit_service.speakers import actions, queries, rules, thanks
from summit_service.summits import queries as summits

MAILS, AFTER = ["Mails to speakers"], ["After a summit"]


class NewsOut(msgspec.Struct, kw_only=True):
    """One thing that is told: the title of a session and what became of it."""

    title: str
    sentence: str


class SpeakerMailOut(msgspec.Struct, kw_only=True):
    """A draft: to which address, for whom, your words that are kept beside it, and what it tells."""

    to: str
    names: list[str]
    note: str
    told_release: int
    news: list[NewsOut]


class SpeakerMailList(msgspec.Struct, kw_only=True):
    """The drafts that the last release makes due, and who has no address. Without a release there is none."""

    items: list[SpeakerMailOut]
    release: int | None
    without_address: list[str]
    next: str | None = None


class NotesBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Your words (Markdown) by the address of a draft; empty ones take back what was kept."""

    notes: dict[str, str]


class SendingBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which drafts go, by their addresses, each with your words or none; `release` is the one that you have read."""

    release: int
    notes: dict[str, str]


class SentOut(msgspec.Struct, kw_only=True):
    """How many mails are on their way."""

    sent: int


class AddressItem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The address of a name in the programme."""

    name: str
    email: str


class AddressList(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """All addresses of a summit: who is left out is erased at once. `seen` is their mark, as they were read.

    Where they are others by now, it answers 409, so that nobody who was erased meanwhile comes back by an old list.
    """

    items: list[AddressItem]
    seen: str


class ThanksSession(msgspec.Struct, kw_only=True):
    """A session that a letter names: its hours and room, and their part in it."""

    title: str
    place: str
    part: str


class ThanksOut(msgspec.Struct, kw_only=True):
    """The draft of a letter of thanks; several `names` of one address are taken for one person."""

    to: str
    name: str
    names: list[str]
    sessions: list[ThanksSession]


class ThanksList(msgspec.Struct, kw_only=True):
    """Who has an address, took part by the last release and was not thanked yet."""

    items: list[ThanksOut]
    next: str | None = None


class ThanksBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """To which addresses the letters go, and your words (Markdown) in the mail."""

    to: list[str]
    words: str = ""


class CertificatesBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Your words (Markdown) in the mail."""

    words: str = ""


class CertificatesOut(msgspec.Struct, kw_only=True):
    """How many of those who came have had the mail about their certificate, and how many have not."""

    told: int
    untold: int


@get("/summits/{year:int}/speaker-mails", tags=MAILS, summary="Drafts of mails to speakers")
async def list_mails(year: FromPath[int], actor: NamedDependency[Actor]) -> SpeakerMailList:
    """What the releases since the last mail have changed for each speaker and chair. Nothing is sent. Secretariat."""
    check_secretariat(actor)
    return await _mails(year)


@put("/summits/{year:int}/speaker-mails/notes", tags=MAILS, summary="Keep words beside the drafts")
async def keep_notes(
    year: FromPath[int],
    data: JSONBody[NotesBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> SpeakerMailList:
    """Keep your words for later, or take them back; addresses without a draft are passed over. Secretariat."""
    await actions.keep_notes(year, data.notes, actor=actor, now=now)
    return await _mails(year)


@post(
    "/summits/{year:int}/speaker-mails/sending",
    status_code=200,
    tags=MAILS,
    summary="Send drafts to speakers",
)
async def send_mails(
    year: FromPath[int],
    data: JSONBody[SendingBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> SentOut:
    """Send the drafts to these addresses, all or none. Who is left out is told of everything by a later mail.

    Secretariat. 409 where the programme was released anew, or one of them was sent meanwhile.
    """
    return SentOut(sent=await actions.send(year, data.notes, release=data.release, actor=actor, now=now))


@get("/summits/{year:int}/speaker-addresses", tags=MAILS, summary="Addresses of speakers")
async def list_addresses(year: FromPath[int], actor: NamedDependency[Actor]) -> AddressList:
    """Those that were written here, and those of authors whose contribution became a session. Secretariat."""
    check_secretariat(actor)
    edition = await summits.found_edition(year)
    return await _addresses(edition.id)


@put("/summits/{year:int}/speaker-addresses", tags=MAILS, summary="Replace the addresses of speakers")
async def put_addresses(
    year: FromPath[int],
    data: JSONBody[AddressList],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> AddressList:
    """Make these the addresses; who is left out is erased at once, with the mails about them. Secretariat.

    `seen` is what the list said when you read it; 409 where it has changed since.
    """
    check_secretariat(actor)
    faults = [
        Fault(f"items/{index}/name", f"A name has no line break and no “{rules.SEPARATOR}”.")
        for index, item in enumerate(data.items)
        if rules.SEPARATOR in item.name or len(item.name.splitlines()) != 1
    ]
    faults += [
        Fault(f"items/{index}/email", "An address is one line.")
        for index, item in enumerate(data.items)
        if len(item.email.splitlines()) != 1
    ]
    if faults:
        raise Invalid(faults)
    lines = [f"{item.name}{rules.SEPARATOR} {item.email}" for item in data.items]
    await actions.put_addresses(year, "\n".join(lines), seen=data.seen, actor=actor, now=now)
    return await _addresses((await summits.found_edition(year)).id)


@get("/summits/{year:int}/thanks", tags=AFTER, summary="Drafts of letters of thanks")
async def list_thanks(year: FromPath[int], actor: NamedDependency[Actor]) -> ThanksList:
    """The letters to speakers and chairs that can go once the summit is over. Secretariat."""
    check_secretariat(actor)
    found = await thanks.due(await summits.found_edition(year))
    return ThanksList(
        items=[
            ThanksOut(
                to=one.key,
                name=one.name,
                names=list(one.names),
                sessions=[ThanksSession(**line) for line in one.lines],
            )
            for one in found
        ]
    )


@post("/summits/{year:int}/thanks", status_code=200, tags=AFTER, summary="Send letters of thanks")
async def send_thanks(
    year: FromPath[int],
    data: JSONBody[ThanksBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> SentOut:
    """Let the letters to these addresses go, all or none, each once. Secretariat; 409 before the summit is over."""
    return SentOut(sent=await actions.send_thanks(year, data.to, data.words, actor=actor, now=now))


@get("/summits/{year:int}/certificates", tags=AFTER, summary="Who was mailed of their certificate")
async def show_certificates(year: FromPath[int], actor: NamedDependency[Actor]) -> CertificatesOut:
    """How many have had the mail, and how many who came have not. Secretariat."""
    check_secretariat(actor)
    edition = await summits.found_edition(year)
    return CertificatesOut(told=await telling.told_count(edition), untold=len(await telling.untold(edition)))


@post(
    "/summits/{year:int}/certificates",
    status_code=200,
    tags=AFTER,
    summary="Mail delegates of their certificates",
)
async def tell_of_certificates(
    year: FromPath[int],
    data: JSONBody[CertificatesBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> SentOut:
    """Mail everybody who came and was not told, each once. Secretariat; 409 before the summit is over."""
    return SentOut(sent=await telling.tell_of_certificates(year, data.words, actor=actor, now=now))


async def _mails(year: int) -> SpeakerMailList:
    board = await queries.board_of(await summits.found_edition(year))
    return SpeakerMailList(
        items=[
            SpeakerMailOut(
                to=letter.key,
                names=list(letter.names),
                note=letter.note,
                told_release=letter.told_release,
                news=[NewsOut(title=told.title, sentence=told.sentence) for told in letter.news],
            )
            for letter in board.letters
        ],
        release=board.release.number if board.release else None,
        without_address=list(board.without_address),
    )


async def _addresses(edition_id: int) -> AddressList:
    found = await queries.addresses_of(edition_id)
    items = [AddressItem(name=name, email=email) for name, email in sorted(found.items())]
    return AddressList(items=items, seen=rules.mark_of(found))


ROUTES: list[Any] = [
    list_mails, keep_notes, send_mails, list_addresses, put_addresses, list_thanks, send_thanks,
    show_certificates, tell_of_certificates,
]  # fmt: skip
