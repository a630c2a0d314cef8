"""Pages: what the secretariat sends after a summit: letters of thanks to speakers, and mails about certificates."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.doors import telling
from summit_service.errors import Conflict, Invalid, NotFound
from summit_service.speakers import actions, thanks
from summit_service.summits import queries as summits
from summit_service.typeset import CannotTypeset
from summit_service.web import summit_forms
from summit_service.web.layout import page, see_other
from summit_service.web.summit_forms import Fields

Asked = Request[Any, Any, Any]
BASE = "/desk/summits/{year:int}/afterwards"
NO_FONT = "A name on this letter has characters that we have no font for."


@get(BASE)
async def afterwards(
    request: Asked, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """The drafts of the letters of thanks, and how many who came have not been mailed of their certificate."""
    return await _page(request, actor, year, now=now)


@get(f"{BASE}/letter.pdf")
async def preview(
    year: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    *,
    to: FromQuery[str] = "",
) -> Response[Any]:
    """The letter of thanks to the address `to` as it would be today."""
    check_secretariat(actor)
    edition = await summits.found_edition(year)
    draft = next((one for one in await thanks.due(edition) if one.key == to), None)
    if draft is None:
        raise NotFound("There is no draft of a letter to this address.")
    return await pdf(thanks.data_of(draft, edition, day=now, by=actor.name))


async def pdf(data: dict[str, Any]) -> Response[Any]:
    """The letter as an answer that nobody keeps; raises NotFound where no font has its letters."""
    try:
        made = await asyncio.to_thread(thanks.set_letter, data)
    except CannotTypeset as fault:
        raise NotFound(NO_FONT) from fault
    headers = {"Cache-Control": "no-store", "Content-Disposition": 'inline; filename="thanks.pdf"'}
    return Response(made, media_type="application/pdf", headers=headers)


@post(f"{BASE}/thanks", status_code=200)
async def send_thanks(
    request: Asked, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Let the ticked letters of thanks go."""
    words = (await summit_forms.fields_of(request))["words"]
    chosen = [key for key in (await request.form()).getall("to", []) if isinstance(key, str)]
    try:
        await actions.send_thanks(year, chosen, words, actor=actor, now=now)
    except Conflict as refusal:
        return await _page(
            request, actor, year, now=now, chosen=chosen, words={"thanks": words}, refusal=refusal.sentence
        )
    except Invalid as fault:
        return await _page(
            request, actor, year, now=now, chosen=chosen, words={"thanks": words},
            faults={"thanks": fault.faults[0].sentence},
        )  # fmt: skip
    return see_other(f"/desk/summits/{year}/afterwards?done=thanks")


@post(f"{BASE}/certificates", status_code=200)
async def tell_of_certificates(
    request: Asked, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Mail everybody who came and was not told yet that their certificate is ready."""
    words = (await summit_forms.fields_of(request))["words"]
    try:
        await telling.tell_of_certificates(year, words, actor=actor, now=now)
    except Conflict as refusal:
        return await _page(
            request, actor, year, now=now, words={"certificates": words}, refusal=refusal.sentence
        )
    except Invalid as fault:
        return await _page(
            request, actor, year, now=now, words={"certificates": words},
            faults={"certificates": fault.faults[0].sentence},
        )  # fmt: skip
    return see_other(f"/desk/summits/{year}/afterwards?done=certificates")


async def _page(
    request: Asked,
    actor: Actor,
    year: int,
    *,
    now: datetime,
    chosen: Collection[str] | None = None,
    words: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
    refusal: str = "",
) -> Response[Any]:
    check_secretariat(actor)
    edition = await summits.found_edition(year)
    letters = await thanks.due(edition)
    return page(
        request,
        "speakers/afterwards.html",
        actor=actor,
        status=422 if faults else 409 if refusal else 200,
        edition=edition,
        is_over=now >= summits.ends_instant(edition),
        letters=letters,
        chosen=[letter.key for letter in letters] if chosen is None else chosen,
        untold=len(await telling.untold(edition)),
        told=await telling.told_count(edition),
        words=Fields(words or {}),
        faults=Fields(faults or {}),
        refusal=refusal,
        done=request.query_params.get("done", ""),
        noindex=True,
    )


ROUTES: list[Any] = [afterwards, preview, send_thanks, tell_of_certificates]
