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


class DetailsBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a delegate tells us, whole: what is left out is empty. `answers` go by the keys of the questions."""

    name: str
    organisation: str = ""
    dietary: str = ""
    access_needs: str = ""
    is_listed: bool = False
    timezone: str = ""
    answers: dict[str, Answer] = {}

    def given(self) -> Given:
        """As the actions take it."""
        return Given(
            name=self.name,
            organisation=self.organisation,
            dietary=self.dietary,
            access_needs=self.access_needs,
            is_listed=self.is_listed,
            timezone=self.timezone,
            answers=self.answers,
        )


class RegistrationInput(DetailsBody, forbid_unknown_fields=True, kw_only=True):
    """Who registers; `attendance` is `in_person` or `online`, `answers` go by the keys of the questions."""

    email: str
    attendance: str


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
    outcome = await actions.register(
        data.given(), year=year, email=data.email, attendance=data.attendance, now=now
    )
    return RegistrationAnswer(state=outcome.state, attendance=outcome.attendance, position=outcome.position)


ROUTES: list[Any] = [register]
