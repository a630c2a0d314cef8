"""Pages: the secretariat's desk for statements, where each step is confirmed before it is taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from summit_service import zones
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Conflict, Gone, Invalid, NotFound
from summit_service.members import queries as members
from summit_service.statements import (
    board,
    comments,
    counting,
    deadlines,
    history,
    pdf_gaps,
    policy,
    queries,
    rules,
    standings,
    texts,
)
from summit_service.statements.standings import Standing
from summit_service.statements.tables import Statement
from summit_service.web import statements_steps as steps
from summit_service.web.addresses import filtered
from summit_service.web.layout import page, see_other
from summit_service.web.statements import origin_of

PRESETS = [(name, *words) for name, words in policy.PRESET_WORDS.items()]
BASE = "/desk/statements"
PAGE = 50
MOST_WHOLE = 10
"""Of more lines than these the words that people wrote are shortened: each of them can be pages long."""


@get(BASE)
async def statements(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], database_now: NamedDependency[datetime]
) -> Response[str]:
    """Every statement: its state, until when, and how many have not answered."""
    check_secretariat(actor)
    rows = await queries.all_statements()
    unanswered = await queries.open_requests(rows)
    listed = [
        {
            "row": row,
            "state": rules.STATES[rules.seen_state(row.state, deadlines.end_of(row), now=database_now)],
            "progress": deadlines.progress(row, now=database_now),
            "unanswered": len(unanswered[row.id]),
        }
        for row in rows
    ]
    return page(request, "statements/desk_list.html", actor=actor, rows=listed)


@get(f"{BASE}/{{slug:str}}")
async def statement(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    actor: NamedDependency[Actor],
    database_now: NamedDependency[datetime],
    *,
    in_state: Annotated[str, QueryParameter(name="state")] = "",
    q: FromQuery[str] = "",
    organisation: FromQuery[str] = "",
    after: FromQuery[str] = "",
    before: FromQuery[int | None] = None,
) -> Response[str]:
    """The board: who has which state and what its mail did, the versions, and what can be done now."""
    check_secretariat(actor)
    row = await queries.statement_by_slug(slug)
    view = await board.view_of(row, actor, now=database_now, with_signatures=False)
    asked = await standings.standings_of(row, now=database_now)
    given = {
        "state": in_state if in_state in standings.STATES else "",
        "q": q.strip()[:200],
        "organisation": organisation,
    }
    return page(
        request,
        "statements/desk_board.html",
        actor=actor,
        statement=row,
        view=view,
        state=rules.STATES[view.state],
        asked=len(asked),
        **await _lines(row, asked, given, after),
        obstacles=await history.obstacles(row, view.state, asked, now=database_now),
        without_pdf=await pdf_gaps.told(row, asked),
        **await _happened(row, before),
        supposed=await _supposed(row, asked) if view.state == "signing" else [],
        waived=await queries.waived_of(row),
        origin=await origin_of(row),
        rule=await counting.rule_in_words(row),
        code=texts.code_word(view.text_set.sha256) if view.text_set else "",
        closes=zones.long_deadline(row.closes_at, row.closes_timezone) if row.closes_at else "",
        possible=steps.possible(view),
        can_write=row.state in rules.WRITABLE,
        can_translate=row.state in rules.TRANSLATABLE,
        comments_told=len(await comments.told(row)),
        comments_waiting=await comments.waiting(row),
        done=steps.done_words(request.query_params),
        mail_words=steps.MAIL_WORDS,
        answer_words=steps.ANSWER_WORDS,
    )


async def _lines(
    row: Statement, asked: Sequence[Standing], given: dict[str, str], after: str
) -> dict[str, Any]:
    """The part of the board that is asked for; counts are over all of it."""
    slug = given["organisation"]
    found = await members.organisation_by_slug(slug) if slug else None
    part = standings.part_of(
        asked,
        state=given["state"],
        search=given["q"],
        organisation=(found.id if found else 0) if slug else None,
        after=after,
        limit=PAGE,
    )
    counts = standings.counts(asked)
    here = f"{BASE}/{row.slug}"
    return {
        "lines": await board.lines_of(row, part.standings),
        "is_whole": len(part.standings) <= MOST_WHOLE,
        "more": filtered(here, "answers", **given, after=part.following) if part.following else "",
        "first": filtered(here, "answers", **given) if after else "",
        "bar": steps.bar_of(counts),
        "tabs": _tabs(here, counts, len(asked), given),
        "given": given,
        "can_search": len(asked) > PAGE,
    }


def _tabs(
    here: str, counts: Mapping[str, int], asked: int, given: dict[str, str]
) -> list[tuple[str, str, bool]]:
    """Who needs the desk first; what nobody is in is left out."""
    shown = [state for state in standings.STATES if counts[state] or state == given["state"]]
    is_everybody = not given["state"] and not given["organisation"]
    named = [
        (
            f"{steps.STANDING_WORDS[state]} ({counts[state]})",
            filtered(here, "answers", state=state, q=given["q"]),
            state == given["state"],
        )
        for state in shown
    ]
    return [(f"All ({asked})", filtered(here, "answers", q=given["q"]), is_everybody), *named]


async def _happened(row: Statement, before: int | None) -> dict[str, Any]:
    """A part of the history, the newest first."""
    found = await history.of(row, before=before, limit=PAGE + 1)
    here = f"{BASE}/{row.slug}"
    older = f"{here}?before={found[PAGE - 1].seq}#history" if len(found) > PAGE else ""
    return {"happened": found[:PAGE], "older": older, "is_older": before is not None}


async def _supposed(row: Statement, asked: Sequence[Standing]) -> list[counting.Supposed]:
    requests, answers = standings.apart(asked)
    return await counting.suppositions(row, requests, answers, at=row.closes_at)


@get(f"{BASE}/{{slug:str}}/{{step:str}}")
async def confirm(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    step: FromPath[str],
    actor: NamedDependency[Actor],
    database_now: NamedDependency[datetime],
) -> Response[str]:
    """What the step does, how many mails it sends, and the button that takes it."""
    check_secretariat(actor)
    return await _step_page(request, slug, step, actor, now=database_now)


@post(f"{BASE}/{{slug:str}}/{{step:str}}", status_code=200)
async def take(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    step: FromPath[str],
    actor: NamedDependency[Actor],
    database_now: NamedDependency[datetime],
) -> Response[Any]:
    """Take the step, or show again what it asks with what stands in its way."""
    check_secretariat(actor)
    if step not in steps.STEPS:
        raise NotFound("There is no such step.")
    form = await request.form()
    typed = {name: value for name, value in form.items() if isinstance(value, str)}
    waived, blocking = (
        [value for value in form.getall(name, []) if isinstance(value, str)]
        for name in ("waived", "blocking")
    )
    try:
        said = await steps.take(step, slug, typed, waived, blocking, actor=actor, now=database_now)
    except (Invalid, Conflict, Gone) as fault:
        return await _step_page(
            request,
            slug,
            step,
            actor,
            now=database_now,
            fault=fault,
            typed=typed,
            waived=waived,
            blocking=blocking,
        )
    return see_other(f"{BASE}/{slug}?done={step}{said}")


async def _step_page(
    request: Request[Any, Any, Any],
    slug: str,
    step: str,
    actor: Actor,
    *,
    now: datetime,
    fault: Invalid | Conflict | Gone | None = None,
    typed: dict[str, str] | None = None,
    waived: list[str] | None = None,
    blocking: Sequence[str] = (),
) -> Response[str]:
    if step not in steps.STEPS:
        raise NotFound("There is no such step.")
    row = await queries.statement_by_slug(slug)
    plan = await steps.plan(step, row, now=now)
    is_near = step in {"freeze", "signing", "publication"}
    without_pdf = await pdf_gaps.told(row, await standings.standings_of(row, now=now)) if is_near else []
    return page(
        request,
        "statements/desk_step.html",
        without_pdf=without_pdf,
        actor=actor,
        status=422 if isinstance(fault, Invalid) else 409 if fault else 200,
        statement=row,
        step=step,
        plan=plan,
        form=steps.filled(row, typed),
        chosen=plan.waived if waived is None else waived,
        blocking=blocking,
        bases=[(name, words, "") for name, words in policy.BASIS_WORDS.items()],
        faults=steps.faults_of(fault),
        comments_first=isinstance(fault, Conflict) and fault.code == "comments_without_disposition",
        presets=PRESETS,
    )


ROUTES: list[Any] = [statements, statement, confirm, take]
