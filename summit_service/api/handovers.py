"""JSON: naming a successor, and confirming one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from summit_service import handovers
from summit_service.accounts.actor import Actor
from summit_service.members.tables import Handover

TAGS = ["People"]
BASE = "/organisations/{slug:str}/handovers"
ONE = BASE + "/{handover_id:int}"


class HandoverBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The successor. `leaver` is the number of who leaves, where that is somebody else than you."""

    name: str
    email: str
    leaver: int | None = None


class HandoverOut(msgspec.Struct, kw_only=True):
    """`outcome` is empty while it waits, then confirmed or refused; `can_confirm` says whether you may decide it.

    It is overtaken where the roles of who leaves were ended before.
    """

    id: int
    leaver: int
    leaver_name: str
    successor_name: str
    successor_email: str
    outcome: str
    created_at: datetime
    decided_at: datetime | None
    can_confirm: bool


class HandoverList(msgspec.Struct, kw_only=True):
    """Those that you may look at, the newest first."""

    items: list[HandoverOut]
    next: str | None = None


@get(BASE, tags=TAGS, summary="Hand-overs")
async def list_handovers(slug: FromPath[str], actor: NamedDependency[Actor]) -> HandoverList:
    """All for the main contact and the secretariat, their own for a representative, the newest first."""
    return HandoverList(items=[_out(one) for one in await handovers.of_organisation(slug, actor=actor)])


@post(BASE, tags=TAGS, summary="Name a successor")
async def name_successor(
    slug: FromPath[str],
    data: JSONBody[HandoverBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[HandoverOut]:
    """For oneself, or (the main contact and the secretariat) for somebody who has left.

    Done at once where you may confirm it; else the main contact is asked by mail, or the secretariat, where it is the
    main contact who leaves. 409 while one waits already.
    """
    made = await handovers.ask(
        slug, name=data.name, email=data.email, leaver_id=data.leaver, actor=actor, now=now
    )
    headers = {"Location": f"/api/v1/organisations/{slug}/handovers/{made.id}"}
    return Response(_row(made, can_confirm=False), status_code=201, headers=headers)


@get(ONE, tags=TAGS, summary="One hand-over")
async def show_handover(
    slug: FromPath[str], handover_id: FromPath[int], actor: NamedDependency[Actor]
) -> HandoverOut:
    """For who may confirm it, and for who leaves."""
    return _out(await handovers.one(slug, handover_id, actor=actor))


@post(ONE + "/confirmation", tags=TAGS, summary="Confirm a hand-over")
async def confirm_handover(
    slug: FromPath[str],
    handover_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> HandoverOut:
    """The successor has the roles and the leaver's links and tokens are dead, all at once. 409 when it is decided.

    For the main contact and the secretariat; nobody their own.
    """
    made = await handovers.decide(slug, handover_id, confirmed=True, actor=actor, now=now)
    return _row(made, can_confirm=True)


@post(ONE + "/refusal", tags=TAGS, summary="Refuse a hand-over")
async def refuse_handover(
    slug: FromPath[str],
    handover_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> HandoverOut:
    """Everything stays as it is, and who leaves is told. 409 when it is decided.

    For the main contact and the secretariat; nobody their own.
    """
    made = await handovers.decide(slug, handover_id, confirmed=False, actor=actor, now=now)
    return _row(made, can_confirm=True)


def _out(found: handovers.Asked) -> HandoverOut:
    return _row(found.handover, can_confirm=found.can_confirm)


def _row(row: Handover, *, can_confirm: bool) -> HandoverOut:
    return HandoverOut(
        id=row.id,
        leaver=row.leaver,
        leaver_name=row.leaver_name,
        successor_name=row.successor_name,
        successor_email=row.successor_email,
        outcome=row.outcome,
        created_at=row.created_at,
        decided_at=row.decided_at,
        can_confirm=can_confirm and row.decided_at is None,
    )


ROUTES: list[Any] = [list_handovers, name_successor, show_handover, confirm_handover, refuse_handover]
