"""The desk's pages about contributions: what came in, deciding, telling the authors, placing in the programme."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.contributions import actions, conflicts, drafts, queries, rules
from summit_service.errors import Conflict, Gone, Invalid, NotAllowed
from summit_service.summits import queries as summits
from summit_service.summits.tables import Edition
from summit_service.web import kept
from summit_service.web.forms import text
from summit_service.web.layout import page, see_other

Asked = Request[Any, Any, Any]
BADGES = {"": "wait", rules.ACCEPTED: "good", rules.DECLINED: "plain", "withdrawn": "plain"}
SHOWN_WHOLE = 40
"""Mails that the list shows whole; the page stays light."""
BASE = "/desk/summits/{year:int}"


@get(f"{BASE}/contributions")
async def contributions(
    request: Asked, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """What came in, the best first; counts; the decisions that nobody was told yet."""
    check_secretariat(actor)
    return await _list(request, year, actor, now)


@post(f"{BASE}/decisions", status_code=200)
async def tell(
    request: Asked, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Mail what was decided, in ten minutes."""
    check_secretariat(actor)
    expected = text(await request.form(), "expected")
    try:
        await actions.tell(year, expected=int(expected) if expected.isdecimal() else -1, actor=actor, now=now)
    except Conflict as fault:
        return await _list(request, year, actor, now, refusal=fault.sentence)
    return see_other(f"/desk/summits/{year}/contributions?done=told")


@post(f"{BASE}/decisions/stop")
async def stop_telling(
    year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Stop the mails that have not left."""
    await actions.stop_telling(year, actor=actor, now=now)
    return see_other(f"/desk/summits/{year}/contributions?done=stopped")


async def _list(
    request: Asked, year: int, actor: Actor, now: datetime, *, refusal: str = ""
) -> Response[Any]:
    edition = await summits.found_edition(year)
    call = await queries.found_call(edition)
    found = await queries.judged(edition.id)
    live = [one for one in found if one.row.withdrawn_at is None]
    to_tell = await queries.to_be_told(edition.id)
    kept_from = await conflicts.kept_from(actor, [one.row for one in found])
    readable = [row for row in to_tell[:SHOWN_WHOLE] if row.id not in kept_from]
    shown = drafts.drafts_of(readable, edition, now=now)
    return page(
        request,
        "contributions/desk_list.html",
        actor=actor,
        status=409 if refusal else 200,
        edition=edition,
        call=call,
        found=queries.in_order(found, apart=kept_from),
        kept_from=kept_from,
        states=rules.STATES,
        badges=BADGES,
        counts=[
            ("Kind", rules.counted(one.row.kind for one in live)),
            ("Theme", rules.counted(one.row.theme or "None" for one in live)),
            ("Decision", rules.counted(rules.STATES[one.state] for one in found)),
            ("Reviews", rules.counted(f"{one.judgement.number} reviews" for one in live)),
        ],
        to_tell=to_tell,
        drafts={one.row.id: one for one in shown},
        can_stop=any(
            one.row.told_at is not None and now < one.row.told_at + rules.TIME_TO_STOP for one in found
        ),
        is_open=call.is_open(now),
        refusal=refusal,
        done=request.query_params.get("done", ""),
        noindex=True,
    )


@get(BASE + "/contributions/{number:int}")
async def one(
    request: Asked,
    year: FromPath[int],
    number: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """One contribution with its reviews, and what can be decided."""
    check_secretariat(actor)
    return await _one(request, year, number, actor, now=now)


@post(BASE + "/contributions/{number:int}/decision", status_code=200)
async def decide(
    request: Asked,
    year: FromPath[int],
    number: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Accept, decline, or take it back; its author is told later."""
    check_secretariat(actor)
    form = await request.form()
    typed = {name: text(form, name) for name in ("decision", "note", "seen")}
    try:
        await actions.decide(year, number, **typed, actor=actor, now=now)
    except Invalid as fault:
        return await _one(request, year, number, actor, now=now, typed=typed, faults=fault.by_field())
    except (Conflict, Gone, NotAllowed) as fault:
        return await _one(request, year, number, actor, now=now, typed=typed, refusal=fault.sentence)
    return see_other(f"/desk/summits/{year}/contributions/{number}?done=decided")


@post(BASE + "/contributions/{number:int}/session", status_code=200)
async def place(
    request: Asked,
    year: FromPath[int],
    number: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Make a session of it in the draft."""
    check_secretariat(actor)
    form = await request.form()
    typed = {name: text(form, name) for name in ("starts_at", "room")}
    try:
        await actions.place(year, number, **typed, actor=actor, now=now)
    except Invalid as fault:
        faults = {one.field.rpartition("/")[2]: one.sentence for one in fault.faults}
        return await _one(request, year, number, actor, now=now, typed=typed, faults=faults)
    except Conflict as fault:
        return await _one(request, year, number, actor, now=now, typed=typed, refusal=fault.sentence)
    return see_other(f"/desk/summits/{year}/contributions/{number}?done=placed")


async def _one(
    request: Asked,
    year: int,
    number: int,
    actor: Actor,
    *,
    now: datetime,
    typed: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
    refusal: str = "",
) -> Response[Any]:
    edition = await summits.found_edition(year)
    row = await queries.numbered(edition.id, number)
    is_kept_apart = bool(await conflicts.kept_from(actor, [row]))
    opinions = [] if is_kept_apart else await queries.opinions_on(row.id)
    due = [row] if queries.is_to_be_told(row) and not is_kept_apart else []
    programme = (await summits.draft_of(edition)).programme
    start = {
        "decision": row.decision,
        "note": row.decision_note,
        "starts_at": _morning(edition),
        "room": "",
    }
    return page(
        request,
        "contributions/desk_one.html",
        actor=actor,
        status=422 if faults else 409 if refusal else 200,
        edition=edition,
        row=row,
        authors=queries.authors_of(row),
        state=rules.STATES[queries.state_of(row)],
        badge=BADGES[queries.state_of(row)],
        opinions=opinions,
        kept_apart=conflicts.DECIDED_BY_OTHERS if is_kept_apart else "",
        draft=next(iter(drafts.drafts_of(due, edition, now=now)), None),
        judgement=rules.judgement([one.score for one in opinions if one.score is not None]),
        decisions=[*rules.DECISIONS.items(), ("", "Not yet")],
        session=next((one for one in programme.sessions if one.id == row.session), None),
        rooms=[("", "No room yet"), *((room.name, room.name) for room in programme.rooms)],
        kept_rows=kept.rows(rules.DECISION_KEPT, edition),
        typed=start | dict(typed or {}),
        faults=dict(faults or {}),
        refusal=refusal,
        done=request.query_params.get("done", ""),
        noindex=True,
    )


def _morning(edition: Edition) -> str:
    return f"{edition.starts_on.isoformat()}T09:00"


ROUTES: list[Any] = [
    contributions, tell, stop_telling, one, decide, place,
]  # fmt: skip
