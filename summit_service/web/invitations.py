"""Pages: inviting somebody past the queue, and what the link in the invitation opens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Conflict, Gone, Invalid, NotFound, SummitError
from summit_service.registrations import actions, invited, queries, retention, rules
from summit_service.registrations import questions as asking
from summit_service.registrations.invited import Invited
from summit_service.registrations.rooms import rooms_of
from summit_service.summits import queries as summits
from summit_service.summits.tables import Edition
from summit_service.web import kept, question_fields, rates
from summit_service.web.forms import text
from summit_service.web.layout import page, see_other
from summit_service.web.question_fields import Blanks, given_from, zone_options

Page = Request[Any, Any, Any]
STATES = {
    "": ("Open", "wait"),
    rules.ACCEPTED: ("Accepted", "good"),
    rules.DECLINED: ("Declined", "plain"),
    rules.WITHDRAWN: ("Withdrawn", "plain"),
    rules.EXPIRED: ("Expired", "wrong"),
    rules.SWITCHED: ("Has a place otherwise", "good"),
}


@get("/desk/summits/{year:int}/invitations")
async def invitations(
    request: Page, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Who was invited, what became of it, and the form."""
    check_secretariat(actor)
    return await _list(request, await summits.found_edition(year), {}, actor=actor, now=now)


@post("/desk/summits/{year:int}/invitations", status_code=200)
async def invite(
    request: Page, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Hold a place and mail the link."""
    form = await request.form()
    typed = {name: text(form, name) for name in ("name", "email", "attendance")}
    try:
        await actions.invite(year, **typed, actor=actor, now=now)
    except Invalid as fault:
        edition = await summits.found_edition(year)
        return await _list(request, edition, typed, faults=fault.by_field(), actor=actor, now=now)
    except (Conflict, Gone) as fault:
        edition = await summits.found_edition(year)
        return await _list(request, edition, typed, refusal=fault, actor=actor, now=now)
    return see_other(f"/desk/summits/{year}/invitations?done=invited")


@post("/desk/summits/{year:int}/invitations/{number:int}/withdrawal")
async def withdraw(
    year: FromPath[int], number: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Take it back; the place goes to the next in line."""
    await actions.withdraw(number, actor=actor, now=now)
    return see_other(f"/desk/summits/{year}/invitations")


@get("/invitations/{token:str}")
async def invitation(request: Page, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """Who invites, to what, and the form. Opening it changes nothing."""
    try:
        found = await invited.opened(token, now=now)
    except NotFound as fault:
        return unknown(request, fault)
    return await _form(request, token, found, {"name": found.invitation.name})


@post("/invitations/{token:str}", status_code=200)
async def accept(request: Page, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """Take the place that is held."""
    form = await request.form()
    try:
        found = await invited.opened(token, now=now)
        given = given_from(form, await asking.questions_of(found.edition.id))
        outcome = await actions.accept_invitation(token, given, now=now)
    except NotFound as fault:
        return unknown(request, fault)
    except Invalid as fault:
        typed = {name: value for name, value in form.items() if isinstance(value, str)}
        return await _form(request, token, found, typed, faults=fault.by_field())
    except Gone:
        return await _form(request, token, await invited.opened(token, now=now), {}, status=410)
    summary = [("Name", given.name), ("E-mail", outcome.email)]
    return page(
        request,
        "registrations/registered.html",
        edition=found.edition,
        outcome=outcome,
        summary=summary,
        noindex=True,
    )


@post("/invitations/{token:str}/refusal")
async def decline(request: Page, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """Say no."""
    try:
        await actions.decline_invitation(token, now=now)
    except NotFound as fault:
        return unknown(request, fault)
    except Gone:
        return await _form(request, token, await invited.opened(token, now=now), {}, status=410)
    return see_other(f"/invitations/{token}")


async def _list(
    request: Page,
    edition: Edition,
    typed: Mapping[str, str],
    *,
    actor: Actor,
    now: datetime,
    faults: Mapping[str, str] | None = None,
    refusal: SummitError | None = None,
) -> Response[Any]:
    rows = [
        (one, STATES[invited.reason_of(one, now=now)]) for one in await invited.invitations_of(edition.id)
    ]
    until = rules.invitation_expiry(queries.window_of(edition), now=now)
    return page(
        request,
        "registrations/invitations.html",
        actor=actor,
        status=422 if faults else 409 if refusal else 200,
        edition=edition,
        kept_rows=kept.told_rows(retention.invitation_erased_on(until, edition.timezone)),
        taken_until=retention.erased_on(edition.ends_on, retention.REST_KEPT),
        rows=rows,
        rooms=await rooms_of(edition),
        words=rules.WORDS,
        until=until,
        done=request.query_params.get("done", "") == "invited",
        refusal=refusal.sentence if refusal else "",
        typed=Blanks(typed),
        faults=Blanks(faults or {}),
    )


async def _form(
    request: Page,
    token: str,
    found: Invited,
    typed: Mapping[str, str],
    *,
    faults: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response[Any]:
    return page(
        request,
        "registrations/invitation.html",
        status=422 if faults else status,
        token=token,
        invitation=found.invitation,
        edition=found.edition,
        ended=found.reason,
        erased_on=invited.erased_on(found.invitation, found.edition),
        words=rules.WORDS,
        questions=await question_fields.put(found.edition.id, typed=typed),
        zone_options=zone_options(),
        kept_rows=kept.rows(retention.FIELDS, found.edition),
        typed=Blanks(typed),
        faults=Blanks(faults or {}),
        noindex=True,
    )


def unknown(request: Page, fault: NotFound) -> Response[Any]:
    """The page for a link that opens no invitation."""
    rates.check(request, "wrong_link")
    return page(request, "registrations/unknown.html", status=404, sentence=fault.sentence, noindex=True)


ROUTES: list[Any] = [invitations, invite, withdraw, invitation, accept, decline]
