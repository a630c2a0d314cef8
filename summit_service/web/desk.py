"""The secretariat's desk: what waits, and what happens by itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.desk import next_days, waiting_list
from summit_service.mail import queries as mail
from summit_service.waiting import headline
from summit_service.web.desk_mails import badge, list_address
from summit_service.web.layout import page


@get("/desk")
async def desk(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[str]:
    """What waits for the secretariat, the most urgent first."""
    check_secretariat(actor)
    counts = await mail.counts_by_state()
    found = await waiting_list.for_secretariat(now)
    return page(
        request,
        "desk/home.html",
        actor=actor,
        waiting=found,
        headline=headline(found),
        health=await mail.health(now=now),
        mail_counts=[
            (badge(state)[0], counts[state], list_address(state=state))
            for state in mail.STATES
            if counts[state]
        ],
    )


@get("/desk/ahead")
async def coming_days(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[str]:
    """What happens in the next days while nobody of the secretariat is here, and what will wait for them."""
    check_secretariat(actor)
    return page(
        request,
        "desk/ahead.html",
        actor=actor,
        found=await next_days.in_next_days(now),
        health=await mail.health(now=now),
    )


ROUTES: list[Any] = [
    desk,
    coming_days,
]
