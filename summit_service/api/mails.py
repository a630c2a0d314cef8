"""JSON: addresses that take no mail, and what becomes of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.desk import unreachable
from summit_service.mail import actions

TAG = "Desk"


class AddressOut(Struct):
    """`waits` while something here goes to it and nobody has answered; `answer` is moved, given_up or empty."""

    id: int
    email: str
    since: datetime
    words: str
    mail: int
    waits: bool
    answer: str


class AddressList(Struct):
    """Those that wait first."""

    items: list[AddressOut]
    next: str | None = None


class AnswerBody(Struct, forbid_unknown_fields=True):
    """`moved`: another address is known; `given_up`: nobody is to be reached there; `works`: it takes mail again."""

    answer: Literal["moved", "given_up", "works"]


@get("/mails/addresses", tags=[TAG], summary="Addresses that take no mail")
async def list_addresses(actor: NamedDependency[Actor]) -> AddressList:
    """Addresses of which a server said that they are not there. Secretariat."""
    check_secretariat(actor)
    return await _listed()


@post(
    "/mails/addresses/{identifier:int}/answer", status_code=201, tags=[TAG], summary="Say what you know of it"
)
async def answer_address(
    identifier: FromPath[int],
    data: JSONBody[AnswerBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> AddressList:
    """It waits no longer; with `works` it is not marked any more. The list that is left. Secretariat."""
    check_secretariat(actor)
    if data.answer == "works":
        await actions.clear_address(identifier, actor=actor, now=now)
    else:
        await actions.settle_address(identifier, data.answer, actor=actor, now=now)
    return await _listed()


async def _listed() -> AddressList:
    return AddressList(
        [
            AddressOut(
                id=one.row.id,
                email=one.row.email_key,
                since=one.row.since,
                words=one.row.words,
                mail=one.row.message,
                waits=one.waits,
                answer=one.row.settled_as,
            )
            for one in await unreachable.addresses()
        ]
    )


ROUTES: list[Any] = [list_addresses, answer_address]
