"""What a call and a contribution may be, who stands too near, and what scores come to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from summit_service.contributions import rules
from summit_service.contributions.rules import Author, Kind, workplaces
from summit_service.errors import Conflict, Gone, Invalid
from tests.factories_contributions import CALL, FORM

LAST = datetime(2026, 9, 15, 23, tzinfo=UTC)
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
KINDS, THEMES = ("Talk", "Poster"), ("Practice", "Research")


def test_call_is_read_with_its_kinds_and_its_close_in_the_summits_zone() -> None:
    plan = rules.checked_call(CALL, timezone="Europe/London", last_moment=LAST)

    assert plan.kinds == (Kind("Talk", 20), Kind("Poster", 5))
    assert plan.themes == THEMES
    assert plan.closes_instant == datetime(2026, 5, 1, 22, tzinfo=UTC)
    assert (plan.limit_per_person, plan.most_words, plan.is_blind) == (2, 50, True)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("intro", " ", "is missing"),
        ("kinds", "", "Name at least one kind"),
        ("kinds", "Talk", "with its minutes after a semicolon"),
        ("kinds", "Talk; 0", "with its minutes after a semicolon"),
        ("kinds", "\n".join(f"K{n}; 5" for n in range(31)), "30 lines at most"),
        ("limit_per_person", "0", "from 1 to 50"),
        ("most_words", "many", "from 1 to 2,000"),
        ("closes_at", "soon", ""),
        ("closes_at", "2026-09-20T09:00", "before the summit is over"),
        ("closes_at", "2026-03-29T01:30", ""),
    ],
)
def test_call_with_a_fault_says_where(field: str, value: str, sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.checked_call(replace(CALL, **{field: value}), timezone="Europe/London", last_moment=LAST)

    assert sentence in refused.value.by_field()[field]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title", "", "is missing"),
        ("title", "x" * 201, "200"),
        ("title", "a\u202eb", "direction"),
        ("kind", "Song", "Choose the kind"),
        ("theme", "", "Choose a theme"),
        ("abstract", "", "is missing"),
        ("abstract", "word " * 51, "51 words; 50 are the most"),
        ("abstract", "漢" * 102, "51 words; 50 are the most"),
        ("email", "nobody", ""),
        ("co_authors", "\n".join(f"A{n}" for n in range(31)), "30 co-authors at most"),
    ],
)
def test_contribution_with_a_fault_says_where(field: str, value: str, sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.checked(replace(FORM, **{field: value}), kinds=KINDS, themes=THEMES, most_words=50)

    assert sentence in refused.value.by_field()[field]


def test_contribution_needs_no_theme_where_the_call_has_none() -> None:
    assert rules.checked(replace(FORM, theme=""), kinds=KINDS, themes=(), most_words=50).theme == ""


def test_authors_are_read_line_by_line() -> None:
    assert rules.authors_in(FORM.co_authors) == (Author("Bo Li", "Day Clinic"), Author("Cy Dee"))


def test_words_are_counted_in_scripts_without_spaces_too() -> None:
    assert [rules.words_in(text) for text in ("", "two words", "漢字", "สวัสดี x")] == [0, 2, 1, 4]


@pytest.mark.parametrize(
    ("reviewer", "places", "email", "is_near"),
    [
        ("Dr Far", ["Far Away"], "far@x.example", False),
        ("Dr Far", ["night  HOSPITAL"], "far@x.example", True),
        ("bo li", [], "far@x.example", True),
        ("Dr Far", [], "ANNA@people.example", True),
        ("Dr Far", [""], "far@x.example", False),
    ],
)
def test_reviewer_stands_apart_who_is_an_author_or_works_beside_one(
    reviewer: str, places: list[str], email: str, is_near: bool
) -> None:
    authors = (Author(FORM.name, FORM.affiliation), *rules.authors_in(FORM.co_authors))

    mine = [rules.Workplace(name) for name in places]
    assert rules.has_conflict(reviewer, mine, email, authors=authors, author_email=FORM.email) is is_near


@pytest.mark.parametrize(
    ("typed", "organisation", "is_near"),
    [
        ("Stoneygate Centre for Empathic Healthcare", "The Stoneygate Centre for Empathic Healthcare", True),
        ("Stoneygate Centre, University of Leicester", "The Stoneygate Centre for Empathic Healthcare", True),
        ("School of Nursing, Université de Liège", "Universite de Liege", True),
        ("Night Hospital Trust", "Night Hospital", True),
        ("General Hospital", "Leeds General Hospital", False),
        ("School of Medicine, University of A", "School of Medicine, University of B", False),
        ("Hospital", "Night Hospital", False),
        ("Night", "Night Hospital", False),
        ("the", "of", False),
        ("京都大学", "京都大学", True),
        ("", "Night Hospital", False),
    ],
)
def test_workplace_is_known_by_a_telling_part_of_its_name(
    typed: str, organisation: str, is_near: bool
) -> None:
    assert workplaces.is_same(typed, organisation) is is_near


@pytest.mark.parametrize(
    ("email", "website", "is_near"),
    [
        ("ana@night.example", "https://www.night.example/about", True),
        ("ana@wards.NIGHT.example", "https://night.example", True),
        ("ana@goodnight.example", "https://night.example", False),
        ("ana@night.example", "", False),
    ],
)
def test_address_of_the_organisations_domain_is_that_of_a_colleague(
    email: str, website: str, is_near: bool
) -> None:
    place = rules.Workplace("Elsewhere", website)
    assert rules.has_conflict("Dr Far", [place], "f@x.example", authors=[], author_email=email) is is_near


def test_title_before_a_name_hides_no_author() -> None:
    authors = [Author("Prof. Dr Anna Bérg", "")]
    assert rules.has_conflict("anna berg", [], "a@x.example", authors=authors, author_email="b@x.example")


def test_judgement_is_mean_and_spread() -> None:
    found = rules.judgement([5, 4, 1])

    assert (found.number, found.mean, found.spread) == (3, 3.3, 4)
    assert rules.judgement([]).mean is None


def test_call_closes_at_its_moment() -> None:
    rules.check_open(LAST, now=LAST.replace(hour=22))
    with pytest.raises(Gone):
        rules.check_open(LAST, now=LAST)


def test_limit_is_told_in_words() -> None:
    rules.check_limit(1, 2)
    with pytest.raises(Conflict, match="There are 2 contributions from this address already"):
        rules.check_limit(2, 2)


@pytest.mark.parametrize("score", ["", "0", "6", "five", "²", "5" * 9_000])
def test_score_outside_the_scale_is_refused(score: str) -> None:
    with pytest.raises(Invalid):
        rules.check_review(score, has_conflict=False)


def test_who_has_a_conflict_gives_no_score() -> None:
    assert rules.check_review("5", has_conflict=True) is None


def test_decision_is_refused_when_somebody_was_faster_or_the_author_knows() -> None:
    assert rules.check_decision("accepted", seen="", before="", told_at=None) == "accepted"
    with pytest.raises(Conflict, match="meanwhile"):
        rules.check_decision("accepted", seen="", before="declined", told_at=None)
    with pytest.raises(Conflict, match="told"):
        rules.check_decision("accepted", seen="", before="", told_at=NOW)
    with pytest.raises(Invalid):
        rules.check_decision("perhaps", seen="", before="", told_at=None)
