"""The summits that somebody is to attend, as entries of a calendar of theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from summit_service import ical
from summit_service.accounts.addresses import email_key
from summit_service.logs import logger
from summit_service.registrations import entries, rules
from summit_service.registrations.tables import Place, Registration
from summit_service.summits.tables import Edition

log = logger("feeds")


@dataclass(frozen=True, slots=True)
class Attended:
    """A summit for which somebody has a confirmed place: its number, the edition, and its VEVENT."""

    registration_id: int
    edition: Edition
    entry: bytes


async def summits_of(email: str, *, since: datetime) -> list[Attended]:
    """Each edition that ends after `since` and for which this address has a confirmed place.

    One that cannot be written is logged with its id, and the others are there all the same.
    """
    live = (Registration.email_key == email_key(email)) & Registration.cancelled_at.is_null()
    found = []
    for registration in await Registration.objects().where(live).order_by(Registration.id):
        mine = (Place.registration == registration.id) & (Place.state == rules.CONFIRMED)
        place = await Place.objects().where(mine).first()
        edition = await Edition.objects().get(Edition.id == registration.edition)
        if place is not None and edition is not None and edition.ends_on >= since.date():
            try:
                entry = entries.entry_of(registration, edition, place.attendance, "PUBLISH")
                found.append(Attended(registration.id, edition, ical.kept_vevent(entry)))
            except Exception as fault:
                log.error(
                    "a damaged registration is left out of the feed",
                    registration_id=registration.id,
                    exc_info=fault,
                )
    return found
