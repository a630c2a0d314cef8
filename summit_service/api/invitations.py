"""JSON: invitations that skip the queue: how they stand, inviting, taking back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import NotFound
from summit_service.registrations import actions, invited
from summit_service.registrations.tables import Invitation
from summit_service.summits import queries as summits

TAGS = ["Invitations"]


class InvitationBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Whom to invite; `attendance` is in_person or online."""

    name: str
    email: str
    attendance: str


class InvitationOut(msgspec.Struct, kw_only=True):
    """`open` until `expires_at`, then what became of it: accepted, declined, withdrawn, expired or switched.

    `switched`: they have taken such a place by their registration.
    """

    id: int
    name: str
    email: str
    attendance: str
    state: str
    invited_at: datetime
    invited_by: str
    expires_at: datetime


class InvitationList(msgspec.Struct, kw_only=True):
    """The newest first."""

    items: list[InvitationOut]
    next: str | None = None


@get("/summits/{year:int}/invitations", tags=TAGS, summary="Invitations to a summit")
async def list_invitations(
    year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> InvitationList:
    """Whom the secretariat has invited past the queue, and what became of it. Secretariat."""
    check_secretariat(actor)
    edition = await summits.found_edition(year)
    found = await invited.invitations_of(edition.id)
    return InvitationList(items=[_out(one, now=now) for one in found])


@post("/summits/{year:int}/invitations", status_code=201, tags=TAGS, summary="Invite somebody")
async def invite(
    year: FromPath[int],
    data: JSONBody[InvitationBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> InvitationOut:
    """Hold a place for them, and mail them the link. Secretariat; 409 where no place is free or they have one."""
    made = await actions.invite(
        year, name=data.name, email=data.email, attendance=data.attendance, actor=actor, now=now
    )
    return _out(made, now=now)


@post(
    "/summits/{year:int}/invitations/{invitation_id:int}/withdrawal",
    status_code=200,
    tags=TAGS,
    summary="Take an invitation back",
)
async def withdraw(
    year: FromPath[int],
    invitation_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> InvitationOut:
    """The place goes to the next in line; a second time changes nothing. Secretariat."""
    check_secretariat(actor)
    edition = await summits.found_edition(year)
    if invitation_id not in {one.id for one in await invited.invitations_of(edition.id)}:
        raise NotFound("There is no such invitation.")
    return _out(await actions.withdraw(invitation_id, actor=actor, now=now), now=now)


def _out(row: Invitation, *, now: datetime) -> InvitationOut:
    return InvitationOut(
        id=row.id,
        name=row.name,
        email=row.email,
        attendance=row.attendance,
        state=invited.reason_of(row, now=now) or "open",
        invited_at=row.created_at,
        invited_by=row.created_by_name,
        expires_at=row.expires_at,
    )


ROUTES: list[Any] = [list_invitations, invite, withdraw]
