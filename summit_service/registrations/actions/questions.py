"""What the secretariat asks an edition's delegates; an answer keeps the question as it was put."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from summit_service import db, journal, markup
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Conflict, Fault, Invalid, NotFound
from summit_service.registrations import answers, questions
from summit_service.registrations.actions import places
from summit_service.registrations.answers import Asked
from summit_service.registrations.tables import Question, QuestionVersion
from summit_service.summits import queries as summits
from summit_service.summits.tables import Edition

MOST_QUESTIONS, MOST_CHOICES, MOST_PEOPLE = 30, 40, 10_000
EARLIER = "That question does not come before this one. Move it up first."


async def set_questions(year: int, wished: Sequence[Asked], *, actor: Actor, now: datetime) -> None:
    """Ask these questions, in this order, in place of those before; answers that were given stay as they were."""
    await _change(year, lambda _: list(wished), actor=actor, now=now)


async def save_question(year: int, asked: Asked, *, key: str = "", actor: Actor, now: datetime) -> None:
    """Put a question in place of the one with that key, or a new one at the end. Raises Invalid and NotFound."""

    def edit(before: list[Asked]) -> list[Asked]:
        if not key:
            return [*before, asked]
        return [asked if index == _index(before, key) else known for index, known in enumerate(before)]

    await _change(year, edit, actor=actor, now=now)


async def move_question(year: int, key: str, *, step: int, actor: Actor, now: datetime) -> None:
    """Up (-1) or down (1) by one; at the end nothing changes."""

    def edit(before: list[Asked]) -> list[Asked]:
        at = _index(before, key)
        other = min(max(at + step, 0), len(before) - 1)
        before[at], before[other] = before[other], before[at]
        return before

    await _change(year, edit, actor=actor, now=now)


async def retire_question(year: int, key: str, *, actor: Actor, now: datetime) -> None:
    """Ask it no more. Raises Conflict while another question depends on it."""

    def edit(before: list[Asked]) -> list[Asked]:
        at = _index(before, key)
        follower = next((one.label for one in before if one.shown_if and one.shown_if[0] == key), None)
        if follower is not None:
            raise Conflict(f"“{follower}” is asked only after this one. Take its condition away first.")
        return [*before[:at], *before[at + 1 :]]

    await _change(year, edit, actor=actor, now=now)


async def set_terms(
    year: int, *, changes_until: date | None, organisation_limit: int | None, actor: Actor, now: datetime
) -> None:
    """Until which day delegates change what they told us, and how many come from one organisation."""
    check_secretariat(actor)
    edition = await _edition(year)
    if organisation_limit is not None and not 1 <= organisation_limit <= MOST_PEOPLE:
        raise Invalid.one("organisation_limit", f"Give a number from 1 to {MOST_PEOPLE:,}, or nothing.")
    if changes_until is not None and changes_until > edition.ends_on:
        raise Invalid.one("changes_until", "Give a day before the summit is over, or nothing.")
    async with db.transaction():
        await places.lock_edition(edition.id)
        terms = await questions.terms_of(edition.id)
        terms.changes_until, terms.organisation_limit = changes_until, organisation_limit
        await terms.save()
        await journal.note("summit.terms_changed", actor, year, edition.title, now=now)


async def _change(
    year: int, edit: Callable[[list[Asked]], list[Asked]], *, actor: Actor, now: datetime
) -> None:
    check_secretariat(actor)
    edition = await _edition(year)
    async with db.transaction():
        await places.lock_edition(edition.id)
        wished = edit(list(await questions.questions_of(edition.id)))
        await store_questions(edition.id, wished, now=now)
        await journal.note("summit.questions_changed", actor, year, edition.title, now=now)


async def store_questions(edition_id: int, wished: Sequence[Asked], *, now: datetime) -> None:
    """As `set_questions`, within a transaction that holds the edition's lock."""
    checked = _checked(wished)
    stored = {row.key: row for row in await Question.objects().where(Question.edition == edition_id)}
    for position, asked in enumerate(checked):
        row = stored.pop(asked.key, None) or Question(edition=edition_id, key=asked.key, version=0)
        await _store(row, asked, position, now=now)
    for row in stored.values():
        row.retired_at = row.retired_at or now
        await row.save([Question.retired_at])


