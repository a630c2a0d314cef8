"""Pages: the desk's drafts of mails to speakers and chairs, and their addresses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Conflict, Invalid
from summit_service.speakers import actions, drafts, queries, rules
from summit_service.speakers.queries import Board
from summit_service.summits import queries as summits
from summit_service.web import kept, summit_forms
from summit_service.web.layout import page, see_other
from summit_service.web.summit_forms import Fields

Asked = Request[Any, Any, Any]
BASE = "/desk/summits/{year:int}/speakers"
NOTE = "note:"
SHOWN_WHOLE = 20
"""Mails that the page shows whole; it stays light."""


@get(BASE)
async def speakers(
    request: Asked, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """The drafts of the last release, and the addresses."""
    check_secretariat(actor)
    return await _page(request, actor, year, now=now)


@post(f"{BASE}/addresses", status_code=200)
async def put_addresses(
    request: Asked, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Keep the box of addresses, or show it again with what is wrong; a form without a mark has seen none."""
    form = await summit_forms.fields_of(request)
    typed, seen = form["addresses"], form["seen"]
    try:
        await actions.put_addresses(year, typed, seen=seen, actor=actor, now=now)
    except Invalid as refusal:
        fault = " ".join(fault.sentence for fault in refusal.faults)
        return await _page(
            request, actor, year, now=now, typed=typed, seen=seen, faults={"addresses": fault}, status=422
        )
    except Conflict as refusal:
        return await _page(request, actor, year, now=now, stale=typed, meanwhile=refusal.sentence, status=409)
    return see_other(f"/desk/summits/{year}/speakers?done=addresses#addresses-title")


@post(f"{BASE}/mails", status_code=200)
async def send(
    request: Asked, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Send the chosen drafts, or (the other button) only keep what was written beside them."""
    form = await summit_forms.fields_of(request)
    chosen = [key for key in (await request.form()).getall("to", []) if isinstance(key, str)]
    notes = {name.removeprefix(NOTE): text for name, text in form.items() if name.startswith(NOTE)}
    try:
        if form["do"] == "keep":
            await actions.keep_notes(year, notes, actor=actor, now=now)
            return see_other(f"/desk/summits/{year}/speakers?done=kept")
        release = int(form["release"]) if form["release"].isdecimal() and len(form["release"]) < 8 else 0
        wanted = {key: notes.get(key, "") for key in chosen}
        await actions.send(year, wanted, release=release, actor=actor, now=now)
    except Conflict as refusal:
        return await _page(
            request, actor, year, now=now, notes=notes, chosen=chosen, refusal=refusal.sentence, status=409
        )
    except Invalid as refusal:
        sentence = refusal.faults[0].sentence
        return await _page(
            request, actor, year, now=now, notes=notes, chosen=chosen, refusal=sentence, status=422
        )
    return see_other(f"/desk/summits/{year}/speakers?done=sent")


async def _page(
    request: Asked,
    actor: Actor,
    year: int,
    *,
    now: datetime,
    typed: str | None = None,
    seen: str | None = None,
    stale: str = "",
    meanwhile: str = "",
    notes: Mapping[str, str] | None = None,
    chosen: list[str] | None = None,
    faults: Mapping[str, str] | None = None,
    refusal: str = "",
    status: int = 200,
) -> Response[Any]:
    board = await queries.board_of(await summits.found_edition(year))
    first = board.letters[:SHOWN_WHOLE]
    return page(
        request,
        "speakers/desk.html",
        actor=actor,
        status=status,
        edition=board.edition,
        board=board,
        whole=drafts.drafts_of(first, board.release, now=now) if board.release else {},
        kept_rows=kept.rows(rules.FIELDS, board.edition),
        notes={letter.key: (notes or {}).get(letter.key, letter.note) for letter in board.letters},
        chosen=[letter.key for letter in board.letters] if chosen is None else chosen,
        addresses=_as_typed(board) if typed is None else typed,
        seen=board.mark if seen is None else seen,
        meanwhile=meanwhile,
        apart=_apart(stale, board) if meanwhile else (),
        faults=Fields(faults or {}),
        refusal=refusal,
        done=request.query_params.get("done", ""),
        noindex=True,
    )


def _as_typed(board: Board) -> str:
    """A line for each name, those without an address first, so that one sees what is missing."""
    missing = [f"{name}{rules.SEPARATOR} " for name in board.without_address]
    return "\n".join([*missing, *rules.address_lines(board.addresses)])


def _apart(stale: str, board: Board) -> tuple[list[str], list[str]]:
    """The lines that are only in what was typed, and those that are only in the addresses as they stand."""
    mine = [line.strip() for line in stale.splitlines() if _squeezed(line)[-1]]
    theirs = rules.address_lines(board.addresses)
    both = {_squeezed(line) for line in mine} & {_squeezed(line) for line in theirs}
    only_mine = [line for line in mine if _squeezed(line) not in both]
    return only_mine, [line for line in theirs if _squeezed(line) not in both]


def _squeezed(line: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in line.partition(rules.SEPARATOR))


ROUTES: list[Any] = [speakers, put_addresses, send]
