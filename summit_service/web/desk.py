"""The secretariat's desk: what waits, and the outbox."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import NotFound, SummitError
from summit_service.mail import actions as mail_actions
from summit_service.mail import queries as mail
from summit_service.web import waiting
from summit_service.web.layout import page, see_other

PAGE = 50
BADGES = {
    "accepted": ("Accepted", "good"),
    "failed": ("Failed", "wrong"),
    "uncertain": ("Uncertain", "wait"),
    "deferred": ("Tried, will be tried again", "wait"),
    "stopped": ("Stopped", "plain"),
    "queued": ("Waiting", "plain"),
    "sending": ("Being sent", "plain"),
}


@get("/desk")
async def desk(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[str]:
    """What waits for the secretariat, the most urgent first."""
    check_secretariat(actor)
    counts = await mail.counts_by_state()
    return page(
        request,
        "desk/home.html",
        actor=actor,
        waiting=await waiting.for_secretariat(now),
        health=await mail.health(now=now),
        mail_counts=[
            (badge(state)[0], counts[state], _address(state, "")) for state in mail.STATES if counts[state]
        ],
    )


def badge(state: str) -> tuple[str, str]:
    """A mail's state in words, and the kind of badge."""
    return BADGES[state]


@get("/desk/mails")
async def mails(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    in_state: Annotated[str, QueryParameter(name="state")] = "",
    q: FromQuery[str] = "",
    before: FromQuery[int | None] = None,
) -> Response[str]:
    """The outbox: each mail, what became of it, the next server's words."""
    return await _outbox(request, actor, now, state=in_state, q=q, before=before)


async def _outbox(
    request: Request[Any, Any, Any],
    actor: Actor,
    now: datetime,
    *,
    state: str = "",
    q: str = "",
    before: int | None = None,
    problem: str = "",
) -> Response[str]:
    check_secretariat(actor)
    states = (state,) if state in mail.STATES else ()
    rows = await mail.outbox(states=states, search=q[:200], before=before, limit=PAGE + 1)
    counts = await mail.counts_by_state()
    return page(
        request,
        "desk/mails.html",
        actor=actor,
        status=409 if problem else 200,
        rows=rows[:PAGE],
        older=_address(state, q, rows[PAGE - 1].id) if len(rows) > PAGE else "",
        state=state if states else "",
        q=q,
        tabs=_tabs(counts, state, q),
        health=await mail.health(now=now),
        problem=problem,
        badge=badge,
    )


def _tabs(counts: dict[str, int], state: str, q: str) -> list[tuple[str, str, bool]]:
    shown = [name for name in mail.STATES if counts[name] or name == state]
    named = [(f"{badge(name)[0]} ({counts[name]})", _address(name, q), name == state) for name in shown]
    return [(f"All ({sum(counts.values())})", _address("", q), state not in mail.STATES), *named]


def _address(state: str, q: str, before: int | None = None) -> str:
    given = {"state": state, "q": q, "before": before}
    return "/desk/mails?" + urlencode({name: value for name, value in given.items() if value})


@get("/desk/mails/{identifier:int}")
async def one_mail(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], identifier: FromPath[int]
) -> Response[str]:
    """One mail: what it is about and each thing that happened to it."""
    check_secretariat(actor)
    row = await mail.mail_by_id(identifier)
    if row is None:
        raise NotFound("There is no such mail.")
    return page(request, "desk/mail.html", actor=actor, mail=row, badge=badge)


@post("/desk/mails/{identifier:int}/copies", status_code=303)
async def resend(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    identifier: FromPath[int],
) -> Response[Any]:
    """The same mail once more, as a row of its own."""
    try:
        made = await mail_actions.resend(identifier, actor=actor, now=now)
    except SummitError as refusal:
        return await _outbox(request, actor, now, problem=refusal.sentence)
    return see_other(f"/desk/mails/{made}")


@post("/desk/mails/{identifier:int}/stop", status_code=303)
async def stop(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    identifier: FromPath[int],
) -> Response[Any]:
    """Stop a mail that waits."""
    try:
        await mail_actions.stop_mail(identifier, reason=f"Stopped by {actor.name}.", actor=actor, now=now)
    except SummitError as refusal:
        return await _outbox(request, actor, now, problem=refusal.sentence)
    return see_other(f"/desk/mails/{identifier}")


@post("/desk/mails/resumption", status_code=303)
async def resume(actor: NamedDependency[Actor], now: NamedDependency[datetime]) -> Response[Any]:
    """Let a paused queue go on."""
    await mail_actions.resume(actor=actor, now=now)
    return see_other("/desk/mails")


ROUTES: list[Any] = [desk, mails, one_mail, resend, stop, resume]
