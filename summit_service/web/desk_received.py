"""The desk's pages for what came back: mails that no rule could sort, and addresses that take no mail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.desk import unreachable
from summit_service.mail import actions
from summit_service.mail import queries as mail
from summit_service.mail.actions import KNOWN
from summit_service.web.forms import text
from summit_service.web.layout import page, see_other
from summit_service.web.reader_zone import zone_of

HERE = "/desk/mails/received"


@get(HERE)
async def received(request: Request[Any, Any, Any], actor: NamedDependency[Actor]) -> Response[str]:
    """What a person has to read, the oldest first; and whose address a server says is not there."""
    check_secretariat(actor)
    return page(
        request,
        "desk/received.html",
        actor=actor,
        unread=await mail.unread_mails(),
        addresses=await unreachable.addresses(),
        known=KNOWN,
        zone=zone_of(actor),
    )


@post(f"{HERE}/{{identifier:int}}/seen", status_code=303)
async def seen(
    actor: NamedDependency[Actor], now: NamedDependency[datetime], identifier: FromPath[int]
) -> Response[Any]:
    """A person has read it and done what was to do."""
    check_secretariat(actor)
    await actions.mark_read(identifier, actor=actor, now=now)
    return see_other(HERE)


@post(f"{HERE}/addresses/{{identifier:int}}/works", status_code=303)
async def works(
    actor: NamedDependency[Actor], now: NamedDependency[datetime], identifier: FromPath[int]
) -> Response[Any]:
    """A person knows that the address takes mail again."""
    check_secretariat(actor)
    await actions.clear_address(identifier, actor=actor, now=now)
    return see_other(f"{HERE}#addresses")


@post(f"{HERE}/addresses/{{identifier:int}}/settled", status_code=303)
async def settled(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    identifier: FromPath[int],
) -> Response[Any]:
    """A person knows what becomes of the address: it waits no longer, and stays marked."""
    check_secretariat(actor)
    await actions.settle_address(identifier, text(await request.form(), "known"), actor=actor, now=now)
    return see_other(f"{HERE}#addresses")


ROUTES: list[Any] = [received, seen, works, settled]
