"""When registrations are taken and offers made, and what a delegate may answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from summit_service.errors import Conflict, Gone, Invalid
from summit_service.registrations import answers, rules, sheets
from summit_service.registrations.answers import Asked, FaultBook, Given
from summit_service.registrations.rules import Window

OPENS = datetime(2026, 2, 1, 9, tzinfo=UTC)
CLOSES = datetime(2026, 9, 1, 21, tzinfo=UTC)
BEGINS = datetime(2026, 9, 13, 23, tzinfo=UTC)
WINDOW = Window(
    opens_at=OPENS,
    closes_at=CLOSES,
    begins_at=BEGINS,
    ends_at=BEGINS + timedelta(days=2),
    timezone="Europe/London",
)
SECOND = timedelta(seconds=1)
ANNA = Given(name="Anna Berg", answers={})


@pytest.mark.parametrize(
    ("moment", "is_open"), [(OPENS - SECOND, False), (OPENS, True), (CLOSES - SECOND, True), (CLOSES, False)]
)
def test_is_open_from_the_opening_until_the_closing(moment: datetime, is_open: bool) -> None:
    assert rules.is_open(WINDOW, now=moment) is is_open


def test_check_open_names_the_moment_in_the_summits_zone() -> None:
    with pytest.raises(Conflict) as early:
        rules.check_open(WINDOW, now=OPENS - SECOND)
    with pytest.raises(Gone) as late:
        rules.check_open(WINDOW, now=CLOSES)

    assert early.value.sentence == "Registration opens on Sunday 1 February 2026, 09:00 London."
    assert late.value.sentence == "Registration was open until Tuesday 1 September 2026, 22:00 London."


def test_check_open_tells_midnight_as_the_end_of_the_day_before() -> None:
    midnight = datetime(2026, 9, 1, 23, tzinfo=UTC)

    with pytest.raises(Gone) as late:
        rules.check_open(replace(WINDOW, closes_at=midnight), now=midnight)

    assert late.value.sentence == "Registration was open until the end of Tuesday 1 September 2026 in London."


def test_can_offer_never_after_the_summit_began() -> None:
    window = replace(WINDOW, closes_at=WINDOW.ends_at)

    assert rules.can_offer(window, now=BEGINS - SECOND)
    assert not rules.can_offer(window, now=BEGINS)
    assert not rules.can_offer(WINDOW, now=CLOSES)


def test_offer_expiry_is_48_hours_but_not_past_the_beginning() -> None:
    assert rules.offer_expiry(WINDOW, now=OPENS) == OPENS + timedelta(hours=48)
    assert rules.offer_expiry(WINDOW, now=BEGINS - timedelta(hours=5)) == BEGINS


def test_an_offer_is_open_until_its_last_second() -> None:
    assert rules.offer_is_open(CLOSES, now=CLOSES - SECOND)
    assert not rules.offer_is_open(CLOSES, now=CLOSES)
    assert not rules.offer_is_open(None, now=CLOSES)


@pytest.mark.parametrize(
    ("taken", "waiting", "waits"), [(0, 0, False), (9, 0, False), (10, 0, True), (9, 1, True), (0, 5, True)]
)
def test_newcomers_wait_when_it_is_full_or_somebody_waits(taken: int, waiting: int, waits: bool) -> None:
    assert rules.goes_to_the_queue(taken=taken, capacity=10, waiting=waiting) is waits


@pytest.mark.parametrize(
    "name", ["", "  ", "x" * 10_000, "a\nb", "a\x00b", "Ann\u202ea", "http://x.example", "www.x"]
)
def test_check_name_refuses(name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        answers.check_name(name)

    assert refusal.value.faults[0].field == "name"


@pytest.mark.parametrize("name", ["Anna Berg", "José Núñez", "李小龍", "Emp@thies", "O'Brien-Smith, Jr."])
def test_check_name_takes(name: str) -> None:
    assert answers.check_name(f" {name} ") == name


def check(question: Asked, value: object) -> object:
    """The checked answer to one question; raises Invalid."""
    book = FaultBook()
    checked = answers.check_answers({question.key: value}, [question], book)
    book.close()
    return checked.get(question.key)


NUMBER = Asked(key="n", label="How many?", kind="number")
CHOICE = Asked(key="c", label="Which?", kind="choice", choices=("A", "B"))
TICK = Asked(key="t", label="Yes?", kind="tick")
TEXT = Asked(key="x", label="What?", kind="text")


@pytest.mark.parametrize(
    ("question", "value", "kept"),
    [
        (NUMBER, "2", 2),
        (NUMBER, " 2.5 ", 2.5),
        (NUMBER, 3, 3),
        (NUMBER, "", None),
        (CHOICE, "A", "A"),
        (CHOICE, None, None),
        (TICK, "yes", True),
        (TICK, True, True),
        (TICK, None, False),
        (TICK, "no", False),
        (TEXT, "two\r\nlines ", "two\nlines"),
    ],
)
def test_answers_are_kept_in_their_kind(question: Asked, value: object, kept: object) -> None:
    assert check(question, value) == kept


@pytest.mark.parametrize(
    ("question", "value"),
    [
        (NUMBER, "two"),
        (NUMBER, "nan"),
        (NUMBER, "1e400"),
        (NUMBER, True),
        (NUMBER, [1]),
        (CHOICE, "C"),
        (CHOICE, 1),
        (TEXT, 5),
        (TEXT, "a\x00"),
        (TEXT, "x" * 2_001),
        (replace(TICK, is_required=True), False),
        (replace(TEXT, is_required=True), "  "),
        (replace(CHOICE, is_required=True), None),
    ],
)
def test_answers_of_another_kind_are_refused(question: Asked, value: object) -> None:
    with pytest.raises(Invalid) as refusal:
        check(question, value)

    assert refusal.value.faults[0].field == f"answers/{question.key}"


def test_check_details_collects_every_fault() -> None:
    book = FaultBook()

    answers.check_details(replace(ANNA, name="", organisation="x" * 300, timezone="Nowhere"), (), book)

    assert [fault.field for fault in book.faults] == ["name", "organisation", "timezone"]


def test_answers_that_are_still_needed_are_told_also_a_tick_that_was_not_needed_before() -> None:
    tick = Asked(key="code", label="I keep the code of conduct", kind="tick", is_required=True)
    number = Asked(key="guests", label="Guests", kind="number", is_required=True)

    needed = [answers.unanswered((tick, number), given) for given in ({}, {"code": False, "guests": 0})]

    assert needed == [[tick, number], [tick]]
    assert answers.unanswered((tick, number), {"code": True, "guests": 2}) == []


@pytest.mark.parametrize("text", ["=1+1", "+SUM(A1)", "-cmd", "@x", "\t=1", "\r=1"])
def test_safe_cell_disarms_formulas(text: str) -> None:
    assert sheets.safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Anna", "-5", "-2.5", "a=b", "12"])
def test_safe_cell_leaves_the_rest(text: str) -> None:
    assert sheets.safe_cell(text) == text
