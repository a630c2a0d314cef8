"""Pages: a delegate's letter of invitation by their link, and the page where anybody checks one."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.errors import Conflict, Gone, Invalid, NotFound
from summit_service.members.countries import COUNTRIES
from summit_service.registrations import actions, letters, queries, retention
from summit_service.registrations.queries import Standing
from summit_service.templating import country_name
from summit_service.typeset import CannotTypeset
from summit_service.web import kept, rates
from summit_service.web.forms import fields
from summit_service.web.layout import page, see_other
from summit_service.web.question_fields import Blanks

Page = Request[Any, Any, Any]
DONE = frozenset({"asked", "ended"})
NO_FONT = (
    "Your name has characters that we have no font for. Write to the secretariat, and you get it by hand."
)


@get("/registrations/{token:str}/letter")
async def letter(request: Page, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """What became of the letter, and the form to ask for it."""
    try:
        standing = await _standing(token, now=now)
    except NotFound:
        return _unknown(request)
    return await _page(request, token, standing, now=now)


@post("/registrations/{token:str}/letter")
async def ask_for_letter(
    request: Page, token: FromPath[str], now: NamedDependency[datetime]
) -> Response[Any]:
    """Ask for a letter, or change what it is to say; a form with faults comes back as it was typed."""
    typed = await fields(request, *letters.FIELDS)
    try:
        standing = await _standing(token, now=now)
        await actions.ask_for_letter(token, typed, now=now)
    except NotFound:
        return _unknown(request)
    except Invalid as fault:
        return await _page(request, token, standing, typed=typed, faults=fault.by_field(), now=now)
    except (Conflict, Gone) as fault:
        return await _page(request, token, standing, refusal=fault.sentence, now=now)
    return see_other(f"/registrations/{token}/letter?done=asked")


@post("/registrations/{token:str}/letter/end")
async def end_letter(request: Page, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """Take it back and erase what it was made of."""
    try:
        await actions.end_letter(token, now=now)
    except NotFound:
        return _unknown(request)
    return see_other(f"/registrations/{token}/letter?done=ended")


@get("/registrations/{token:str}/letter.pdf")
async def letter_file(request: Page, token: FromPath[str], now: NamedDependency[datetime]) -> Response[Any]:
    """The letter, once it is issued and until it is erased."""
    try:
        standing = await _standing(token, now=now)
    except NotFound:
        return _unknown(request)
    row = await letters.letter_of(standing.registration.id)
    if row is None:
        raise Conflict("There is no letter for this registration.", code="no_letter")
    data = letters.data_of(row, standing)
    try:
        made = await asyncio.to_thread(letters.set_letter, data)
    except CannotTypeset as fault:
        raise NotFound(NO_FONT) from fault
    headers = {"Cache-Control": "no-store", "Content-Disposition": 'inline; filename="invitation.pdf"'}
    return Response(made, media_type="application/pdf", headers=headers)


@get("/letters/{code:str}")
async def check(request: Page, code: FromPath[str]) -> Response[Any]:
    """Whether a letter is valid; it says nothing of the person."""
    rates.check(request, "wrong_link")
    found = await letters.check(code)
    return page(
        request,
        "registrations/letter_check.html",
        status=404 if found.state == letters.UNKNOWN else 200,
        found=found,
        code=code[:60].upper(),
        noindex=True,
    )


async def _standing(token: str, *, now: datetime) -> Standing:
    return await queries.standing(await queries.registration_id_of(token, now=now), now=now)


async def _page(
    request: Page,
    token: str,
    standing: Standing,
    *,
    now: datetime,
    typed: dict[str, str] | None = None,
    faults: dict[str, str] | None = None,
    refusal: str = "",
) -> Response[Any]:
    row, edition = await letters.letter_of(standing.registration.id), standing.edition
    done = request.query_params.get("done", "")
    stored = {name: str(getattr(row, name) or "") for name in letters.FIELDS} if row else {}
    return page(
        request,
        "registrations/letter.html",
        status=422 if faults else 409 if refusal else 200,
        token=token,
        edition=edition,
        row=row,
        has_place=letters.has_place(standing),
        why_not=_why_not(standing, now=now),
        erased_on=retention.erased_on(edition.ends_on, retention.NEEDS_KEPT),
        kept_rows=kept.rows(retention.LETTER_FIELDS, edition),
        fields={field.column: field for field in retention.LETTER_FIELDS},
        countries=sorted(((code, country_name(code)) for code in COUNTRIES), key=lambda pair: pair[1]),
        typed=Blanks(typed if typed is not None else stored),
        faults=Blanks(faults or {}),
        refusal=refusal,
        done=done if done in DONE else "",
        noindex=True,
    )


def _why_not(standing: Standing, *, now: datetime) -> str:
    """Why no letter can be asked for; empty where one can."""
    try:
        letters.check_can_ask(standing, now=now)
    except (Conflict, Gone) as refusal:
        return refusal.sentence
    return ""


def _unknown(request: Page) -> Response[Any]:
    rates.check(request, "wrong_link")
    return page(
        request, "registrations/unknown.html", status=404, sentence=queries.UNKNOWN_LINK, noindex=True
    )


ROUTES: list[Any] = [letter, ask_for_letter, end_letter, letter_file, check]
