"""JSON: the mails that one has chosen, and the hour at which they come."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from litestar import get, patch
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import UNSET, Meta, Struct, UnsetType

from summit_service import settings
from summit_service.accounts.actor import Actor, check_secretariat, check_signed_in
from summit_service.desk import actions as desk
from summit_service.desk.queries import morning_hour_of
from summit_service.digests import actions as digests
from summit_service.digests.queries import choice_of
from summit_service.mail import streams

Hour = Annotated[int, Meta(ge=0, le=23)]
Rhythm = Literal["off", "weekly", "monthly"]


class MailsBody(Struct, forbid_unknown_fields=True):
    """What is to change; a field that is left out stays. `morning` and its hour are of the secretariat alone."""

    digest: Rhythm | UnsetType = UNSET
    digest_hour: Hour | UnsetType = UNSET
    morning: bool | UnsetType = UNSET
    morning_hour: Hour | UnsetType = UNSET


class MailsOut(Struct):
    """The digest of the calendar and the morning mail of the desk, each at its hour by the clock in `timezone`.

    `morning` is null for whoever is not in the secretariat.
    """

    timezone: str
    digest: str
    digest_hour: int
    morning: bool | None
    morning_hour: int | None


@get("/me/mails", tags=["Own data"], summary="Which mails you want, and when")
async def own_mails(actor: NamedDependency[Actor]) -> MailsOut:
    """For whoever is signed in, their own."""
    check_signed_in(actor)
    return await _chosen(actor)


@patch("/me/mails", tags=["Own data"], summary="Choose your mails and their hours")
async def choose_own_mails(
    data: JSONBody[MailsBody], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> MailsOut:
    """For whoever is signed in, their own. An hour alone begins no digest that is off."""
    check_signed_in(actor)
    is_about_mornings = data.morning is not UNSET or data.morning_hour is not UNSET
    if is_about_mornings:
        check_secretariat(actor)
    known = await _chosen(actor)
    if data.digest is not UNSET or data.digest_hour is not UNSET:
        rhythm = known.digest if data.digest is UNSET else data.digest
        hour = known.digest_hour if data.digest_hour is UNSET else data.digest_hour
        await digests.choose(rhythm, hour=str(hour), actor=actor, now=now)
    if is_about_mornings:
        is_wanted = bool(known.morning) if data.morning is UNSET else data.morning
        hour = known.morning_hour or 0 if data.morning_hour is UNSET else data.morning_hour
        await desk.choose_morning(is_wanted=is_wanted, hour=str(hour), actor=actor, now=now)
    return await _chosen(actor)


async def _chosen(actor: Actor) -> MailsOut:
    rhythm, digest_hour = await choice_of(actor.person_id or 0, actor.email)
    is_desk = actor.is_secretariat
    return MailsOut(
        timezone=actor.timezone or settings.current().timezone,
        digest=rhythm,
        digest_hour=digest_hour,
        morning=not await streams.is_stopped(actor.email, streams.MORNING) if is_desk else None,
        morning_hour=await morning_hour_of(actor.person_id or 0) if is_desk else None,
    )


ROUTES: list[Any] = [own_mails, choose_own_mails]
