"""Pages: what a person sees and changes of their own account."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service import settings, zones
from summit_service.accounts import actions
from summit_service.accounts import queries as accounts
from summit_service.accounts.actor import Actor, check_signed_in
from summit_service.desk import actions as desk
from summit_service.desk import holding, waiting_list
from summit_service.desk.queries import morning_hour_of
from summit_service.digests import actions as digests
from summit_service.digests.queries import choice_of
from summit_service.digests.rules import RHYTHMS
from summit_service.errors import Conflict, Invalid
from summit_service.feeds import actions as feed_actions
from summit_service.feeds import personal
from summit_service.feeds import queries as feeds
from summit_service.mail import actions as mail
from summit_service.mail import streams
from summit_service.members import queries as members
from summit_service.members.rules import ROLES, SECRETARIAT
from summit_service.web import subscribe
from summit_service.web.forms import text, texts
from summit_service.web.layout import page, see_other
from summit_service.web.reader_zone import zone_of
from summit_service.web.session import cookie_name

DONE = {
    "details": "Your details are saved.",
    "login": "That browser is signed out.",
    "logins": "Every other browser is signed out.",
    "calendar": "That calendar is ended. Apps that still fetch it are told so.",
    "calendar-made": "Your calendar is made.",
    "token": "The token is ended. Programs that use it are refused from now on.",
    "mails": "Your choice of mails is saved.",
}
ROLE_WORDS = {**ROLES, SECRETARIAT: "Secretariat"}


@get("/me")
async def me(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """One's own page."""
    check_signed_in(actor)
    return await _page(request, actor, now, done=DONE.get(request.query_params.get("done", ""), ""))


@post("/me/details")
async def change_details(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """One's name and time zone."""
    form = await request.form()
    typed = {"name": text(form, "name"), "timezone": text(form, "timezone")}
    try:
        await actions.change_own_details(**typed, actor=actor, now=now)
    except Invalid as fault:
        return await _page(request, actor, now, details=typed, faults=fault.by_field())
    return see_other("/me?done=details")


@post("/me/mails")
async def choose_mails(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Which mails the person wants besides those that concern only them."""
    check_signed_in(actor)
    form = await request.form()
    try:
        if "digest" in form:
            hour = text(form, "digest_hour") or str(settings.current().digest_hour)
            await digests.choose(text(form, "digest"), hour=hour, actor=actor, now=now)
        if "morning_hour" in form:
            is_wanted, hour = streams.MORNING in texts(form, "stream"), text(form, "morning_hour")
            await desk.choose_morning(is_wanted=is_wanted, hour=hour, actor=actor, now=now)
    except Invalid as fault:
        return await _page(request, actor, now, faults=fault.by_field())
    await mail.choose_streams(texts(form, "stream"), actor=actor, now=now)
    return see_other("/me?done=mails#mails")


@post("/me/logins/{login_id:int}/end")
async def end_login(
    login_id: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Sign one browser out."""
    await actions.end_login(login_id, actor=actor, now=now)
    return see_other("/me?done=login")


@post("/me/logins/end-others")
async def end_other_logins(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Sign every browser out but this one."""
    await actions.end_other_logins(request.cookies.get(cookie_name(), ""), actor=actor, now=now)
    return see_other("/me?done=logins")


@post("/me/tokens", status_code=200)
async def create_token(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Make an API token and show it this once; it is on no other page."""
    name = text(await request.form(), "token_name")
    try:
        token = await actions.create_api_token(name, actor=actor, now=now)
    except Invalid as fault:
        return await _page(request, actor, now, token_name=name, faults={"token_name": fault.sentence})
    except Conflict as fault:
        return await _page(
            request, actor, now, token_name=name, faults={"token_name": fault.sentence}, status=409
        )
    return await _page(request, actor, now, token=token)


@post("/me/tokens/{token_id:int}/end")
async def end_token(
    token_id: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """End an API token."""
    await actions.end_api_token(token_id, actor=actor, now=now)
    return see_other("/me?done=token")


@post("/me/calendars", status_code=200)
async def make_calendar(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Make a personal calendar and show its secret address this once, with the way into each app."""
    name = text(await request.form(), "calendar_name")
    try:
        token = await feed_actions.make_feed(name, actor=actor, now=now)
    except Invalid as fault:
        return await _page(request, actor, now, calendar_name=name, faults=fault.by_field())
    except Conflict as fault:
        return await _page(
            request, actor, now, calendar_name=name, faults={"calendar_name": fault.sentence}, status=409
        )
    feed = subscribe.Feed("personal", name.strip(), personal.address_of(token), "/me")
    return page(
        request, "subscribe/personal.html", actor=actor, noindex=True, feed=feed, **subscribe.ways_into(feed)
    )


@post("/me/calendars/{feed_id:int}/end")
async def end_calendar(
    feed_id: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """End a personal calendar."""
    await feed_actions.end_feed(feed_id, actor=actor, now=now)
    return see_other("/me?done=calendar#calendars")


async def _page(
    request: Request[Any, Any, Any],
    actor: Actor,
    now: datetime,
    *,
    details: dict[str, str] | None = None,
    faults: dict[str, str] | None = None,
    status: int = 422,
    done: str = "",
    token: str = "",
    token_name: str = "",
    calendar_name: str = "",
) -> Response[Any]:
    person_id = actor.person_id or 0
    rhythm, digest_hour = await choice_of(person_id, actor.email)
    return page(
        request,
        "me/me.html",
        actor=actor,
        status=status if faults else 200,
        details=details or {"name": actor.name, "timezone": actor.timezone or ""},
        faults=faults or {},
        zone=zone_of(actor),
        zones=zones.zone_names(),
        memberships=await members.memberships_of(person_id),
        logins=await accounts.logins_of(person_id, now=now),
        waiting=await waiting_list.for_actor(actor, now=now),
        taken=await holding.told(actor, zone=zone_of(actor), now=now),
        this_login=accounts.login_hash(request.cookies.get(cookie_name(), "")),
        tokens=await accounts.api_tokens_of(person_id),
        role_words=ROLE_WORDS,
        stopped=await streams.stopped_by(actor.email),
        rhythm=rhythm,
        digest_hour=digest_hour,
        morning_hour=await morning_hour_of(person_id) if actor.is_secretariat else 0,
        hours=[(hour, f"{hour}:00") for hour in range(24)],
        rhythms=[(name, *words) for name, words in RHYTHMS.items()],
        noindex=True,
        done=done,
        token=token,
        token_name=token_name,
        calendars=await feeds.feeds_of(person_id),
        calendar_name=calendar_name,
    )


ROUTES: list[Any] = [
    me,
    change_details,
    choose_mails,
    end_login,
    end_other_logins,
    create_token,
    end_token,
    make_calendar,
    end_calendar,
]
