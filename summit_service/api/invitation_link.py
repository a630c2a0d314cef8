"""JSON: what somebody who was invited past the queue does, by the link of the mail."""

from __future__ import annotations

from datetime import datetime

import msgspec
from litestar import delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from summit_service.api.registrations import DetailsBody, RegistrationAnswer
from summit_service.registrations import actions, invited
from summit_service.registrations.invited import Invited

TAGS = ["One’s own invitation"]


class OwnInvitationOut(msgspec.Struct, kw_only=True):
    """To which summit, with which place, until when; `state` is `open` or how it has ended."""

    year: int
    state: str
    name: str
    email: str
    attendance: str
    expires_at: datetime


@get("/invitations/{token:str}", tags=TAGS, summary="Your invitation")
async def show_invitation(token: FromPath[str], now: NamedDependency[datetime]) -> OwnInvitationOut:
    """Which place is held for you, and until when. `token` is the last part of the link."""
    return _out(await invited.opened(token, now=now))


@post("/invitations/{token:str}/acceptance", status_code=200, tags=TAGS, summary="Take the place")
async def accept_invitation(
    token: FromPath[str], data: JSONBody[DetailsBody], now: NamedDependency[datetime]
) -> RegistrationAnswer:
    """Register with the place that is held; a second time changes nothing, 410 once the invitation has ended."""
    outcome = await actions.accept_invitation(token, data.given(), now=now)
    return RegistrationAnswer(state=outcome.state, attendance=outcome.attendance)


@post("/invitations/{token:str}/refusal", status_code=200, tags=TAGS, summary="Say no")
async def decline_invitation(token: FromPath[str], now: NamedDependency[datetime]) -> OwnInvitationOut:
    """The place goes to the next in line; a second time changes nothing, 410 for one that has ended otherwise."""
    await actions.decline_invitation(token, now=now)
    return _out(await invited.opened(token, now=now))


@delete("/invitations/{token:str}", tags=TAGS, summary="Erase it")
async def erase_invitation(token: FromPath[str], now: NamedDependency[datetime]) -> None:
    """Say no where it is open, and erase who was invited at once; a registration that was made of it stays."""
    await actions.erase_invitation_at_once(token, now=now)


def _out(found: Invited) -> OwnInvitationOut:
    row = found.invitation
    return OwnInvitationOut(
        year=found.edition.year,
        state=found.reason or "open",
        name=row.name,
        email=row.email,
        attendance=row.attendance,
        expires_at=row.expires_at,
    )


ROUTES = [show_invitation, accept_invitation, decline_invitation, erase_invitation]
