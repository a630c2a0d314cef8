"""JSON: badges: what is new, noting a print, and the sheets as a PDF."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.doors import badges, printing, queries
from summit_service.doors.tables import BadgePrint
from summit_service.errors import NotFound

TAGS = ["Badges"]


class PrintOut(msgspec.Struct, kw_only=True):
    """One print: when, by whom, and how many badges."""

    id: int
    printed_at: datetime
    printed_by: str
    badges: int


class BadgesOut(msgspec.Struct, kw_only=True):
    """How many have a place in the hall, how many badges are new or changed, and the prints, the newest first."""

    total: int
    fresh: int
    prints: list[PrintOut]


@get("/summits/{year:int}/badges", tags=TAGS, summary="Badges and their prints")
async def show_badges(
    year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> BadgesOut:
    """What is new since the last print. Secretariat."""
    check_secretariat(actor)
    edition = await queries.edition_of(year)
    faces = await badges.faces_of(edition, now=now)
    return BadgesOut(
        total=len(faces),
        fresh=len(badges.new(faces, await badges.printed(edition.id))),
        prints=[await _print(made) for made in await badges.prints_of(edition.id)],
    )


@post("/summits/{year:int}/badges", status_code=201, tags=TAGS, summary="Note a print of what is new")
async def print_new(
    year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> PrintOut:
    """Every badge that was not printed as it is now; its sheets are then at `badges.pdf?print=`. Secretariat."""
    return await _print(await printing.print_new(year, actor=actor, now=now))


@get(
    "/summits/{year:int}/badges.pdf",
    tags=TAGS,
    summary="The sheets of badges",
    media_type="application/pdf",
)
async def sheets(
    year: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    print: FromQuery[int | None] = None,  # noqa: A002 - the name in the address, as on the page
    number: FromQuery[int | None] = None,
) -> Response[bytes]:
    """A4 sheets: all badges, those of one `print`, or the one with a `number`; asking notes nothing. Secretariat."""
    check_secretariat(actor)
    edition = await queries.edition_of(year)
    faces = await badges.faces_of(edition, now=now)
    if number is not None:
        faces = [face for face in faces if face.registration_id == number]
    elif print is not None:
        theirs = await badges.in_print(print) if 0 < print < 2**31 else set()
        faces = [face for face in faces if face.registration_id in theirs]
    if not faces:
        raise NotFound("There is no such badge. Badges are for people with a place in the hall.")
    made = await asyncio.to_thread(badges.set_sheets, edition, faces)
    return Response(made, media_type="application/pdf", headers={"Cache-Control": "no-store"})


async def _print(made: BadgePrint) -> PrintOut:
    return PrintOut(
        id=made.id,
        printed_at=made.printed_at,
        printed_by=made.printed_by_name,
        badges=len(await badges.in_print(made.id)),
    )


ROUTES: list[Any] = [show_badges, print_new, sheets]
