"""The rules of statements: states, deadlines, and what an answer needs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from summit_service.errors import Conflict, Gone, Invalid
from summit_service.statements import deadlines, rules

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ALLOWED = {
    ("drafting", "consulting"),
    ("drafting", "frozen"),
    ("consulting", "revising"),
    ("revising", "consulting"),
    ("revising", "frozen"),
    ("frozen", "signing"),
    ("frozen", "reworking"),
    ("signing", "closed"),
    ("signing", "reworking"),
    ("reworking", "frozen"),
    ("closed", "adopted"),
    ("closed", "not_adopted"),
    ("adopted", "published"),
} | {(state, "cancelled") for state in rules.STATES if state not in {"published", "cancelled"}}


@pytest.mark.parametrize("state", rules.STATES)
@pytest.mark.parametrize("new", rules.STATES)
def test_states_follow_the_table(state: str, new: str) -> None:
    if (state, new) in ALLOWED:
        rules.check_next(state, new)
        return

    with pytest.raises(Conflict) as refused:
        rules.check_next(state, new)
    assert refused.value.code == f"not_{new}_from_{state}"


def test_text_can_be_written_until_it_is_frozen() -> None:
    writable = []
    for state in rules.STATES:
        try:
            rules.check_writable(state)
            writable.append(state)
        except Conflict:
            continue

    assert writable == ["drafting", "consulting", "revising", "reworking"]


@pytest.mark.parametrize(
    ("state", "after", "is_open", "seen"),
    [
        ("signing", timedelta(milliseconds=-1), True, "signing"),
        ("signing", timedelta(), False, "closed"),
        ("signing", timedelta(days=9), False, "closed"),
        ("closed", timedelta(days=-1), False, "closed"),
        ("frozen", timedelta(days=-1), False, "frozen"),
    ],
)
def test_deadline_ends_signing_by_itself(state: str, after: timedelta, is_open: bool, seen: str) -> None:
    assert rules.is_open(state, NOW, now=NOW + after) == is_open
    assert rules.seen_state(state, NOW, now=NOW + after) == seen


def test_check_open_after_the_deadline_says_when_it_ended() -> None:
    with pytest.raises(Gone, match=r"Signing ended on Monday 2 March 2026, 09:00 UTC\."):
        rules.check_open("signing", NOW, now=NOW)
    with pytest.raises(Gone, match="no longer taken"):
        rules.check_open("closed", NOW, now=NOW)


def test_consultation_shorter_than_two_weeks_is_refused() -> None:
    rules.check_consultation(NOW + timedelta(days=14), 0, now=NOW)

    with pytest.raises(Invalid, match="at least 14 days"):
        rules.check_consultation(NOW + timedelta(days=14) - timedelta(minutes=1), 0, now=NOW)


def test_consultation_is_as_long_as_the_policy_says() -> None:
    rules.check_consultation(NOW + timedelta(days=7), 7, now=NOW)

    with pytest.raises(Invalid, match="at least 30 days"):
        rules.check_consultation(NOW + timedelta(days=29), 30, now=NOW)


@pytest.mark.parametrize(
    ("roles", "code"),
    [
        (["authoritative"], ""),
        (["equally_authentic", "equally_authentic"], ""),
        ([], "no_text"),
        (["courtesy"], "no_authoritative_text"),
        (["equally_authentic"], "no_authoritative_text"),
        (["authoritative", "authoritative"], "no_authoritative_text"),
        (["authoritative", "equally_authentic"], "no_authoritative_text"),
    ],
)
def test_freezing_needs_to_know_which_text_counts(roles: list[str], code: str) -> None:
    try:
        rules.check_freezable(roles, new_text=True)
        refused = ""
    except Conflict as fault:
        refused = fault.code

    assert refused == code


def test_freezing_the_same_text_after_rework_is_refused() -> None:
    with pytest.raises(Conflict, match="has not changed"):
        rules.check_freezable(["authoritative"], new_text=False)


def test_opening_names_who_has_no_signatory() -> None:
    with pytest.raises(Conflict, match="Nobody can sign for A, B and C"):
        rules.check_somebody_signs(["A", "B", "C"], eligible=5, asked=2)
    with pytest.raises(Conflict, match="no member organisation"):
        rules.check_somebody_signs([], eligible=0, asked=0)
    with pytest.raises(Conflict, match="Every organisation is waived"):
        rules.check_somebody_signs([], eligible=3, asked=0)


def test_long_lists_of_names_are_cut() -> None:
    assert rules.in_words(["A"]) == "A"
    assert rules.in_words(["A", "B"]) == "A and B"
    assert rules.in_words([str(n) for n in range(14)], most=3) == "0, 1, 2 and 11 more"


@pytest.mark.parametrize(
    ("choice", "given_fields", "missing"),
    [
        ("signed", {"capacity": "organisation", "name": "A", "attested": True}, []),
        (
            "signed",
            {"capacity": "", "name": "", "attested": False},
            ["capacity", "name", "attested"],
        ),
        ("signed", {"capacity": "king", "name": "A", "attested": True}, ["capacity"]),
        ("declined", {"capacity": "", "name": "A", "attested": True}, []),
        (
            "changes_requested",
            {"capacity": "", "name": "A", "attested": True, "reason": "x" * 19},
            ["reason"],
        ),
        ("changes_requested", {"capacity": "", "name": "A", "attested": True, "reason": "x" * 20}, []),
    ],
)
def test_answer_is_complete_or_says_what_is_missing(
    choice: str, given_fields: dict[str, Any], missing: list[str]
) -> None:
    assert [fault.field for fault in rules.answer_faults(choice, **{"reason": "", **given_fields})] == missing


def test_mails_are_a_day_apart_and_six_in_all() -> None:
    assert rules.can_be_mailed(1, NOW - timedelta(hours=24), now=NOW)
    assert not rules.can_be_mailed(1, NOW - timedelta(hours=23, minutes=59), now=NOW)
    assert rules.can_be_mailed(5, NOW - timedelta(days=2), now=NOW)
    assert not rules.can_be_mailed(6, NOW - timedelta(days=30), now=NOW)


def test_reminder_that_is_wanted_later_is_told_as_a_moment() -> None:
    """Nine in the morning of the 9th in Auckland is the 8th in UTC: a day alone would be the wrong one for somebody."""
    wanted = datetime(2026, 3, 8, 20, tzinfo=UTC)

    before = rules.why_not_reminded(wanted, None, now=wanted - timedelta(minutes=1))

    assert before == "wants to be reminded on Sunday 8 March 2026, 20:00 UTC"
    assert rules.why_not_reminded(wanted, None, now=wanted) == ""


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(), ""),
        (timedelta(seconds=20), "1 minute is left"),
        (timedelta(minutes=90), "90 minutes are left"),
        (timedelta(hours=47), "47 hours are left"),
        (timedelta(days=2), "2 days are left"),
    ],
)
def test_time_left_in_words(left: timedelta, words: str) -> None:
    assert rules.time_left(NOW + left, now=NOW) == words


# ---- deadlines


def test_deadline_is_wall_time_and_zone() -> None:
    deadline = deadlines.read("2026-07-01T17:00", "Europe/London")

    assert (deadline.wall, deadline.timezone) == ("2026-07-01T17:00", "Europe/London")
    assert deadline.at == datetime(2026, 7, 1, 16, 0, tzinfo=UTC)


def test_deadline_with_an_offset_is_an_instant() -> None:
    assert deadlines.read("2026-07-01T17:00:00+02:00").at == datetime(2026, 7, 1, 15, 0, tzinfo=UTC)
    assert deadlines.read("2026-07-01T17:00:00Z", "Asia/Tokyo").wall == "2026-07-02T02:00"


def test_deadline_anywhere_on_earth() -> None:
    assert deadlines.read("2026-07-01T23:59", "Etc/GMT+12").at == datetime(2026, 7, 2, 11, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wall", "zone"),
    [
        ("soon", "Europe/London"),
        ("2026-07-01", "Europe/London"),
        ("2026-03-29T01:30", "Europe/London"),
        ("2026-10-25T01:30", "Europe/London"),
        ("2026-07-01T17:00", "Europe/Atlantis"),
        ("2026-07-01T17:00Z", "Europe/Atlantis"),
    ],
)
def test_deadline_that_is_no_moment_is_refused(wall: str, zone: str) -> None:
    with pytest.raises(Invalid):
        deadlines.read(wall, zone)
