"""Reads about what an edition asks its delegates, and about its terms."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from summit_service import zones
from summit_service.registrations import answers, stored
from summit_service.registrations.answers import Asked
from summit_service.registrations.tables import Question, QuestionVersion, Registration, Terms
from summit_service.summits.tables import Edition


async def questions_of(edition_id: int) -> tuple[Asked, ...]:
    """What this edition asks besides the usual, in order."""
    live = (Question.edition == edition_id) & Question.retired_at.is_null()
    return tuple(
        asked(row) for row in await Question.objects().where(live).order_by(Question.position, Question.id)
    )


async def every_question_of(edition_id: int) -> tuple[Asked, ...]:
    """What is asked and then what is asked no more, for those who read the answers."""
    rows = (
        await Question.objects()
        .where(Question.edition == edition_id)
        .order_by(Question.position, Question.id)
    )
    return tuple(asked(row) for row in sorted(rows, key=lambda row: row.retired_at is not None))


def asked(row: Question) -> Asked:
    """A stored question as it is put."""
    condition = (row.condition_key, row.condition_value) if row.condition_key else None
    return Asked(
        key=row.key,
        label=row.label,
        kind=row.kind,
        choices=tuple(json.loads(row.choices)),
        is_required=row.is_required,
        hint=row.hint,
        limits=json.loads(row.limits),
        shown_if=condition,
        question_id=row.id,
        version=row.version,
    )


async def labels_of(edition_id: int) -> dict[tuple[int, int], str]:
    """The words of each question by its id and version, as they were put."""
    ids = [row["id"] for row in await Question.select(Question.id).where(Question.edition == edition_id)]
    rows = await QuestionVersion.select().where(QuestionVersion.question.is_in(ids or [0]))
    return {(row["question"], row["version"]): row["label"] for row in rows}


async def chosen(edition_id: int, questions: Sequence[Asked], *, but: int = 0) -> dict[str, Counter[str]]:
    """How many live registrations gave each answer to the questions that have limits; `but` is one left out."""
    limited = [question.key for question in questions if question.limits]
    counts: dict[str, Counter[str]] = {key: Counter() for key in limited}
    if not limited:
        return counts
    live = (
        (Registration.edition == edition_id) & Registration.cancelled_at.is_null() & (Registration.id != but)
    )
    for row in await Registration.select(Registration.answers).where(live):
        given = stored.values(row["answers"])
        for key in limited:
            counts[key][answers.said(given.get(key))] += 1
    return counts


async def terms_of(edition_id: int) -> Terms:
    """The edition's terms; an unsaved row where nothing is said."""
    return await Terms.objects().get(Terms.edition == edition_id) or Terms(edition=edition_id)


def changes_end_at(terms: Terms, edition: Edition) -> datetime | None:
    """From when on nothing can be changed any more but cancelled; None while the summit's end is the limit."""
    if terms.changes_until is None:
        return None
    return zones.day_start(terms.changes_until + timedelta(days=1), edition.timezone)
