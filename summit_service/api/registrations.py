"""JSON: registering for a summit. What comes after goes by the link in the mail, never in an answer here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from summit_service.api import rates
from summit_service.registrations import actions
from summit_service.registrations.answers import Given

Answer = str | bool | int | float | None


class RegistrationInput(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Who registers; `attendance` is `in_person` or `online`, `answers` go by the keys of the questions."""

    name: str
    email: str
    attendance: str
    organisation: str = ""
    dietary: str = ""
    access_needs: str = ""
    is_listed: bool = False
    timezone: str = ""
    answers: dict[str, Answer] = {}


class RegistrationAnswer(msgspec.Struct, omit_defaults=True, kw_only=True):
    """`confirmed`, or `waitlisted` with the place in the queue."""

    state: str
    attendance: str
    position: int | None = None


@post("/summits/{year:int}/registrations", status_code=201)
async def register(
    request: Request[Any, Any, Any],
    year: FromPath[int],
    data: JSONBody[RegistrationInput],
    now: NamedDependency[datetime],
) -> RegistrationAnswer:
    """Register somebody. For an address that is registered already nothing changes; the mail has its link.

    The answer is then that of a newcomer, so that nobody learns who comes.
    """
    rates.check(request, "registration")
    given = Given(
        name=data.name,
        organisation=data.organisation,
        dietary=data.dietary,
        access_needs=data.access_needs,
        is_listed=data.is_listed,
        timezone=data.timezone,
        answers=data.answers,
    )
    outcome = await actions.register(given, year=year, email=data.email, attendance=data.attendance, now=now)
    return RegistrationAnswer(state=outcome.state, attendance=outcome.attendance, position=outcome.position)


ROUTES: list[Any] = [register]
