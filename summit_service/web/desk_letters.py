"""Pages: letters of invitation at the desk: what is asked for, and what was decided."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Conflict, Invalid
from summit_service.registrations import actions, letters, retention
from summit_service.summits import queries as summits
from summit_service.templating import country_name
from summit_service.web import kept
from summit_service.web.forms import text
from summit_service.web.layout import page, see_other

Page = Request[Any, Any, Any]
DONE = frozenset({"issued", "refused"})


@get("/desk/summits/{year:int}/letters")
async def letters_page(request: Page, year: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """Who asks for a letter, with what it is to say; what was decided, without."""
    return await _page(request, year, actor=actor)


@post("/desk/summits/{year:int}/letters/{letter_id:int}/approval")
async def issue_letter(
    request: Page,
    year: FromPath[int],
    letter_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Issue a letter; the delegate gets a mail with the way to it."""
    try:
        await actions.issue_letter(year, letter_id, actor=actor, now=now)
    except Conflict as fault:
        return await _page(request, year, actor=actor, refusal=fault.sentence)
    return see_other(f"/desk/summits/{year}/letters?done=issued")


@post("/desk/summits/{year:int}/letters/{letter_id:int}/refusal")
async def refuse_letter(
    request: Page,
    year: FromPath[int],
    letter_id: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Refuse a letter with a reason, which the delegate reads on their page."""
    reason = text(await request.form(), "reason")
    try:
        await actions.refuse_letter(year, letter_id, reason, actor=actor, now=now)
    except Invalid as fault:
        faults = {f"reason-{letter_id}": fault.faults[0].sentence}
        return await _page(request, year, actor=actor, typed=(letter_id, reason), faults=faults)
    except Conflict as fault:
        return await _page(request, year, actor=actor, refusal=fault.sentence)
    return see_other(f"/desk/summits/{year}/letters?done=refused")


async def _page(
    request: Page,
    year: int,
    *,
    actor: Actor,
    typed: tuple[int, str] = (0, ""),
    faults: dict[str, str] | None = None,
    refusal: str = "",
) -> Response[Any]:
    check_secretariat(actor)
    edition = await summits.found_edition(year)
    found = await letters.letters_of(edition.id)
    done = request.query_params.get("done", "")
    return page(
        request,
        "registrations/desk_letters.html",
        actor=actor,
        status=422 if faults else 409 if refusal else 200,
        edition=edition,
        waiting=[pair for pair in found if pair[0].state == letters.ASKED],
        decided=[
            (row, delegate, letters.code_of(row, delegate.uid))
            for row, delegate in found
            if row.state != letters.ASKED
        ],
        country_name=country_name,
        erased_on=retention.erased_on(edition.ends_on, retention.NEEDS_KEPT),
        kept_rows=kept.rows(retention.LETTER_DECISION, edition),
        typed_for=typed[0],
        typed=typed[1],
        faults=faults or {},
        refusal=refusal,
        done=done if done in DONE else "",
        noindex=True,
    )


ROUTES: list[Any] = [letters_page, issue_letter, refuse_letter]
