"""What a delegate typed, checked against what the edition asks; every fault is told at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import TypeVar

from summit_service import markup, zones
from summit_service.errors import Fault, Invalid
from summit_service.registrations.rules import Details

Answer = str | bool | int | float
T = TypeVar("T")

TEXT, CHOICE, TICK, NUMBER, DATE = "text", "choice", "tick", "number", "date"
KINDS = (TEXT, CHOICE, TICK, NUMBER, DATE)
LONGEST_NAME, LONGEST_NEED, LONGEST_ANSWER = 120, 1_000, 2_000
TICKED = frozenset({True, "yes", "true", "on", "1"})
LARGEST_NUMBER = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as it is put to a delegate; `shown_if` is the key and the answer that it depends on."""

    key: str
    label: str
    kind: str
    choices: tuple[str, ...] = ()
    is_required: bool = False
    hint: str = ""
    limits: Mapping[str, int] = field(default_factory=dict)
    shown_if: tuple[str, str] | None = None
    question_id: int = 0
    version: int = 0

    @property
    def field(self) -> str:
        """Where its answer stands in a form and in JSON."""
        return f"answers/{self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What was typed or sent, as it came."""

    name: str
    organisation: str = ""
    dietary: str = ""
    access_needs: str = ""
    is_listed: bool = False
    timezone: str = ""
    answers: Mapping[str, object]


class FaultBook:
    """Runs checks one after the other and keeps what they found, so that all of it is told at once."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def take(self, check: Callable[[], T], fallback: T) -> T:
        """The checked value; the fallback, with its fault kept, where the check refuses."""
        try:
            return check()
        except Invalid as refusal:
            self.faults.extend(refusal.faults)
            return fallback

    def close(self) -> None:
        """Raises Invalid if anything was found."""
        if self.faults:
            raise Invalid(self.faults)


def check_details(given: Given, questions: Sequence[Asked], book: FaultBook) -> Details:
    """The checked details; what is wrong goes into the book, which the caller closes."""
    return Details(
        name=book.take(lambda: check_name(given.name), ""),
        organisation=book.take(lambda: _line(given.organisation, "organisation", "The organisation"), ""),
        dietary=book.take(lambda: _lines(given.dietary, "dietary", "The dietary needs"), ""),
        access_needs=book.take(lambda: _lines(given.access_needs, "access_needs", "The access needs"), ""),
        is_listed=given.is_listed,
        timezone=book.take(lambda: zones.zone(given.timezone).key if given.timezone else None, None),
        answers=check_answers(given.answers, questions, book),
    )


def check_name(name: str) -> str:
    """A name of one line. Our mails greet with it, so it cannot carry a web address to a stranger."""
    checked = markup.one_line(name, field="name", longest=LONGEST_NAME, name="Your name")
    if "://" in checked or "www." in checked.lower():
        raise Invalid.one("name", "Your name cannot have a web address in it.")
    return checked


def check_answers(
    given: Mapping[str, object], questions: Sequence[Asked], book: FaultBook
) -> dict[str, Answer]:
    """The answers by key; one that nobody asked for is a fault, an empty optional one is left out.

    A question whose condition does not hold is not put, so that its answer is left out, whatever was sent.
    """
    known = {question.key for question in questions}
    for key in given:
        if key not in known:
            book.faults.append(Fault(f"answers/{key}", f"There is no question “{key[:60]}”."))
    checked: dict[str, Answer] = {}
    for question in questions:
        if is_put(question, checked):
            value = book.take(partial(_answer, question, given.get(question.key)), None)
            checked |= {} if value is None else {question.key: value}
    return checked


def is_put(question: Asked, answers: Mapping[str, object]) -> bool:
    """Whether a delegate with these answers is asked this; judged in the order of the questions."""
    if question.shown_if is None:
        return True
    key, wanted = question.shown_if
    return key in answers and said(answers[key]) == wanted


def said(answer: object) -> str:
    """An answer as text, in the words that conditions compare: a tick is `yes` or `no`."""
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    return "" if answer is None else str(answer)


def unanswered(questions: Sequence[Asked], answers: Mapping[str, object]) -> list[Asked]:
    """What has to be answered and is not, such as after somebody was registered by another."""
    return [
        question
        for question in questions
        if question.is_required and is_put(question, answers) and _is_missing(answers.get(question.key))
    ]


def _is_missing(answer: object) -> bool:
    """Nothing, or no tick where one is needed; the number 0 is an answer."""
    return answer is None or answer is False or answer == ""


def _answer(question: Asked, value: object) -> Answer | None:
    if question.kind == TICK:
        return _tick(question, value)
    if value is None or (isinstance(value, str) and not value.strip()):
        if question.is_required:
            raise Invalid.one(question.field, f"“{question.label}” needs an answer.")
        return None
    if question.kind == NUMBER:
        return _number(question, value)
    if not isinstance(value, str):
        raise Invalid.one(question.field, f"“{question.label}” is answered with text.")
    if question.kind == CHOICE:
        return _choice(question, value)
    if question.kind == DATE:
        return _date(question, value)
    return markup.many_lines(value, field=question.field, longest=LONGEST_ANSWER, name="This answer")


def _tick(question: Asked, value: object) -> bool:
    is_ticked = isinstance(value, bool | str) and value in TICKED
    if question.is_required and not is_ticked:
        raise Invalid.one(question.field, f"Tick “{question.label}” to go on.")
    return is_ticked


def _choice(question: Asked, value: str) -> str:
    if value not in question.choices:
        raise Invalid.one(question.field, f"Choose one of: {', '.join(question.choices)}.")
    return value


def _date(question: Asked, value: str) -> str:
    try:
        return date.fromisoformat(value.strip()).isoformat()
    except ValueError:
        raise Invalid.one(question.field, "Give a day such as 2026-09-13.") from None


def _number(question: Asked, value: object) -> int | float:
    try:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise ValueError
        number = float(value)
    except (ValueError, OverflowError):
        raise Invalid.one(question.field, f"“{question.label}” wants a number such as 2.") from None
    if not math.isfinite(number) or abs(number) > LARGEST_NUMBER:
        raise Invalid.one(question.field, "That number is too large for us.")
    return int(number) if number.is_integer() else number


def _line(value: str, field: str, name: str) -> str:
    return markup.one_line(value, field=field, longest=200, name=name, required=False)


def _lines(value: str, field: str, name: str) -> str:
    return markup.many_lines(value, field=field, longest=LONGEST_NEED, name=name)
