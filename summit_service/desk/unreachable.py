"""Addresses that take no mail: which of them the secretariat still has to do something about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from piccolo.columns import Varchar

from summit_service import caseless
from summit_service.accounts.tables import Person
from summit_service.contributions.tables import Contribution
from summit_service.enquiries.tables import Enquiry
from summit_service.mail import queries as mail
from summit_service.mail.tables import BouncingAddress
from summit_service.members.tables import Handover, Organisation, Role
from summit_service.registrations.tables import Invitation, Registration
from summit_service.speakers.tables import SpeakerContact
from summit_service.statements.tables import Delegation, Dispute
from summit_service.waiting import Waiting

PLACES: tuple[tuple[Varchar, Any], ...] = (
    (Organisation.contact_email, Organisation.standing != "former"),
    (Handover.successor_email, Handover.outcome == ""),
    (Enquiry.email_key, Enquiry.decision == ""),
    (Registration.email_key, Registration.cancelled_at.is_null()),
    (Invitation.email_key, Invitation.ended_at.is_null()),
    (Contribution.email_key, Contribution.withdrawn_at.is_null()),
    (SpeakerContact.email_key, SpeakerContact.id > 0),
    (Delegation.email, Delegation.outcome == ""),
    (Dispute.email, Dispute.settled_at.is_null()),
)
"""Where somebody is reached besides their roles, and while what is true."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address that takes no mail; it waits while something here goes to it and nobody has said what they know."""

    row: BouncingAddress
    is_used: bool

    @property
    def waits(self) -> bool:
        return self.is_used and not self.row.settled_as


async def for_secretariat(now: datetime) -> list[Waiting]:
    """One line for all of them."""
    count = sum(one.waits for one in await addresses())
    if not count:
        return []
    told = "1 address takes" if count == 1 else f"{count} addresses take"
    url = "/desk/mails/received#addresses"
    return [Waiting(2, f"{told} no mail any more.", url, "See whose", count=count)]


async def addresses() -> list[Address]:
    """All that are marked, those that wait first, then the newest."""
    rows = await mail.bouncing_addresses()
    used = await _used([row.email_key for row in rows])
    found = [Address(row, row.email_key in used) for row in rows]
    return sorted(found, key=lambda one: not one.waits)


async def _used(keys: list[str]) -> set[str]:
    """The keys that something here goes to: not so when their people have left, or are reached elsewhere by now."""
    if not keys:
        return set()
    used = await _of_people(keys)
    for column, is_live in PLACES:
        rows = await column._meta.table.select(column).where(caseless.is_one_of(column, keys) & is_live)
        used |= {row[column._meta.name].lower() for row in rows}
    return used


async def _of_people(keys: list[str]) -> set[str]:
    """Of people, but for those all of whose roles have ended."""
    people = await Person.select(Person.id, Person.email).where(caseless.is_one_of(Person.email, keys))
    ids = [row["id"] for row in people] or [0]
    roles = await Role.select(Role.person, Role.ended_at).where(Role.person.is_in(ids))
    live = {row["person"] for row in roles if row["ended_at"] is None}
    left = {row["person"] for row in roles} - live
    return {row["email"].lower() for row in people if row["id"] not in left}
