"""What the secretariat decides about an edition's registrations: its limits and its questions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from summit_service import db, markup
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Fault, Invalid, NotFound
from summit_service.registrations import answers, queries, rules
from summit_service.registrations.actions import places
from summit_service.registrations.answers import Asked
from summit_service.registrations.tables import Question
from summit_service.summits import queries as summits
from summit_service.summits.tables import Edition

MOST_PLACES = 100_000
MOST_QUESTIONS = 30


async def change_capacity(year: int, *, in_person: int, online: int, actor: Actor, now: datetime) -> Edition:
    """Set how many places there are; who waits is offered what becomes free at once.

    Raises Invalid for a limit below the places that are confirmed or offered already.
    """
    check_secretariat(actor)
    edition_id = (await _edition(year)).id
    async with db.transaction():
        edition = await places.lock_edition(edition_id)
        wished = {rules.IN_PERSON: in_person, rules.ONLINE: online}
        faults = [fault for key, value in wished.items() for fault in _capacity_faults(edition, key, value)]
        if faults:
            raise Invalid(faults)
        edition.in_person_capacity, edition.online_capacity, edition.updated_at = in_person, online, now
        await edition.save([Edition.in_person_capacity, Edition.online_capacity, Edition.updated_at])
        await places.settle(edition, now=now)
        return await places.lock_edition(edition_id)


async def set_questions(year: int, questions: Sequence[Asked], *, actor: Actor, now: datetime) -> None:
    """Ask these questions, in this order, in place of those before; answers that were given stay."""
    check_secretariat(actor)
    edition = await _edition(year)
    checked = _checked(questions)
    async with db.transaction():
        await places.lock_edition(edition.id)
        await Question.delete().where(Question.edition == edition.id)
        for position, asked in enumerate(checked):
            await Question(
                edition=edition.id,
                key=asked.key,
                label=asked.label,
                hint=asked.hint,
                kind=asked.kind,
                choices=json.dumps(list(asked.choices), ensure_ascii=False),
                is_required=asked.is_required,
                position=position,
            ).save()


async def _edition(year: int) -> Edition:
    edition = await summits.edition_of(year)
    if edition is None:
        raise NotFound(f"There is no summit of {year}.")
    return edition


def _capacity_faults(edition: Edition, attendance: str, wished: int) -> list[Fault]:
    field, taken = f"{attendance}_capacity", queries.taken_of(edition, attendance)
    if not 0 <= wished <= MOST_PLACES:
        return [Fault(field, f"Give a number from 0 to {MOST_PLACES:,}.")]
    if wished < taken:
        return [Fault(field, f"{taken:,} places are taken already. Give that number or a higher one.")]
    return []


def _checked(questions: Sequence[Asked]) -> list[Asked]:
    if len(questions) > MOST_QUESTIONS:
        raise Invalid.one("", f"{MOST_QUESTIONS} questions are the most that can be asked.")
    keys = [question.key for question in questions]
    if len(set(keys)) != len(keys):
        raise Invalid.one("", "Two questions have the same key.")
    return [_checked_question(question, f"{index}") for index, question in enumerate(questions)]


def _checked_question(asked: Asked, place: str) -> Asked:
    if asked.kind not in answers.KINDS:
        raise Invalid.one(f"{place}/kind", f"A question is one of: {', '.join(answers.KINDS)}.")
    if asked.kind == answers.CHOICE and len(asked.choices) < 2:
        raise Invalid.one(f"{place}/choices", "Give at least two answers to choose from.")
    return Asked(
        key=markup.slug(asked.key),
        label=markup.one_line(asked.label, field=f"{place}/label", longest=200, name="The question"),
        hint=markup.one_line(asked.hint, field=f"{place}/hint", longest=300, name="The hint", required=False),
        kind=asked.kind,
        choices=tuple(
            markup.one_line(choice, field=f"{place}/choices", longest=200, name="An answer")
            for choice in asked.choices
        ),
        is_required=asked.is_required,
    )
