"""JSON: letters of invitation for a visa: what is asked for, and deciding it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.registrations import actions, letters
from summit_service.registrations.tables import Letter, Registration
from summit_service.summits import queries as summits

TAGS = ["Letters for a visa"]


class PassportOut(msgspec.Struct, kw_only=True):
    """What a letter is to say; `nationality` is a code of ISO 3166-1."""

    name: str
    number: str
    nationality: str
    birth_date: date | None
    arrives_on: date | None
    leaves_on: date | None


class LetterOut(msgspec.Struct, kw_only=True):
    """A letter: `asked`, `issued` or `refused`. `passport` is there while it waits; `number` once it is issued."""

    id: int
    state: str
    name: str
    organisation: str
    asked_at: datetime
    decided_at: datetime | None
    decided_by: str
    reason: str
    number: str | None
    passport: PassportOut | None


class LetterList(msgspec.Struct, kw_only=True):
    """Every letter that was not taken back, the longest waiting first."""

    items: list[LetterOut]
    next: str | None = None


class ReasonBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Why it is refused; the delegate reads it on their page."""

    reason: str


@get("/summits/{year:int}/letters", tags=TAGS, summary="Letters of invitation")
async def list_letters(year: FromPath[int], actor: NamedDependency[Actor]) -> LetterList:
    """What is asked for, with what it is to say; what was decided, without. Secretariat."""
    check_secretariat(actor)
    return LetterList(items=await _letters(year))


@post(
    "/summits/{year:int}/letters/{letter_id:int}/approval",
    status_code=200,
    tags=TAGS,
    summary="Issue a letter",
)
async def issue(
    year: FromPath[int],
    letter_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> LetterOut:
    """The delegate gets a mail with the way to it. Secretariat; 409 for what is decided, or lost its place."""
    await actions.issue_letter(year, letter_id, actor=actor, now=now)
    return await _one(year, letter_id)


@post(
    "/summits/{year:int}/letters/{letter_id:int}/refusal",
    status_code=200,
    tags=TAGS,
    summary="Refuse a letter",
)
async def refuse(
    year: FromPath[int],
    letter_id: FromPath[int],
    data: JSONBody[ReasonBody],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> LetterOut:
    """What was told from the passport is erased at once. Secretariat; 409 for what is decided."""
    await actions.refuse_letter(year, letter_id, data.reason, actor=actor, now=now)
    return await _one(year, letter_id)


async def _one(year: int, letter_id: int) -> LetterOut:
    return next(one for one in await _letters(year) if one.id == letter_id)


async def _letters(year: int) -> list[LetterOut]:
    edition = await summits.found_edition(year)
    return [_out(row, delegate) for row, delegate in await letters.letters_of(edition.id)]


def _out(row: Letter, delegate: Registration) -> LetterOut:
    waits = row.state == letters.ASKED
    return LetterOut(
        id=row.id,
        state=row.state,
        name=delegate.name,
        organisation=delegate.organisation,
        asked_at=row.asked_at,
        decided_at=row.decided_at,
        decided_by=row.decided_by_name,
        reason=row.reason,
        number=letters.code_of(row, delegate.uid) if row.state == letters.ISSUED else None,
        passport=_passport(row) if waits else None,
    )


def _passport(row: Letter) -> PassportOut:
    return PassportOut(
        name=row.passport_name,
        number=row.passport_number,
        nationality=row.nationality,
        birth_date=row.birth_date,
        arrives_on=row.arrives_on,
        leaves_on=row.leaves_on,
    )


ROUTES: list[Any] = [list_letters, issue, refuse]
