"""Offers of places that became free: accepted, declined, or over when their time is."""

from __future__ import annotations

from datetime import datetime

from summit_service import db
from summit_service.errors import Conflict, Gone
from summit_service.mail import outbox
from summit_service.registrations import mails, queries, rules
from summit_service.registrations.actions import manage, places, seats
from summit_service.registrations.queries import Standing
from summit_service.registrations.tables import Place
from summit_service.summits.tables import Edition

NO_OFFER = "No place is offered to you at the moment."


async def accept(token: str, *, now: datetime) -> Standing:
    """Take the place that is offered; one that is held beside it becomes free. A second time changes nothing.

    Raises Gone for an offer whose time is over, and Conflict where there was none.
    """
    await _settle_edition_of(token, now=now)
    async with db.transaction():
        edition, standing = await manage.opened(token, now=now)
        offer = _offer_of(standing)
        if offer is None:
            return await _without_offer(standing)
        rules.check_offer_open(offer.offer_expires_at, zone=edition.timezone, now=now)
        await _confirm(edition, standing, offer, now=now)
        await places.settle(edition, now=now)
        return await queries.standing(standing.registration.id, now=now)


async def decline(token: str, *, now: datetime) -> Standing:
    """Let the offered place go; what is held stays, and without such a place the registration ends."""
    await _settle_edition_of(token, now=now)
    async with db.transaction():
        edition, standing = await manage.opened(token, now=now)
        offer = _offer_of(standing)
        if offer is None:
            return await _without_offer(standing)
        if standing.confirmed is None:
            await manage.end_registration(edition, standing, reason=rules.DECLINED, now=now)
        else:
            await places.end(offer, reason=rules.DECLINED, now=now)
            await outbox.stop(
                mails.about(standing.registration),
                reason="The offer was declined.",
                kinds=[mails.OFFERED],
                now=now,
            )
        await places.settle(edition, now=now)
        return await queries.standing(standing.registration.id, now=now)


async def expire_offers(now: datetime) -> None:
    """Housekeeping: where an offer is over, or a place is free and people wait, the next in line gets it."""
    for edition_id in await queries.editions_to_settle(now=now):
        await fill_places(edition_id, now=now)


async def fill_places(edition_id: int, *, now: datetime) -> None:
    """Offer the free places of an edition to those who wait, such as after its limit was raised."""
    async with db.transaction():
        await places.settle(await places.lock_edition(edition_id), now=now)


async def _settle_edition_of(token: str, *, now: datetime) -> None:
    """In a transaction of its own, so that the next in line gains even when this request is refused."""
    registration_id = await queries.registration_id_of(token, now=now)
    standing = await queries.standing(registration_id, now=now)
    if await queries.expired_offers(standing.edition.id, now=now):
        await fill_places(standing.edition.id, now=now)


async def _confirm(edition: Edition, standing: Standing, offer: Place, *, now: datetime) -> None:
    registration, held = standing.registration, standing.confirmed
    if held is not None:
        await places.end(held, reason=rules.SWITCHED, now=now)
    offer.state = rules.CONFIRMED
    await offer.save([Place.state])
    await places.spare_invitation(registration, offer.attendance, now=now)
    await outbox.stop(
        mails.about(registration),
        reason="The offer was accepted.",
        kinds=[mails.OFFERED, mails.MANAGE_LINK],
        now=now,
    )
    if held is None:
        await mails.confirmed(registration, edition, offer, now=now)
        return
    await seats.leave_unfit(edition, registration.id, offer, now=now)
    await manage.replace_entry(registration, now=now)
    await mails.changed(registration, edition, offer, now=now)


def _offer_of(standing: Standing) -> Place | None:
    awaited = standing.awaited
    return awaited if awaited is not None and awaited.state == rules.OFFERED else None


async def _without_offer(standing: Standing) -> Standing:
    """Accepted or declined before: as it was. Raises Gone or Conflict where no offer was answered."""
    reason = await queries.last_ended_reason(standing.registration.id)
    if reason == rules.EXPIRED:
        raise Gone("This offer has expired, and the place went to the next in line.", code="offer_expired")
    if standing.confirmed is None and reason != rules.DECLINED:
        raise Conflict(NO_OFFER, code="no_offer")
    return standing
