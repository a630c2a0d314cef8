"""Pages: what delegates need, by need, for whoever arranges it; numbers for the rest of the secretariat."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Invalid
from summit_service.registrations import actions, needs, retention, rules, sheets
from summit_service.registrations.needs import NeedList
from summit_service.web import kept
from summit_service.web.forms import text
from summit_service.web.layout import page, see_other
from summit_service.web.question_fields import Blanks
from summit_service.web.registration_desk import STATE_WORDS, XLSX, download

Page = Request[Any, Any, Any]


@get("/desk/summits/{year:int}/needs")
async def needs_page(
    request: Page, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Who needs what, by need; for the secretariat how many, and who was named to see more."""
    return await _page(request, year, actor=actor, now=now)


@get("/desk/summits/{year:int}/needs.csv")
async def export_csv(
    year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """The same list for a spreadsheet, with what each line may be used for and until when."""
    found = await _lists(year, actor=actor, now=now)
    return download(f"\ufeff{sheets.needs_csv(found)}".encode(), "text/csv", f"needs-{year}.csv")


@get("/desk/summits/{year:int}/needs.xlsx")
async def export_xlsx(
    year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """The same list as an Excel workbook."""
    found = await _lists(year, actor=actor, now=now)
    return download(sheets.needs_xlsx(found), XLSX, f"needs-{year}.xlsx")


@post("/desk/summits/{year:int}/needs/people", status_code=200)
async def name_arranger(
    request: Page, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Name somebody to see who needs what."""
    check_secretariat(actor)
    email = text(await request.form(), "email")
    try:
        await actions.name_arranger(year, email, actor=actor, now=now)
    except Invalid as fault:
        return await _page(request, year, actor=actor, now=now, email=email, faults=fault.by_field())
    return see_other(f"/desk/summits/{year}/needs?done=named")


@post("/desk/summits/{year:int}/needs/people/{person:int}/end")
async def end_arranger(
    year: FromPath[int],
    person: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """They see it no more."""
    await actions.end_arranger(year, person, actor=actor, now=now)
    return see_other(f"/desk/summits/{year}/needs?done=ended")


async def _lists(year: int, *, actor: Actor, now: datetime) -> list[NeedList]:
    edition = await needs.arranged_edition(year, actor=actor)
    return needs.lists(edition, await needs.coming(edition, now=now))


async def _page(
    request: Page,
    year: int,
    *,
    actor: Actor,
    now: datetime,
    email: str = "",
    faults: Mapping[str, str] | None = None,
) -> Response[Any]:
    edition, is_named = await needs.counted_edition(year, actor=actor)
    found = await needs.coming(edition, now=now)
    return page(
        request,
        "registrations/needs.html",
        actor=actor,
        status=422 if faults else 200,
        edition=edition,
        counts=needs.counts(found),
        lists=needs.lists(edition, found) if is_named else [],
        is_named=is_named,
        arrangers=await needs.arrangers_of(edition.id),
        words=rules.WORDS,
        state_words=STATE_WORDS,
        kept_rows=kept.rows(retention.ARRANGERS, edition),
        email=email,
        done=request.query_params.get("done", ""),
        faults=Blanks(faults or {}),
        noindex=True,
    )


ROUTES: list[Any] = [needs_page, export_csv, export_xlsx, name_arranger, end_arranger]
