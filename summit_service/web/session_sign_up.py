"""Pages: what a delegate signs up for, opened by the link in the registration's mail. No cookie, no account."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.errors import Conflict, Gone, NotFound, SummitError
from summit_service.registrations import actions, queries, rules, seating, sign_ups
from summit_service.web import rates
from summit_service.web.forms import fields
from summit_service.web.layout import page, see_other

Page = Request[Any, Any, Any]
DONE = frozenset({"seat", "turn", "left"})


@get("/registrations/{token:str}/sessions")
async def sessions(request: Page, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """Every session that takes sign-ups, and where this delegate stands in it."""
    try:
        number = await queries.registration_id_of(token, now=now)
    except NotFound:
        return _unknown(request)
    done = request.query_params.get("done", "")
    return await _page(request, token, number, done=done if done in DONE else "", now=now)


@post("/registrations/{token:str}/sessions")
async def choose(request: Page, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """Sign up for one (`join`) or leave it (`leave`)."""
    form = await fields(request, "join", "leave")
    try:
        number = await queries.registration_id_of(token, now=now)
    except NotFound:
        return _unknown(request)
    try:
        if form["leave"]:
            await actions.leave(token, form["leave"], now=now)
            done = "left"
        else:
            held = await actions.sign_up(token, form["join"], now=now)
            done = "seat" if held.state == rules.CONFIRMED else "turn"
    except (Conflict, Gone, NotFound) as refusal:
        return await _page(request, token, number, refusal=refusal, now=now)
    return see_other(f"/registrations/{token}/sessions?done={done}")


async def _page(
    request: Page,
    token: str,
    registration_id: int,
    *,
    now: datetime,
    done: str = "",
    refusal: SummitError | None = None,
) -> Response[Any]:
    standing = await queries.standing(registration_id, now=now)
    listed = await sign_ups.sign_ups_of(standing.edition.id)
    held = await sign_ups.seats_of(registration_id)
    attends = standing.confirmed.attendance if standing.confirmed is not None else ""
    seats = [
        one.session
        for one in listed
        if not one.is_off and one.row.id in held and held[one.row.id].state == rules.CONFIRMED
    ]
    status = {Gone: 410, NotFound: 404}.get(type(refusal), 409) if refusal else 200
    return page(
        request,
        "registrations/sessions.html",
        status=status,
        standing=standing,
        edition=standing.edition,
        token=token,
        done=done,
        refusal=refusal.sentence if refusal else "",
        listed=listed,
        held=held,
        refused={one.row.id: _why_not(one, attends, now=now) for one in listed},
        clashes=seating.clashes(seats),
        at_same_time={
            one.row.id: [other.title for other in seats if seating.overlap(one.session, other)]
            for one in listed
        },
        when={one.row.id: seating.when_and_where(one.session, one.zone) for one in listed},
        can_leave={one.row.id: now < one.session.starts for one in listed},
        noindex=True,
    )


def _why_not(one: sign_ups.Listed, attends: str, *, now: datetime) -> str:
    """Why this delegate cannot sign up; empty where they can."""
    try:
        seating.check_can_sign_up(
            one.item,
            attends=attends,
            wanted=one.row.attendance,
            is_open=one.row.is_open,
            zone=one.zone,
            now=now,
        )
    except (Conflict, Gone) as refusal:
        return refusal.sentence
    return ""


def _unknown(request: Page) -> Response[Any]:
    rates.check(request, "wrong_link")
    return page(
        request, "registrations/unknown.html", status=404, sentence=queries.UNKNOWN_LINK, noindex=True
    )


ROUTES: list[Any] = [sessions, choose]
