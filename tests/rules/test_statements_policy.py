"""The policy in integers, and the tally that is held against it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summit_service.errors import Invalid
from summit_service.statements import policy, tallying


def counted(
    preset: str | dict[str, Any], *, signed: int, declined: int = 0, changes: int = 0, asked: int
) -> tallying.Tally:
    kinds = ["signed"] * signed + ["declined"] * declined + ["changes_requested"] * changes
    answers = {n: (kind, "organisation") for n, kind in enumerate(kinds)}
    return tallying.tally(policy.read(preset), answers, asked=asked, waived=0)


@pytest.mark.parametrize(
    ("preset", "signed", "declined", "changes", "satisfied"),
    [
        ("sign_on", 1, 8, 0, True),
        ("sign_on", 0, 0, 0, False),
        ("consensus", 6, 0, 0, True),
        ("consensus", 5, 0, 0, False),
        ("consensus", 8, 1, 0, False),
        ("consensus", 8, 0, 1, False),
        ("unanimous", 9, 0, 0, True),
        ("unanimous", 8, 0, 0, False),
    ],
)
def test_presets(preset: str, signed: int, declined: int, changes: int, satisfied: bool) -> None:
    tally = counted(preset, signed=signed, declined=declined, changes=changes, asked=9)

    assert tally.satisfied == satisfied
    assert tally.unanswered == 9 - signed - declined - changes


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 9), st.integers(1, 9))
def test_share_is_compared_without_fractions(signed: int, rest: int, num: int, den: int) -> None:
    num, den = min(num, den), max(num, den)
    own = {"basis": "eligible", "least_signed": {"num": num, "den": den}}

    tally = counted(own, signed=signed, asked=signed + rest)

    assert tally.satisfied == (signed > 0 and signed * den >= num * (signed + rest))


def test_personal_signatures_never_count() -> None:
    answers = {1: ("signed", "personal"), 2: ("signed", "organisation")}

    tally = tallying.tally(policy.read("unanimous"), answers, asked=2, waived=1)

    assert (tally.signed, tally.personal, tally.waived, tally.eligible) == (1, 1, 1, 3)
    assert not tally.satisfied
    assert tally.sentence == "Too few organisations have signed."


def test_responding_basis_leaves_the_silent_out() -> None:
    own = {"basis": "responding", "least_signed": {"num": 2, "den": 3}, "most_declined": {"num": 1, "den": 3}}

    assert counted(own, signed=2, declined=1, asked=30).satisfied
    assert not counted(own, signed=1, declined=1, asked=30).satisfied


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ("majority", "policy"),
        ({"basis": "everybody"}, "policy/basis"),
        ({"least_signed": {"num": 0.5, "den": 1}}, "policy/least_signed"),
        ({"least_signed": {"num": True, "den": 1}}, "policy/least_signed"),
        ({"least_signed": {"num": 4, "den": 3}}, "policy/least_signed"),
        ({"least_signed": {"num": 0, "den": 0}}, "policy/least_signed"),
        ({"most_declined": 3}, "policy/most_declined"),
        ({"silence": "consent"}, "policy/silence"),
        ({"silence": "no_answer", "silence_days": 30}, "policy/silence_days"),
        ({"silence": "deemed_assent", "silence_days": 0}, "policy/silence_days"),
        ({"silence": "deemed_assent", "silence_days": 1.5}, "policy/silence_days"),
        ({"blocking": "centre"}, "policy/blocking"),
        ({"blocking": ["centre", "centre"]}, "policy/blocking"),
        ({"counted_as_declined": ["signed"]}, "policy/counted_as_declined"),
        ({"mood": "good"}, "policy/mood"),
        ({"counted_as_declined": ["declined", "declined"]}, "policy/counted_as_declined"),
        ({"preset": "majority"}, "policy"),
        ({"preset": []}, "policy"),
    ],
)
def test_wrong_policy_is_told_where(wrong: Any, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        policy.read(wrong)

    assert field in refused.value.by_field()


@pytest.mark.parametrize(
    ("given_policy", "clause"),
    [
        ("sign_on", "at least one member signs"),
        (
            "consensus",
            "at least 2/3 of the members that are asked sign and no member declines or asks for changes",
        ),
        ("unanimous", "all of the members that are asked sign and no member declines"),
        (
            {"basis": "responding", "least_signed": {"count": 5}, "most_declined": {"num": 1, "den": 5}},
            "at least 5 members sign and at most 1/5 of the members that answer decline",
        ),
        ({"least_signed": None}, "signing has ended, whoever signs"),
        (
            "silence",
            "at most 1/5 of the members that are asked decline and 30 days without an answer count as no objection",
        ),
        (
            {"least_signed": {"count": 1}, "blocking": ["centre"]},
            "at least one member signs and no member that can block objects",
        ),
    ],
)
def test_policy_in_words(given_policy: Any, clause: str) -> None:
    assert policy.in_words(policy.read(given_policy)) == clause


def test_policy_in_words_names_who_can_block() -> None:
    rule = policy.read({"least_signed": {"count": 1}, "blocking": ["a", "b"]})

    told = policy.in_words(rule, blocking=["Abbey", "Bishopric"])

    assert told == "at least one member signs and no member that can block (Abbey and Bishopric) objects"


def test_policy_knows_its_preset() -> None:
    assert policy.read({"preset": "consensus"})["preset"] == "consensus"
    assert policy.read(dict(policy.PRESETS["unanimous"]))["preset"] == "unanimous"
    assert policy.read({"least_signed": {"count": 3}})["preset"] == "own"


def test_silence_counts_for_those_alone_who_had_our_mail() -> None:
    answers = {1: ("declined", "organisation"), 2: ("signed", "organisation")}

    tally = tallying.tally(policy.read("silence"), answers, asked=10, waived=0, reached=7)

    assert (tally.signed, tally.unanswered, tally.deemed, tally.undeliverable) == (1, 8, 7, 1)
    assert tally.satisfied


def test_silence_counts_for_nothing_before_its_time_or_under_another_policy() -> None:
    rule = {"preset": "silence", "least_signed": {"num": 4, "den": 5}}

    early = tallying.tally(policy.read(rule), {}, asked=10, waived=0, reached=None)
    late = tallying.tally(policy.read(rule), {}, asked=10, waived=0, reached=8)
    other = tallying.tally(policy.read("unanimous"), {}, asked=10, waived=0, reached=10)

    assert (early.deemed, early.satisfied) == (0, False)
    assert (late.deemed, late.satisfied) == (8, True)
    assert "deemed" not in other.facts()
    assert not other.satisfied


def test_more_than_a_fifth_declining_fails_the_silence_procedure() -> None:
    two = dict.fromkeys(range(2), ("declined", "organisation"))
    three = dict.fromkeys(range(3), ("declined", "organisation"))

    assert tallying.tally(policy.read("silence"), two, asked=10, waived=0, reached=8).satisfied
    assert not tallying.tally(policy.read("silence"), three, asked=10, waived=0, reached=7).satisfied


def test_member_that_can_block_blocks_by_declining_alone() -> None:
    rule = policy.read({"preset": "sign_on", "blocking": ["centre"]})
    signed, declined = ("signed", "organisation"), ("declined", "organisation")

    blocked = tallying.tally(rule, {1: declined, 2: signed}, asked=2, waived=0, blocking={1})
    other = tallying.tally(rule, {1: signed, 2: declined}, asked=2, waived=0, blocking={1})

    assert (blocked.satisfied, blocked.sentence) == (False, "A member that can block has objected.")
    assert other.satisfied


def test_who_took_the_answer_back_has_not_answered_and_who_affirmed_again_has_signed() -> None:
    answers = {
        1: ("withdrawn", "organisation"),
        2: ("reaffirmed", "organisation"),
        3: ("reaffirmed", "personal"),
    }

    tally = tallying.tally(policy.read("sign_on"), answers, asked=3, waived=0)

    assert (tally.signed, tally.personal, tally.unanswered) == (1, 1, 1)


def typed(**given: Any) -> dict[str, Any]:
    """A form of one's own rule with these parts filled in."""
    empty: dict[str, Any] = {"basis": "", "least_signed": "", "most_declined": "", "silence_days": ""}
    return policy.typed(**(empty | {"counts_changes": False, "blocking": []} | given))


