"""Pages: what a signatory can do besides answering, a paper for the board, the main contact's word on somebody new."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service import settings, zones
from summit_service.errors import Conflict, Gone, Invalid, NotFound, SummitError
from summit_service.statements import actions, delegations, letters
from summit_service.web import rates, statements_pdf
from summit_service.web.forms import fields
from summit_service.web.layout import page, see_other

Page = Request[Any, Any, Any]
FIELDS = ("person", "name", "email", "words", "wrong", "day")
DONE = {
    "proposed": "We have asked your main contact to confirm. Until then the question is yours.",
    "wrong": "Thank you. The secretariat looks for the right person; you get no more reminders.",
    "day": "We remind you on that day, and not before.",
}


@get("/sign/{token:str}/others")
async def others(
    request: Page, token: FromPath[str], database_now: NamedDependency[datetime]
) -> Response[Any]:
    """Three ways out of a letter: hand it on, say that it is not for you, be reminded. Opening changes nothing."""
    return await _shown(request, token, now=database_now)


@get("/sign/{token:str}/text.pdf")
async def paper(
    request: Page, token: FromPath[str], database_now: NamedDependency[datetime]
) -> Response[Any]:
    """The pack for the signatory's board: what is asked, what it means, what changed, the text; changes nothing.

    Once signing is over it is the text alone; a link that is somebody else's now, or was disputed, opens its page.
    """
    found = await letters.letter_of(token, now=database_now)
    if found is None:
        return _nothing(request)
    if found.standing in letters.FOREIGN:
        return see_other(f"/sign/{token}")
    return await statements_pdf.for_the_board(found)


@post("/sign/{token:str}/delegation", status_code=200)
async def delegation(
    request: Page, token: FromPath[str], database_now: NamedDependency[datetime]
) -> Response[Any]:
    """To somebody named already at once; to somebody new when the main contact has confirmed."""
    form = await fields(request, *FIELDS)
    if form["person"].isascii() and form["person"].isdigit():
        chosen = int(form["person"][:9])
        doing: Awaitable[Any] = actions.delegate(token, person_id=chosen, now=database_now)
        return await _done(request, token, doing, "", form, now=database_now)
    doing = actions.propose_delegate(token, name=form["name"], email=form["email"], now=database_now)
    return await _done(request, token, doing, "/others?done=proposed", form, now=database_now)


@post("/sign/{token:str}/wrong-person", status_code=200)
async def wrong_person(
    request: Page, token: FromPath[str], database_now: NamedDependency[datetime]
) -> Response[Any]:
    """No more reminders, and a task for the secretariat."""
    form = await fields(request, *FIELDS)
    doing = actions.tell_wrong_person(
        token, words=form["words"], confirmed=form["wrong"] == "yes", now=database_now
    )
    return await _done(request, token, doing, "/others?done=wrong", form, now=database_now)


@post("/sign/{token:str}/reminder", status_code=200)
async def reminder(
    request: Page, token: FromPath[str], database_now: NamedDependency[datetime]
) -> Response[Any]:
    """One reminder on the day that was asked for, none before."""
    form = await fields(request, *FIELDS)
    doing = actions.remind_me_on(token, day=form["day"], now=database_now)
    return await _done(request, token, doing, "/others?done=day", form, now=database_now)


async def _done(
    request: Page, token: str, doing: Awaitable[Any], then: str, form: dict[str, str], *, now: datetime
) -> Response[Any]:
    rates.check(request, "answer")
    try:
        await doing
    except NotFound:
        return _nothing(request)
    except (Invalid, Conflict, Gone) as fault:
        return await _shown(request, token, now=now, form=form, fault=fault)
    return see_other(f"/sign/{token}{then}")


async def _shown(
    request: Page,
    token: str,
    *,
    now: datetime,
    form: dict[str, str] | None = None,
    fault: SummitError | None = None,
) -> Response[Any]:
    found = await letters.letter_of(token, now=now)
    if found is None:
        return _nothing(request)
    if found.standing != "open" and fault is None:
        return see_other(f"/sign/{token}")
    faults = fault.by_field() if isinstance(fault, Invalid) else {"page": fault.sentence} if fault else {}
    return page(
        request,
        "signing/others.html",
        status=422 if isinstance(fault, Invalid) else 409 if fault else 200,
        noindex=True,
        token=token,
        letter=found,
        people=[(person.id, person.name) for person in await delegations.others_of(found)],
        can_hand_on=found.request.delegated_by is None,
        done=DONE.get(request.query_params.get("done", ""), ""),
        remind_on=zones.long_moment(found.request.remind_from, found.zone)
        if found.request.remind_from
        else "",
        form=dict.fromkeys(FIELDS, "") | (form or {}),
        faults=faults,
        reply_to=settings.current().mail_reply_to,
    )


def _nothing(request: Page) -> Response[Any]:
    rates.check(request, "wrong_link")
    reply_to = settings.current().mail_reply_to
    return page(request, "signing/nothing.html", status=404, reply_to=reply_to, noindex=True)


@get("/delegations/{token:str}")
async def proposal(
    request: Page, token: FromPath[str], database_now: NamedDependency[datetime]
) -> Response[Any]:
    """Who is to answer for the organisation, and two buttons. Opening it changes nothing."""
    return await _proposal(request, token, now=database_now)


@post("/delegations/{token:str}", status_code=200)
async def settle(
    request: Page, token: FromPath[str], database_now: NamedDependency[datetime]
) -> Response[Any]:
    """The main contact's word, with the tick that a scanner does not make."""
    rates.check(request, "answer")
    form = await fields(request, "choice", "sure")
    if form["choice"] not in {"confirm", "refuse"} or form["sure"] != "yes":
        told = Invalid.one("sure", "Tick the box, then press one of the two buttons.")
        return await _proposal(request, token, now=database_now, fault=told)
    try:
        await actions.settle_delegation(token, is_confirmed=form["choice"] == "confirm", now=database_now)
    except NotFound:
        return _nothing(request)
    except (Conflict, Gone) as fault:
        return await _proposal(request, token, now=database_now, fault=fault)
    return see_other(f"/delegations/{token}")


async def _proposal(
    request: Page, token: str, *, now: datetime, fault: SummitError | None = None
) -> Response[Any]:
    found = await delegations.proposal_of(token, now=now)
    if found is None:
        return _nothing(request)
    faults = fault.by_field() if isinstance(fault, Invalid) else {"page": fault.sentence} if fault else {}
    return page(
        request,
        "signing/delegation.html",
        status=422 if isinstance(fault, Invalid) else 409 if fault else 200,
        noindex=True,
        token=token,
        proposal=found,
        faults=faults,
        reply_to=settings.current().mail_reply_to,
    )


ROUTES: list[Any] = [others, paper, delegation, wrong_person, reminder, proposal, settle]
