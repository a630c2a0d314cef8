"""Pages: what the secretariat asks an edition's delegates, and until when they may change it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Conflict, Invalid, NotFound
from summit_service.registrations import actions, answers, questions
from summit_service.summits import queries as summits
from summit_service.summits.tables import Edition
from summit_service.web import question_forms
from summit_service.web.forms import text
from summit_service.web.layout import page, see_other
from summit_service.web.question_fields import Blanks, condition_words

Page = Request[Any, Any, Any]
KIND_WORDS = {
    answers.TEXT: "Text",
    answers.CHOICE: "One of several answers",
    answers.TICK: "A box to tick",
    answers.NUMBER: "A number",
    answers.DATE: "A day",
}


@get("/desk/summits/{year:int}/questions")
async def list_questions(request: Page, year: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """What is asked, in order, and the edition's terms."""
    check_secretariat(actor)
    return await _list(request, await summits.found_edition(year), actor=actor)


@post("/desk/summits/{year:int}/registration-terms", status_code=200)
async def change_terms(
    request: Page, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Until when delegates may change what they told us, and how many may come from one organisation."""
    form = await request.form()
    typed = {name: text(form, name).strip() for name in ("changes_until", "organisation_limit")}
    try:
        await actions.set_terms(
            year,
            changes_until=question_forms.day(typed["changes_until"]),
            organisation_limit=question_forms.limit(typed["organisation_limit"]),
            actor=actor,
            now=now,
        )
    except Invalid as fault:
        edition = await summits.found_edition(year)
        return await _list(request, edition, actor=actor, typed=typed, faults=fault.by_field())
    return see_other(f"/desk/summits/{year}/questions?done=terms")


@get("/desk/summits/{year:int}/questions/new")
async def new_question(request: Page, year: FromPath[int], actor: NamedDependency[Actor]) -> Response[Any]:
    """An empty form."""
    check_secretariat(actor)
    return await _form(request, year, "", {"kind": answers.TEXT}, actor=actor)


@post("/desk/summits/{year:int}/questions/new", status_code=200)
async def add_question(
    request: Page, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """Ask it, after those that are there."""
    return await _save(request, year, "", actor=actor, now=now)


@get("/desk/summits/{year:int}/questions/{key:str}")
async def question(
    request: Page, year: FromPath[int], key: FromPath[str], actor: NamedDependency[Actor]
) -> Response[Any]:
    """The form of a question that is asked."""
    check_secretariat(actor)
    edition = await summits.found_edition(year)
    asked = await questions.questions_of(edition.id)
    known = next((one for one in asked if one.key == key), None)
    if known is None:
        raise NotFound("This question is asked no more.")
    return await _form(request, year, key, question_forms.typed_of(known), actor=actor)


@post("/desk/summits/{year:int}/questions/{key:str}", status_code=200)
async def change_question(
    request: Page,
    year: FromPath[int],
    key: FromPath[str],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Put it in other words from now on."""
    return await _save(request, year, key, actor=actor, now=now)


@post("/desk/summits/{year:int}/questions/{key:str}/position")
async def move(
    request: Page,
    year: FromPath[int],
    key: FromPath[str],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Up or down by one."""
    step = -1 if text(await request.form(), "step") == "up" else 1
    try:
        await actions.move_question(year, key, step=step, actor=actor, now=now)
    except Invalid:
        edition = await summits.found_edition(year)
        return await _list(request, edition, actor=actor, refusal=DEPENDS)
    return see_other(f"/desk/summits/{year}/questions")


@post("/desk/summits/{year:int}/questions/{key:str}/retirement")
async def retire(
    request: Page,
    year: FromPath[int],
    key: FromPath[str],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> Response[Any]:
    """Ask it no more; what was answered stays."""
    try:
        await actions.retire_question(year, key, actor=actor, now=now)
    except Conflict as fault:
        edition = await summits.found_edition(year)
        return await _list(request, edition, actor=actor, refusal=fault.sentence)
    return see_other(f"/desk/summits/{year}/questions")


DEPENDS = "A question with a condition stays after the one that it depends on."


async def _list(
    request: Page,
    edition: Edition,
    *,
    actor: Actor,
    refusal: str = "",
    typed: Mapping[str, str] | None = None,
    faults: Mapping[str, str] | None = None,
) -> Response[Any]:
    asked = await questions.questions_of(edition.id)
    known = {one.key: one for one in asked}
    return page(
        request,
        "registrations/questions.html",
        actor=actor,
        status=422 if faults else 409 if refusal else 200,
        edition=edition,
        asked=[(one, KIND_WORDS[one.kind], condition_words(one, known)) for one in asked],
        counts=await questions.chosen(edition.id, asked),
        done=request.query_params.get("done", "") == "terms",
        refusal=refusal,
        typed=Blanks(typed or question_forms.terms_typed(await questions.terms_of(edition.id))),
        faults=Blanks(faults or {}),
    )


async def _form(
    request: Page,
    year: int,
    key: str,
    typed: Mapping[str, str],
    *,
    actor: Actor,
    faults: Mapping[str, str] | None = None,
) -> Response[Any]:
    edition = await summits.found_edition(year)
    deciding = [
        (one.key, one.label)
        for one in await questions.questions_of(edition.id)
        if one.kind in (answers.CHOICE, answers.TICK) and one.key != key
    ]
    return page(
        request,
        "registrations/question.html",
        actor=actor,
        status=422 if faults else 200,
        edition=edition,
        key=key,
        kinds=list(KIND_WORDS.items()),
        deciding=[("", "Everybody is asked"), *deciding],
        typed=Blanks(typed),
        faults=Blanks(faults or {}),
    )


async def _save(request: Page, year: int, key: str, *, actor: Actor, now: datetime) -> Response[Any]:
    form = await request.form()
    typed = {name: text(form, name) for name in question_forms.FIELDS}
    try:
        await actions.save_question(
            year, question_forms.asked_from(typed, key), key=key, actor=actor, now=now
        )
    except Invalid as fault:
        return await _form(request, year, key, typed, actor=actor, faults=fault.by_field())
    return see_other(f"/desk/summits/{year}/questions")


ROUTES: list[Any] = [
    list_questions, change_terms, new_question, add_question, question, change_question, move, retire,
]  # fmt: skip
