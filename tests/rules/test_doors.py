"""The door's rules: tickets that nobody else can make, whose arrival counts, what the helper is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from summit_service.doors import rules, words
from summit_service.doors.queries import Seen
from summit_service.doors.rules import Entry
from summit_service.errors import Invalid

NINE = datetime(2026, 9, 14, 8, 12, tzinfo=UTC)  # 9:12 in London
KEY = "k" * 32
LONDON = "Europe/London"


def minutes(count: float) -> datetime:
    return NINE + timedelta(minutes=count)


def test_ticket_is_the_same_each_time_and_of_one_registration_alone() -> None:
    ticket = rules.ticket(12, "uid-12", secret_key=KEY)

    assert ticket == rules.ticket(12, "uid-12", secret_key=KEY)
    assert rules.number_on(ticket) == 12
    assert rules.is_genuine(ticket, "uid-12", secret_key=KEY)
    assert not rules.is_genuine(ticket.replace("-12-", "-13-"), "uid-12", secret_key=KEY)
    assert not rules.is_genuine(ticket, "uid-13", secret_key=KEY)
    assert not rules.is_genuine(ticket, "uid-12", secret_key="x" * 32)
    assert rules.digest(ticket) not in ticket
    assert [rules.number_on(text) for text in ("", "SUMMIT-12", ticket.lower(), f"{ticket} ")] == [None] * 4


def test_first_by_time_counts_however_late_it_was_told() -> None:
    late_told = Entry("early", minutes(-5), "Door A", order=2)
    entries = [Entry("one", NINE, "Door B", order=1), late_told]

    assert rules.counted(entries) == late_told
    assert rules.counted([]) is None
    same = [Entry("b", NINE, "B", order=2), Entry("a", NINE, "A", order=1)]
    assert rules.counted(same) == same[1]


@pytest.mark.parametrize(
    ("state", "entries", "entry", "now", "kind"),
    [
        ("confirmed", [], "", NINE, "expected"),
        ("cancelled", [], "", NINE, "cancelled"),
        ("waitlisted", [], "", NINE, "waiting"),
        ("offered", [], "", NINE, "waiting"),
        ("confirmed", [Entry("a", NINE, "A")], "a", NINE, "welcome"),
        ("confirmed", [Entry("a", NINE, "A"), Entry("b", minutes(9), "B")], "b", minutes(9), "already"),
        ("confirmed", [Entry("a", NINE, "A")], "", minutes(24 * 60), "back"),
        ("cancelled", [Entry("a", NINE, "A")], "", minutes(1), "already"),
    ],
)
def test_verdict(state: str, entries: list[Entry], entry: str, now: datetime, kind: str) -> None:
    assert rules.verdict(state, entries, entry=entry, zone=LONDON, now=now)[0] == kind


def test_clock_of_a_device_is_put_right_and_nothing_is_of_the_future() -> None:
    fast_clock = minutes(60)

    assert rules.moment_of(minutes(50), sent_at=fast_clock, made_at=minutes(-60), now=NINE) == minutes(-10)
    assert rules.moment_of(minutes(70), sent_at=fast_clock, made_at=minutes(-60), now=NINE) == NINE


@pytest.mark.parametrize("sent", ["0001-01-01T00:00+14:00", "2026-09-14T08:00Z", "9999-12-31T23:59:59-14:00"])
@pytest.mark.parametrize("at", ["0001-01-01T00:00", "0001-01-01T00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_clock_that_is_wrong_by_any_time_counts_from_now(at: str, sent: str) -> None:
    told, sent_at = (rules.read_moment(moment, otherwise=NINE) for moment in (at, sent))

    assert rules.moment_of(told, sent_at=sent_at, made_at=minutes(-60), now=NINE) == NINE


@pytest.mark.parametrize("text", ["2026-02-31T08:00:00Z", "+275760-09-13T00:00:00.000Z", "", "soon"])
def test_what_is_no_moment_holds_up_no_arrival(text: str) -> None:
    assert rules.read_moment(text, otherwise=NINE) == NINE


def test_scans_of_an_earlier_door_on_the_device_keep_their_time_as_long_as_they_are_taken() -> None:
    taken, lost = NINE - timedelta(days=3), NINE - timedelta(days=3, hours=2)

    assert rules.moment_of(taken, sent_at=NINE, made_at=minutes(-60), now=NINE) == taken
    assert rules.moment_of(lost, sent_at=NINE, made_at=minutes(-60), now=NINE) == NINE


def test_words_name_hour_and_door() -> None:
    seen = Seen("already", 12, "Anna Berg", "Centre for Kindness", "in_person", NINE, "Door B")

    assert words.told(seen, LONDON) == (
        "wait",
        "Already checked in: Anna Berg",
        "At 9:12 at Door B. Centre for Kindness",
    )
    online = Seen("welcome", 12, "Anna Berg", "", "online", NINE, "Door B")
    assert words.told(online, LONDON)[1:] == ("Welcome, Anna Berg", "Registered to attend online.")
    assert set(words.WORDS) == set(rules.TONES)


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [("ber", True), ("BÉRG ann", True), ("kind", True), ("12", True), ("1", False), ("anna x", False)],
)
def test_search_takes_parts_in_any_order_without_accents(typed: str, is_found: bool) -> None:
    assert rules.matches(typed, number=12, name="Anna Bérg", organisation="Centre for Kindness") == is_found
    assert [rules.distance(search, "Anna Bérg") for search in ("berg ANNA", "anna kind")] == [0, 1]


@pytest.mark.parametrize("name", ["", "  ", "x" * 61])
def test_door_needs_a_name(name: str) -> None:
    with pytest.raises(Invalid):
        rules.check_name(name)

    assert rules.check_name("  Main   entrance ") == "Main entrance"