async def _store(row: Question, asked: Asked, position: int, *, now: datetime) -> None:
    """New words, another kind or other choices make a new version; order and rules do not."""
    said: dict[str, Any] = {
        "label": asked.label,
        "hint": asked.hint,
        "kind": asked.kind,
        "choices": _json(list(asked.choices)),
    }
    is_new = row.version == 0 or any(getattr(row, name) != value for name, value in said.items())
    for name, value in said.items():
        setattr(row, name, value)
    row.version += is_new
    row.position, row.is_required, row.retired_at = position, asked.is_required, None
    row.limits = _json(dict(asked.limits))
    row.condition_key, row.condition_value = asked.shown_if or ("", "")
    await row.save()
    if is_new:
        await QuestionVersion(question=row.id, version=row.version, created_at=now, **said).save()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


async def _edition(year: int) -> Edition:
    edition = await summits.edition_of(year)
    if edition is None:
        raise NotFound(f"There is no summit of {year}.")
    return edition


def _index(asked: list[Asked], key: str) -> int:
    for index, question in enumerate(asked):
        if question.key == key:
            return index
    raise NotFound("This question is asked no more.")


def _checked(asked: Sequence[Asked]) -> list[Asked]:
    if len(asked) > MOST_QUESTIONS:
        raise Invalid.one("", f"{MOST_QUESTIONS} questions are the most that can be asked.")
    checked = [_checked_question(question) for question in asked]
    keys = [question.key for question in checked]
    if len(set(keys)) != len(keys):
        raise Invalid.one("label", "Another question has these words already.")
    for index, question in enumerate(checked):
        if question.shown_if is not None:
            _check_condition(question.shown_if, {known.key: known for known in checked[:index]})
    return checked


def _check_condition(condition: tuple[str, str], earlier: dict[str, Asked]) -> None:
    key, wanted = condition
    if key not in earlier:
        raise Invalid.one("condition_key", EARLIER)
    known = earlier[key]
    if known.kind not in (answers.CHOICE, answers.TICK):
        raise Invalid.one("condition_key", "Only a choice or a tick can decide about another question.")
    possible = ("yes", "no") if known.kind == answers.TICK else known.choices
    if wanted not in possible:
        raise Invalid.one("condition_value", f"Write one of its answers: {', '.join(possible)}.")


def _checked_question(asked: Asked) -> Asked:
    faults: list[Fault] = []
    if asked.kind not in answers.KINDS:
        faults.append(Fault("kind", f"A question is one of: {', '.join(answers.KINDS)}."))
    if asked.kind == answers.CHOICE and not 2 <= len(asked.choices) <= MOST_CHOICES:
        faults.append(Fault("choices", f"Give from two to {MOST_CHOICES} answers to choose from."))
    if len(set(asked.choices)) != len(asked.choices):
        faults.append(Fault("choices", "Two of these answers are the same."))
    if any(not 0 <= limit <= MOST_PEOPLE for limit in asked.limits.values()):
        faults.append(Fault("choices", f"A limit is a number from 0 to {MOST_PEOPLE:,}."))
    if faults:
        raise Invalid(faults)
    label = markup.one_line(asked.label, field="label", longest=200, name="The question")
    is_choice = asked.kind == answers.CHOICE
    return Asked(
        key=markup.slug(asked.key or label),
        label=label,
        hint=markup.one_line(asked.hint, field="hint", longest=300, name="The hint", required=False),
        kind=asked.kind,
        choices=tuple(_choice(choice) for choice in asked.choices) if is_choice else (),
        is_required=asked.is_required,
        limits=dict(asked.limits) if is_choice else {},
        shown_if=asked.shown_if,
    )


def _choice(text: str) -> str:
    return markup.one_line(text, field="choices", longest=200, name="An answer")
