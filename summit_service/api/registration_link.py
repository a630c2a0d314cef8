"""JSON: what a delegate does with their own registration, by the link of its mail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from summit_service.api.registrations import DetailsBody
from summit_service.registrations import actions, delegates, queries, stored
from summit_service.registrations.queries import Standing
from summit_service.registrations.tables import Place

TAGS = ["One’s own registration"]


class AttendanceBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`in_person` or `online`; with `or_wait` you wait where no place is free, and keep what you have meanwhile."""

    attendance: str
    or_wait: bool = False


class AwaitedOut(msgspec.Struct, kw_only=True):
    """A place that you wait for (`waitlisted`, at that position) or are offered (`offered`, until then)."""

    attendance: str
    state: str
    position: int | None
    offer_expires_at: datetime | None


class StandingOut(msgspec.Struct, kw_only=True):
    """How it stands: `confirmed`, `offered`, `waitlisted` or `cancelled`; `attendance` is that of your place."""

    year: int
    state: str
    attendance: str
    awaited: AwaitedOut | None


class RegistrationOut(StandingOut, kw_only=True):
    """How it stands, and what you told us; the address is that of the mail."""

    told: DetailsBody


class DelegateOut(msgspec.Struct, kw_only=True):
    """A delegate who has agreed that the others see this."""

    name: str
    organisation: str


class DelegateList(msgspec.Struct, kw_only=True):
    """Delegates by name."""

    items: list[DelegateOut]
    next: str | None = None


@get("/registrations/{token:str}", tags=TAGS, summary="Your registration")
async def show_registration(token: FromPath[str], now: NamedDependency[datetime]) -> RegistrationOut:
    """How it stands and what you told us. `token` is the last part of the link."""
    number = await queries.registration_id_of(token, now=now)
    return _whole(await queries.standing(number, now=now))


@get("/registrations/{token:str}/delegates", tags=TAGS, summary="Who else comes")
async def list_delegates(
    token: FromPath[str], now: NamedDependency[datetime], q: FromQuery[str] = ""
) -> DelegateList:
    """Those who have agreed to be listed, with `q` in name or organisation; 409 while your place is not confirmed."""
    standing = await queries.standing(await queries.registration_id_of(token, now=now), now=now)
    found = await delegates.listed_for(standing, search=q[:200])
    return DelegateList(items=[DelegateOut(name=one.name, organisation=one.organisation) for one in found])


@put("/registrations/{token:str}/details", tags=TAGS, summary="Change what you told us")
async def change_details(
    token: FromPath[str], data: JSONBody[DetailsBody], now: NamedDependency[datetime]
) -> RegistrationOut:
    """Until the day that the summit has set; the place stays."""
    return _whole(await actions.change_details(token, data.given(), now=now))


@put("/registrations/{token:str}/attendance", tags=TAGS, summary="Attend in another way")
async def change_attendance(
    token: FromPath[str], data: JSONBody[AttendanceBody], now: NamedDependency[datetime]
) -> StandingOut:
    """What you hold stays until the other place is there; 409 with `full` where none is free and you do not wait."""
    await queries.registration_id_of(token, now=now)  # a link that opens nothing says so first
    moved = await actions.change_attendance(token, attendance=data.attendance, or_wait=data.or_wait, now=now)
    return _standing(moved)


@post("/registrations/{token:str}/acceptance", status_code=200, tags=TAGS, summary="Take the offered place")
async def accept(token: FromPath[str], now: NamedDependency[datetime]) -> StandingOut:
    """A second time changes nothing; 410 once its time is over."""
    return _standing(await actions.accept(token, now=now))


@post("/registrations/{token:str}/refusal", status_code=200, tags=TAGS, summary="Let the offered place go")
async def decline(token: FromPath[str], now: NamedDependency[datetime]) -> StandingOut:
    """What you hold stays; without it the registration ends."""
    return _standing(await actions.decline(token, now=now))


@post("/registrations/{token:str}/waiting/end", status_code=200, tags=TAGS, summary="Stop waiting")
async def stop_waiting(token: FromPath[str], now: NamedDependency[datetime]) -> StandingOut:
    """Leave the queue and keep the place that you hold; 409 where you hold none."""
    return _standing(await actions.stop_waiting(token, now=now))


@post("/registrations/{token:str}/cancellation", status_code=200, tags=TAGS, summary="Cancel it")
async def cancel(token: FromPath[str], now: NamedDependency[datetime]) -> StandingOut:
    """The place is free for the next; a second time changes nothing."""
    return _standing(await actions.cancel(token, now=now))


@delete("/registrations/{token:str}", tags=TAGS, summary="Erase it")
async def erase(token: FromPath[str], now: NamedDependency[datetime]) -> None:
    """Cancel it and erase everything at once; no mail is sent, and from then on the link opens nothing (404)."""
    await actions.erase_at_once(token, now=now)


def _whole(standing: Standing) -> RegistrationOut:
    row = standing.registration
    told = DetailsBody(
        name=row.name,
        organisation=row.organisation,
        dietary=row.dietary,
        access_needs=row.access_needs,
        is_listed=row.is_listed,
        timezone=row.timezone or "",
        answers=dict(stored.values(row.answers)),
    )
    return RegistrationOut(**msgspec.structs.asdict(_standing(standing)), told=told)


def _standing(standing: Standing) -> StandingOut:
    return StandingOut(
        year=standing.edition.year,
        state=standing.state,
        attendance=standing.confirmed.attendance if standing.confirmed else "",
        awaited=_awaited(standing.awaited, standing.position) if standing.awaited else None,
    )


def _awaited(place: Place, position: int | None) -> AwaitedOut:
    return AwaitedOut(
        attendance=place.attendance,
        state=place.state,
        position=position,
        offer_expires_at=place.offer_expires_at,
    )


ROUTES: list[Any] = [
    show_registration, list_delegates, change_details, change_attendance, accept, decline, stop_waiting, cancel, erase,
]  # fmt: skip
