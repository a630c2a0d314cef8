"""Pages: one's own agenda of a summit, kept by a cookie on this device, by a link on others, and as a calendar.

These pages ride on no login: the secret in the cookie or in the link opens an agenda and nothing else.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service import qr, settings
from summit_service.accounts.actor import Actor
from summit_service.agendas import actions, queries, rules
from summit_service.agendas.tables import AgendaKey
from summit_service.errors import NotFound
from summit_service.feeds.personal import address_of
from summit_service.registrations import queries as registrations
from summit_service.registrations import sign_ups
from summit_service.registrations.sign_ups import Held
from summit_service.summits import queries as summits
from summit_service.summits.tables import Edition
from summit_service.web import rates, subscribe
from summit_service.web.forms import fields
from summit_service.web.layout import html, is_htmx, page, render, see_other

Page = Request[Any, Any, Any]
COOKIE_SECONDS = 400 * 86_400
"""As long as browsers keep a cookie."""


def secret_of(request: Page, year: int) -> str:
    """What this device holds for the agenda of that year; empty where it holds nothing."""
    return request.cookies.get(_cookie_name(year), "")


@get("/summits/{year:int}/agenda")
async def agenda(
    request: Page, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """The starred sessions by day, what overlaps, and the calendar of them."""
    edition = await summits.found_edition(year, is_announced_only=True)
    release = await summits.last_release(edition.id)
    if release is None:
        return page(request, "summits/no_programme.html", actor=actor, edition=edition)
    token = secret_of(request, year)
    key = await queries.key_of(token, edition_id=edition.id)
    starred = await queries.stars_of(key.agenda.id) if key else frozenset()
    return page(
        request,
        "summits/agenda.html",
        actor=actor,
        edition=edition,
        header=summits.snapshot_of(release).header,
        view=rules.view_of(summits.snapshot_of(release), starred),
        key=key,
        chosen=await _chosen(key, edition),
        done=request.query_params.get("done", ""),
        noindex=True,
        **(_addresses(token, edition) if key else {}),
    )


async def _chosen(key: AgendaKey | None, edition: Edition) -> dict[str, Held]:
    """The seats of the registration that the agenda belongs to, by the UID of the session; none of any other."""
    number = key.agenda.holder.removeprefix("registration:") if key else ""
    return await sign_ups.chosen_by(int(number), edition.id) if number.isdecimal() else {}


@post("/summits/{year:int}/agenda/stars")
async def change_stars(request: Page, year: FromPath[int], now: NamedDependency[datetime]) -> Response[Any]:
    """Put one session into the agenda (`star`) or take it out (`unstar`); then back to where it was pressed."""
    rates.check(request, "agenda")
    form = await fields(request, "star", "unstar", "day", "page")
    token, session = secret_of(request, year), form["star"] or form["unstar"]
    if form["star"]:
        token = await actions.star(year, session, token=token, now=now)
    else:
        await actions.unstar(year, session, token=token, now=now)
    answer = await _changed(request, year, session, form)
    if token and form["star"]:
        answer.set_cookie(_cookie(year, token))
    return answer


async def _changed(request: Page, year: int, session: str, form: dict[str, str]) -> Response[Any]:
    if is_htmx(request):
        is_starred, title = bool(form["star"]), await _title_of(year, session)
        return html(render(request, "summits/_starred.html", id=session, title=title, is_starred=is_starred))
    if form["page"] == "agenda":
        return see_other(f"/summits/{year}/agenda")
    day = form["day"] if form["day"].replace("-", "").isalnum() else ""
    return see_other(f"/summits/{year}/programme?day={day}#{session}")


async def _title_of(year: int, slug: str) -> str:
    edition = await summits.found_edition(year, is_announced_only=True)
    snapshot = summits.snapshot_of(await summits.shown_release(edition.id, None))
    return rules.session_to_star(snapshot, slug).title


@post("/summits/{year:int}/agenda/address")
async def replace_address(
    request: Page, year: FromPath[int], now: NamedDependency[datetime]
) -> Response[Any]:
    """A new secret for this agenda; the calendar address and the link of the old one have ended."""
    rates.check(request, "agenda")
    token = await actions.replace_key(year, token=secret_of(request, year), now=now)
    return _here(year, token, done="address")


@get("/agendas/{token:str}/{year:int}")
async def other_device(request: Page, token: FromPath[str], year: FromPath[int]) -> Response[Any]:
    """What the link of an agenda opens on another device: a button, as opening changes nothing."""
    edition = await summits.found_edition(year, is_announced_only=True)
    if await queries.key_of(token, edition_id=edition.id) is None:
        return _unknown(request)
    return page(request, "summits/agenda_link.html", edition=edition, token=token, noindex=True)


@post("/agendas/{token:str}/{year:int}")
async def use_here(request: Page, token: FromPath[str], year: FromPath[int]) -> Response[Any]:
    """Keep the agenda of the link on this device."""
    edition = await summits.found_edition(year, is_announced_only=True)
    if await queries.key_of(token, edition_id=edition.id) is None:
        return _unknown(request)
    return _here(year, token)


@post("/registrations/{token:str}/agenda")
async def open_mine(request: Page, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """Open on this device the agenda that belongs to a registration."""
    rates.check(request, "agenda")
    try:
        number = await registrations.registration_id_of(token, now=now)
    except NotFound:
        rates.check(request, "wrong_link")
        return page(
            request,
            "registrations/unknown.html",
            status=404,
            sentence=registrations.UNKNOWN_LINK,
            noindex=True,
        )
    edition = (await registrations.standing(number, now=now)).edition
    secret = secret_of(request, edition.year)
    opened = await actions.open_for(f"registration:{number}", edition.id, token=secret, now=now)
    return _here(edition.year, opened)


def _here(year: int, token: str, *, done: str = "") -> Response[Any]:
    answer = see_other(f"/summits/{year}/agenda{f'?done={done}' if done else ''}")
    answer.set_cookie(_cookie(year, token))
    return answer


def _unknown(request: Page) -> Response[Any]:
    rates.check(request, "wrong_link")
    return page(request, "summits/agenda_link.html", status=404, edition=None, token="", noindex=True)


def _cookie_name(year: int) -> str:
    return f"{'__Host-' if settings.current().is_https else ''}summit_agenda_{year}"


def _cookie(year: int, token: str) -> Cookie:
    return Cookie(
        key=_cookie_name(year),
        value=token,
        path="/",
        httponly=True,
        secure=settings.current().is_https,
        samesite="lax",
        max_age=COOKIE_SECONDS,
    )


def _addresses(token: str, edition: Edition) -> dict[str, Any]:
    """The calendar's address for each kind of app, and the link for another device with its QR code."""
    link = f"{settings.current().base_url}/agendas/{token}/{edition.year}"
    address = address_of(queries.calendar_token(token))
    feed = subscribe.Feed("agenda", f"My sessions: {edition.title}", address, "")
    code = qr.picture(link)
    return {"feed": feed, "link": link, "link_qr": code, **subscribe.ways_into(feed)}


ROUTES: list[Any] = [agenda, change_stars, replace_address, other_device, use_here, open_mine]
