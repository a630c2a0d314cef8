"""A delegate's details as the forms show and send them; the edition's own questions with what is full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from litestar.datastructures import FormMultiDict

from summit_service import zones
from summit_service.registrations import questions
from summit_service.registrations.answers import TICK, Asked, Given
from summit_service.web.forms import text


class Blanks(dict[str, str]):
    """Fields by name; one that is missing is empty."""

    def __missing__(self, name: str) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Put:
    """A question on a form; its hint begins with when it is asked, unless everybody is."""

    field: str
    label: str
    kind: str
    hint: str
    is_required: bool
    options: tuple[tuple[str, str], ...]


async def put(edition_id: int, *, typed: Mapping[str, str] | None = None) -> list[Put]:
    """The questions in order; an answer in `typed` can be kept although it is full."""
    asked = await questions.questions_of(edition_id)
    counts, known = await questions.chosen(edition_id, asked), {question.key: question for question in asked}
    return [
        Put(
            field=question.field,
            label=question.label,
            kind=question.kind,
            hint=f"{condition_words(question, known)} {question.hint}".strip(),
            is_required=question.is_required,
            options=_options(
                question, counts.get(question.key, Counter()), (typed or {}).get(question.field, "")
            ),
        )
        for question in asked
    ]


def _options(question: Asked, counts: Counter[str], own: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (choice, _words(question, choice, counts[choice], is_own=choice == own))
        for choice in question.choices
    )


def _words(question: Asked, choice: str, count: int, *, is_own: bool) -> str:
    if choice not in question.limits:
        return choice
    left = max(0, question.limits[choice] - count)
    if left == 0 and not is_own:
        return f"{choice} (full)"
    return f"{choice} ({left} left)" if left else choice


def condition_words(question: Asked, known: Mapping[str, Asked]) -> str:
    """When the question is asked, for people; the server judges it."""
    if question.shown_if is None or question.shown_if[0] not in known:
        return ""
    key, wanted = question.shown_if
    earlier = known[key]
    if earlier.kind == TICK:
        return f"Only if you {'ticked' if wanted == 'yes' else 'did not tick'} “{earlier.label}”."
    return f"Only if you answered “{wanted}” to “{earlier.label}”."


def given_from(form: FormMultiDict, questions: Sequence[Asked]) -> Given:
    """What the form has of a delegate's details."""
    return Given(
        name=text(form, "name"),
        organisation=text(form, "organisation"),
        dietary=text(form, "dietary"),
        access_needs=text(form, "access_needs"),
        is_listed=text(form, "is_listed") == "yes",
        timezone=text(form, "timezone"),
        answers={question.key: text(form, question.field) for question in questions},
    )


@cache
def zone_options() -> list[tuple[str, str]]:
    """Zones to choose from, the usual ones first to read: those named after places."""
    places = [name for name in zones.zone_names() if "/" in name and not name.startswith("Etc/")]
    return [("", "Not given"), *((name, name.replace("_", " ")) for name in places), ("Etc/UTC", "UTC")]