def test_rule_of_ones_own_is_read_as_it_is_typed() -> None:
    given = typed(
        basis="responding",
        least_signed=" 3 / 4 ",
        most_declined="2",
        counts_changes=True,
        silence_days="30",
        blocking=["b", "a"],
    )

    rule = policy.read(given)

    assert (rule["preset"], rule["basis"]) == ("own", "responding")
    assert (rule["least_signed"], rule["most_declined"]) == ({"num": 3, "den": 4}, {"count": 2})
    assert rule["counted_as_declined"] == ["declined", "changes_requested"]
    assert (rule["silence"], rule["silence_days"]) == ("deemed_assent", 30)
    assert rule["blocking"] == ["a", "b"]
    assert policy.read(typed())["least_signed"] is None


def test_what_is_no_rule_is_told_beside_each_field() -> None:
    with pytest.raises(Invalid) as refused:
        typed(least_signed="two thirds", most_declined="1/5/7", silence_days="-1")
    with pytest.raises(Invalid) as more_than_all:
        policy.read(typed(least_signed="3/2"))
    with pytest.raises(Invalid) as of_nobody:
        policy.read(typed(most_declined="1/0"))
    with pytest.raises(Invalid) as other_digits:
        typed(least_signed="٣")

    assert set(refused.value.by_field()) == {
        "policy/least_signed",
        "policy/most_declined",
        "policy/silence_days",
    }
    assert set(more_than_all.value.by_field()) == {"policy/least_signed"}
    assert set(of_nobody.value.by_field()) == {"policy/most_declined"}
    assert set(other_digits.value.by_field()) == {"policy/least_signed"}
