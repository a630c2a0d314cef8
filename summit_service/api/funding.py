"""JSON: calls for funding, and who wants to apply."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from summit_service.accounts.actor import Actor, check_signed_in
from summit_service.funding import actions, queries, rules
from summit_service.funding.queries import CallView
from summit_service.funding.rules import Details, Interest


class CallBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A call. `deadline_at` is wall time in `timezone`; a day alone means its end. Etc/GMT+12 is anywhere on Earth."""

    title: str
    funder: str
    deadline_at: str
    timezone: str
    summary: str
    url: str = ""
    amount: str = ""
    currency: str = ""
    countries: list[str] = []
    organisation: str = ""


class CallChange(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The fields to change; others stay."""

    title: str | msgspec.UnsetType = msgspec.UNSET
    funder: str | msgspec.UnsetType = msgspec.UNSET
    deadline_at: str | msgspec.UnsetType = msgspec.UNSET
    timezone: str | msgspec.UnsetType = msgspec.UNSET
    summary: str | msgspec.UnsetType = msgspec.UNSET
    url: str | msgspec.UnsetType = msgspec.UNSET
    amount: str | msgspec.UnsetType = msgspec.UNSET
    currency: str | msgspec.UnsetType = msgspec.UNSET
    countries: list[str] | msgspec.UnsetType = msgspec.UNSET


class WhyBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Why."""

    reason: str


class CallOut(msgspec.Struct, kw_only=True):
    """A call; `state` is waiting, returned, published or withdrawn, `event` the slug of its deadline's event."""

    slug: str
    title: str
    funder: str
    url: str
    amount: str
    currency: str
    deadline_at: str
    timezone: str
    deadline: datetime
    countries: list[str]
    summary: str
    organisation: str
    state: str
    event: str


class CallList(msgspec.Struct, kw_only=True):
    """Calls, the next deadline first, past ones the last first; `next` is the cursor of the following page."""

    items: list[CallOut]
    next: str | None = None


class InterestBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What an organisation wants: `role` is leads, partners or either."""

    role: str
    brings: str
    contact: str
    organisation: str = ""


class InterestEnd(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which organisation does not apply after all."""

    organisation: str = ""


class InterestOut(msgspec.Struct, kw_only=True):
    """An organisation that wants to apply."""

    organisation: str
    role: str
    brings: str
    contact: str
    since: datetime


class InterestList(msgspec.Struct, kw_only=True):
    """Who wants to apply, the first one first; all of them."""

    items: list[InterestOut]
    next: str | None = None


@post("/funding")
async def post_call(
    data: JSONBody[CallBody], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[CallOut]:
    """Bring a call to the network."""
    values = {name: getattr(data, name) for name in rules.FIELDS}
    details = Details(**{**values, "countries": tuple(data.countries)})
    made = await actions.post(details, organisation=data.organisation, actor=actor, now=now)
    return Response(_out(made), status_code=201, headers={"Location": f"/api/v1/funding/{made.slug}"})


@get("/funding")
async def calls(
    now: NamedDependency[datetime],
    *,
    q: FromQuery[str] = "",
    country: FromQuery[str] = "",
    past: FromQuery[bool] = False,
    cursor: FromQuery[str] = "",
    limit: Annotated[int, QueryParameter(ge=1, le=queries.MOST)] = queries.PAGE,
) -> CallList:
    """Calls that are published, with the filters of the page."""
    found, following = await queries.listed(
        now=now, q=q, country=country.upper(), is_past=past, after=cursor, limit=limit
    )
    return CallList(items=[_out(one) for one in found], next=following or None)


@get("/funding/{slug:str}")
async def call(slug: FromPath[str], actor: NamedDependency[Actor]) -> CallOut:
    """One call."""
    return _out(await queries.call_by_slug(slug, viewer=actor))


@patch("/funding/{slug:str}")
async def change_call(
    slug: FromPath[str],
    data: JSONBody[CallChange],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> CallOut:
    """Change some fields; the calendar follows."""
    changes: dict[str, Any] = {
        name: getattr(data, name) for name in rules.FIELDS if getattr(data, name) is not msgspec.UNSET
    }
    if "countries" in changes:
        changes["countries"] = tuple(changes["countries"])
    return _out(await actions.change(slug, changes, actor=actor, now=now))


@post("/funding/{slug:str}/confirmation", status_code=201)
async def confirm_call(
    slug: FromPath[str], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> CallOut:
    """Publish the first call of a new organisation."""
    return _out(await actions.confirm(slug, actor=actor, now=now))


@post("/funding/{slug:str}/return", status_code=201)
async def return_call(
    slug: FromPath[str],
    data: JSONBody[WhyBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> CallOut:
    """Give it back to who posted it, with a reason."""
    return _out(await actions.give_back(slug, reason=data.reason, actor=actor, now=now))


@post("/funding/{slug:str}/withdrawal", status_code=201)
async def withdraw_call(
    slug: FromPath[str],
    data: JSONBody[WhyBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> CallOut:
    """Take it back for good; its deadline is cancelled in the calendar."""
    return _out(await actions.withdraw(slug, reason=data.reason, actor=actor, now=now))


@get("/funding/{slug:str}/interests")
async def interests(slug: FromPath[str], actor: NamedDependency[Actor]) -> InterestList:
    """Who wants to apply; for members."""
    check_signed_in(actor)
    return await _interests(slug, actor)


@post("/funding/{slug:str}/interests")
async def join_in(
    slug: FromPath[str],
    data: JSONBody[InterestBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[InterestList]:
    """Say that your organisation wants to apply; said again, the words change."""
    interest = Interest(role=data.role, brings=data.brings, contact=data.contact)
    await actions.join_in(slug, interest, organisation=data.organisation, actor=actor, now=now)
    return Response(await _interests(slug, actor), status_code=201)


@post("/funding/{slug:str}/interests/withdrawal", status_code=201)
async def step_back(
    slug: FromPath[str],
    data: JSONBody[InterestEnd],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> InterestList:
    """Your organisation does not apply after all."""
    await actions.step_back(slug, organisation=data.organisation, actor=actor, now=now)
    return await _interests(slug, actor)


def _out(found: CallView) -> CallOut:
    return CallOut(
        slug=found.slug,
        deadline=found.deadline,
        countries=list(found.details.countries),
        organisation=found.organisation,
        state=found.state,
        event=found.event,
        **{name: getattr(found.details, name) for name in rules.FIELDS if name != "countries"},
    )


async def _interests(slug: str, actor: Actor) -> InterestList:
    found = await queries.call_by_slug(slug, viewer=actor)
    return InterestList(
        items=[
            InterestOut(
                organisation=one.slug,
                role=one.role,
                brings=one.brings,
                contact=one.contact,
                since=one.since,
            )
            for one in await queries.interests_in(found.id, viewer=actor)
        ]
    )


ROUTES: list[Any] = [
    post_call,
    calls,
    call,
    change_call,
    confirm_call,
    return_call,
    withdraw_call,
    interests,
    join_in,
    step_back,
]
