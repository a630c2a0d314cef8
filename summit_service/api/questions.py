"""JSON: what a summit asks its delegates, and the terms of its registrations."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec
from litestar import get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.registrations import actions, questions
from summit_service.registrations.answers import Asked
from summit_service.summits import queries as summits

TAGS = ["Questions"]


class Condition(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """It is put only to who gave `answer` to the earlier question `key`; a tick has the answers yes and no."""

    key: str
    answer: str


class QuestionItem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A question. `kind` is text, choice, tick, number or date; `limits` is how many may choose an answer.

    The key is made of the first label where none is given; with it a question is known when it is put in other words.
    """

    label: str
    kind: str
    key: str = ""
    hint: str = ""
    choices: list[str] = []
    limits: dict[str, int] = {}
    is_required: bool = False
    shown_if: Condition | None = None


class QuestionList(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The questions in their order."""

    items: list[QuestionItem]


class TermsItem(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The last day on which delegates change what they told us, and the most of one organisation; null: no limit."""

    changes_until: date | None
    organisation_limit: int | None


@get("/summits/{year:int}/questions", tags=TAGS, summary="What a summit asks")
async def list_questions(year: FromPath[int], actor: NamedDependency[Actor]) -> QuestionList:
    """What is asked with a registration; `answers` of a registration go by these keys."""
    edition = await summits.found_edition(year, is_announced_only=not actor.is_secretariat)
    return await _questions(edition.id)


@put("/summits/{year:int}/questions", tags=TAGS, summary="Replace the questions")
async def set_questions(
    year: FromPath[int],
    data: JSONBody[QuestionList],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> QuestionList:
    """Ask these, in this order. What was answered keeps the words in which it was asked. Secretariat."""
    await actions.set_questions(year, [_asked(item) for item in data.items], actor=actor, now=now)
    return await _questions((await summits.found_edition(year)).id)


@get("/summits/{year:int}/terms", tags=TAGS, summary="Terms of registration")
async def show_terms(year: FromPath[int], actor: NamedDependency[Actor]) -> TermsItem:
    """What else holds for the registrations of a summit. Secretariat."""
    check_secretariat(actor)
    return await _terms((await summits.found_edition(year)).id)


@put("/summits/{year:int}/terms", tags=TAGS, summary="Set the terms of registration")
async def set_terms(
    year: FromPath[int],
    data: JSONBody[TermsItem],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
) -> TermsItem:
    """Both, whichever they were before. Secretariat."""
    check_secretariat(actor)
    await actions.set_terms(
        year,
        changes_until=data.changes_until,
        organisation_limit=data.organisation_limit,
        actor=actor,
        now=now,
    )
    return await _terms((await summits.found_edition(year)).id)


async def _questions(edition_id: int) -> QuestionList:
    return QuestionList(items=[_item(one) for one in await questions.questions_of(edition_id)])


async def _terms(edition_id: int) -> TermsItem:
    terms = await questions.terms_of(edition_id)
    return TermsItem(changes_until=terms.changes_until, organisation_limit=terms.organisation_limit)


def _asked(item: QuestionItem) -> Asked:
    return Asked(
        key=item.key,
        label=item.label,
        kind=item.kind,
        choices=tuple(item.choices),
        is_required=item.is_required,
        hint=item.hint,
        limits=item.limits,
        shown_if=(item.shown_if.key, item.shown_if.answer) if item.shown_if else None,
    )


def _item(one: Asked) -> QuestionItem:
    return QuestionItem(
        label=one.label,
        kind=one.kind,
        key=one.key,
        hint=one.hint,
        choices=list(one.choices),
        limits=dict(one.limits),
        is_required=one.is_required,
        shown_if=Condition(key=one.shown_if[0], answer=one.shown_if[1]) if one.shown_if else None,
    )


ROUTES: list[Any] = [list_questions, set_questions, show_terms, set_terms]
