"""Reads about enquiries; one whose time is over is not shown, whether or not it has been erased yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from piccolo.custom_types import Combinable

from summit_service import db, links
from summit_service.accounts.addresses import email_key
from summit_service.accounts.tables import Person
from summit_service.enquiries import rules
from summit_service.enquiries.tables import Enquiry, EnquiryNote
from summit_service.errors import Gone, NotFound

LINK = "enquiry"


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of the talk, with the name of who wrote it down; `sender` where an answer is not from their address."""

    id: int
    kind: str
    text: str
    author: str
    created_at: datetime
    sender: str


def is_over(now: datetime) -> Combinable:
    """The condition for enquiries whose personal part must not be there any more; twin of `rules.ends_at`."""
    unconfirmed = Enquiry.confirmed_at.is_null() & (Enquiry.created_at <= now - rules.CONFIRM_WITHIN)
    old = Enquiry.confirmed_at.is_not_null() & (Enquiry.active_at <= now - rules.KEPT_FOR)
    return unconfirmed | old


def ends_at(enquiry: Enquiry) -> datetime:
    """When what is personal in it is erased."""
    return rules.ends_at(
        created_at=enquiry.created_at, confirmed_at=enquiry.confirmed_at, active_at=enquiry.active_at
    )


def is_readable(enquiry: Enquiry, *, now: datetime) -> bool:
    """Whether its time is not over."""
    return enquiry.erased_at is None and now < ends_at(enquiry)


async def enquiry_by_id(enquiry_id: int) -> Enquiry | None:
    """The enquiry of that id, whatever its state."""
    return await Enquiry.objects().where(Enquiry.id == enquiry_id).first()


async def enquiry_of(organisation_id: int, *, now: datetime) -> Enquiry | None:
    """The enquiry by which this organisation joined; None where there was none, or its time is over."""
    found = await Enquiry.objects().where(Enquiry.organisation == organisation_id).first()
    return found if found is not None and is_readable(found, now=now) else None


async def readable_enquiry(enquiry_id: int, *, now: datetime) -> Enquiry:
    """The enquiry as the desk reads it; raises NotFound for one that is not confirmed, Gone once its time is over."""
    enquiry = await enquiry_by_id(enquiry_id)
    if enquiry is None or (enquiry.confirmed_at is None and enquiry.erased_at is None):
        raise NotFound("There is no such enquiry, or its address has not been confirmed yet.")
    if not is_readable(enquiry, now=now):
        raise Gone(rules.ERASED)
    return enquiry


async def link_of(token: str) -> links.Link | None:
    """The row of a mailed link that confirms an enquiry, whatever its state."""
    return await links.find(LINK, token)


async def confirmed_enquiries(*, now: datetime) -> list[Enquiry]:
    """Those that the desk reads, the longest waiting first."""
    oldest = now - rules.KEPT_FOR
    wanted = Enquiry.confirmed_at.is_not_null() & (Enquiry.active_at > oldest) & Enquiry.erased_at.is_null()
    rows = await Enquiry.select().where(wanted).order_by(Enquiry.confirmed_at).order_by(Enquiry.id)
    return db.as_objects(Enquiry, rows)


async def talk_about(enquiry_id: int) -> list[Piece]:
    """Everything that was written about it, the oldest first."""
    rows = (
        await EnquiryNote.select(
            EnquiryNote.id,
            EnquiryNote.kind,
            EnquiryNote.text,
            EnquiryNote.author.name,
            EnquiryNote.created_at,
            EnquiryNote.sender,
        )
        .where(EnquiryNote.enquiry == enquiry_id)
        .order_by(EnquiryNote.id)
    )
    return [
        Piece(row["id"], row["kind"], row["text"], row["author.name"] or "", row["created_at"], row["sender"])
        for row in rows
    ]


async def has_newer_answer(enquiry_id: int, talk: int | None) -> bool:
    """Whether they have answered by mail after the piece `talk`; with None nobody asks."""
    if talk is None:
        return False
    newer = (EnquiryNote.kind == rules.ANSWER) & (EnquiryNote.id > talk)
    return bool(await EnquiryNote.exists().where((EnquiryNote.enquiry == enquiry_id) & newer))


async def decider_of(enquiry: Enquiry) -> str:
    """The name of who decided; empty when nobody has."""
    if enquiry.decided_by is None:
        return ""
    person = await Person.objects().where(Person.id == enquiry.decided_by).first()
    return person.name if person else ""


async def mails_today(email: str, *, now: datetime) -> int:
    """How many enquiries with this address came within a day."""
    theirs = Enquiry.email_key == email_key(email)
    return int(await Enquiry.count().where(theirs & (Enquiry.created_at > now - timedelta(days=1))))
