"""What changed for one speaker between two releases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from summit_service.speakers.rules import news_for, part, people_in, sessions_of
from summit_service.summits.rules import snapshot
from summit_service.summits.rules.intake import read_programme
from summit_service.summits.rules.programme import Programme
from summit_service.summits.rules.snapshot import Header, Snapshot
from tests.factories_summits import programme, session

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HEADER = Header(
    year=2026, title="Summit 2026", theme="", venue="Hall", timezone="Europe/London",
    starts_on=date(2026, 9, 14), ends_on=date(2026, 9, 15),
)  # fmt: skip
ANA = frozenset({"Ana Ruiz"})


def taken(before: Snapshot | None, *sessions: dict[str, object]) -> Snapshot:
    named = {str(name) for one in sessions for key in ("speakers", "chairs") for name in one.get(key, [])}  # type: ignore[attr-defined]
    given = programme(*sessions, speakers=[{"name": name} for name in sorted(named)])
    read: Programme = read_programme(given, year=2026, timezone="Europe/London")
    with_uids = replace(read, sessions=tuple(replace(one, uid=f"{one.id}@test") for one in read.sessions))
    return snapshot.take(HEADER, with_uids, before=before, now=NOW)


def talk(**fields: object) -> dict[str, object]:
    return session("Listening", **{"id": "listening", "speakers": ["Ana Ruiz"], **fields})


def told(before: Snapshot | None, after: Snapshot) -> list[tuple[str, str, bool]]:
    return [(one.title, one.sentence, one.is_off) for one in news_for(ANA, before, after, told_as=ANA)]


OTHER = session("Other", id="other", room="Library", speakers=["Ben Okoro"], chairs=["Ana Ruiz"])


def test_everything_is_new_to_who_was_told_of_nothing() -> None:
    after = taken(None, talk(), OTHER)

    assert told(None, after) == [
        ("Listening", "is new for you, as speaker: 14 September, 09:00–10:00, Great Hall.", False),
        ("Other", "is new for you, as chair: 14 September, 09:00–10:00, Library.", False),
    ]


def test_a_move_tells_the_old_and_the_new_hours_and_room() -> None:
    before = taken(None, talk(), OTHER)
    after = taken(
        before, talk(starts_at="2026-09-15T11:00", ends_at="2026-09-15T12:00", room="Library"), OTHER
    )

    sentence = "moves from 14 September, 09:00–10:00, Great Hall to 15 September, 11:00–12:00, Library."
    assert told(before, after) == [("Listening", sentence, False)]
    assert told(after, after) == []


def test_a_removed_a_cancelled_and_a_lost_session_are_told_as_off() -> None:
    before = taken(None, talk(), OTHER)

    assert told(before, taken(before, OTHER)) == [
        (
            "Listening",
            "is no longer in the programme (it was on 14 September, 09:00–10:00, Great Hall).",
            True,
        )
    ]
    assert told(before, taken(before, talk(cancelled=True), OTHER)) == [
        ("Listening", "is cancelled (it was on 14 September, 09:00–10:00, Great Hall).", True)
    ]
    assert told(before, taken(before, talk(speakers=["Ben Okoro"]), OTHER)) == [
        ("Listening", "does not name you any more (it was on 14 September, 09:00–10:00, Great Hall).", True)
    ]


def test_a_name_that_was_spelt_wrong_moves_no_session_of_its_person() -> None:
    before = taken(None, talk(speakers=["Ana Ruis"]))
    after = taken(before, talk())

    names = frozenset({"Ana Ruis", "Ana Ruiz"})
    news = news_for(names, before, after, told_as={"Ana Ruis"})

    assert [one.sentence for one in news] == ["is now with Ana Ruiz and is no longer with Ana Ruis."]


def test_another_name_that_came_to_an_address_is_told_its_sessions_and_no_others() -> None:
    both = ANA | {"Ben Okoro"}
    after = taken(None, talk(speakers=["Ben Okoro"]), session("Closing", id="closing", speakers=["Ana Ruiz"]))

    news = news_for(both, after, after, told_as=ANA)

    assert [(one.title, one.sentence[:11]) for one in news] == [("Listening", "is new for ")]


def test_another_part_is_told_and_both_parts_are_named() -> None:
    before = taken(None, talk())
    after = taken(before, talk(speakers=["Ben Okoro"], chairs=["Ana Ruiz"]))

    assert [one.sentence for one in news_for(ANA, before, after, told_as=ANA)] == [
        "is now with Ben Okoro.",
        "has you as chair now.",
    ]
    assert part(ANA, taken(None, talk(chairs=["Ana Ruiz"])).items[0].session) == "speaker and chair"


def test_sessions_of_are_those_that_take_place_by_hour() -> None:
    after = taken(None, OTHER, talk(starts_at="2026-09-14T08:00", ends_at="2026-09-14T08:30"))

    assert [item.session.title for item in sessions_of(ANA, after)] == ["Listening", "Other"]
    assert people_in(after) == {"Ana Ruiz", "Ben Okoro"}
