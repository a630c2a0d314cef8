"""What runs now and what comes next."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from summit_service.summits.rules import snapshot
from summit_service.summits.rules.intake import read_programme
from summit_service.summits.rules.running import next_session, rooms_now
from summit_service.summits.rules.snapshot import Header, Snapshot

HEADER = Header(
    year=2028, title="Summit 2028", theme="", venue="", timezone="Europe/London",
    starts_on=date(2028, 9, 11), ends_on=date(2028, 9, 12),
)  # fmt: skip


def snapshot_of(*sessions: dict[str, Any]) -> Snapshot:
    draft = read_programme(
        {"rooms": ["Hall", "Library"], "sessions": list(sessions)}, year=2028, timezone="Europe/London"
    )
    return snapshot.take(HEADER, draft, before=None, now=datetime(2028, 3, 1, tzinfo=UTC))


def at(title: str, starts: str, ends: str, **more: Any) -> dict[str, Any]:
    return {"title": title, "starts_at": f"2028-09-{starts}", "ends_at": f"2028-09-{ends}", **more}


PROGRAMME = snapshot_of(
    at("Opening", "11T09:00", "11T10:00", room="Hall"),
    at("Called off", "11T10:00", "11T11:00", room="Hall", cancelled=True),
    at("Debate", "11T11:00", "11T12:00", room="Hall"),
    at("Reading", "11T09:30", "11T10:30", room="Library"),
    at("Party", "11T23:00", "12T01:00"),
    at("Second day", "12T09:00", "12T10:00", room="Library"),
)


def told(hour: str, day: str = "11") -> list[tuple[str, list[str], str | None]]:
    """At that hour in London, an hour ahead of UTC in September."""
    now = datetime.fromisoformat(f"2028-09-{day}T{hour}:00+01:00")
    rooms = rooms_now(PROGRAMME, now=now, today=f"2028-09-{day}")
    return [(r.room, [s.title for s in r.running], r.following.title if r.following else None) for r in rooms]


def test_session_runs_from_its_first_moment_to_before_its_last() -> None:
    assert told("09:00") == [("Hall", ["Opening"], "Debate"), ("Library", [], "Reading"), ("", [], "Party")]
    assert told("10:00") == [("Hall", [], "Debate"), ("Library", ["Reading"], None), ("", [], "Party")]


def test_session_past_midnight_still_runs_the_next_day() -> None:
    assert told("00:30", "12") == [("Library", [], "Second day"), ("", ["Party"], None)]


def test_nothing_is_left_after_the_end() -> None:
    after = datetime(2028, 9, 13, tzinfo=UTC)

    assert rooms_now(PROGRAMME, now=after, today="2028-09-13") == ()
    assert next_session(PROGRAMME, now=after) is None


def test_next_session_is_found_on_another_day() -> None:
    found = next_session(PROGRAMME, now=datetime(2028, 9, 12, 1, tzinfo=UTC))

    assert found is not None
    assert found.title == "Second day"
