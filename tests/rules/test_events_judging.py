"""Entries from elsewhere beside what is here: new, changed, known, faulty."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from summit_service import ical_reading
from summit_service.events import judging
from summit_service.events.incoming import Incoming, Known, Taken
from summit_service.events.overrides import Override

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SERIES = (
    "UID:series@elsewhere.example", "SUMMARY:Rounds", "DTSTART;TZID=Europe/London:20270304T090000",
    "DTEND;TZID=Europe/London:20270304T100000", "RRULE:FREQ=WEEKLY;COUNT=6",
)  # fmt: skip


def calendar(*blocks: tuple[str, ...], head: tuple[str, ...] = ()) -> bytes:
    parts = [line for block in blocks for line in ("BEGIN:VEVENT", *block, "END:VEVENT")]
    return "\r\n".join(["BEGIN:VCALENDAR", *head, *parts, "END:VCALENDAR", ""]).encode()


def judged(*blocks: tuple[str, ...], known: Known | None = None, head: tuple[str, ...] = ()) -> Incoming:
    reading = ical_reading.read(calendar(*blocks, head=head))
    assert reading.faults == ()
    (entry,) = reading.entries
    return judging.judge(entry, known, timezone="Europe/Paris", now=NOW)


def as_known(one: Incoming, **changes: Any) -> Known:
    assert one.details is not None
    return Known(
        id=1,
        slug="rounds",
        sequence=0,
        changed_at=NOW,
        is_cancelled=False,
        details=replace(one.details, **changes),
        overrides=tuple(one.dates.values()),
        taken=one.taken,
    )


def changed_date(*lines: str) -> tuple[str, ...]:
    return ("UID:series@elsewhere.example", *lines)


def test_series_comes_with_its_moved_and_cancelled_dates_in_any_order() -> None:
    moved = changed_date(
        "RECURRENCE-ID:20270311T090000Z", "DTSTART;TZID=Asia/Tokyo:20270312T190000",
        "DTEND;TZID=Asia/Tokyo:20270312T203000", "LOCATION:Room 2",
    )  # fmt: skip
    off = changed_date(
        "RECURRENCE-ID;TZID=Europe/London:20270318T090000",
        "STATUS:CANCELLED",
        "DTSTART;TZID=Europe/London:20270318T090000",
    )

    found = judged(moved, SERIES, off)

    assert (found.state, found.reasons) == ("new", ())
    assert found.dates == {
        "2027-03-11": Override(
            day=date(2027, 3, 11), starts_at="2027-03-12T10:00", ends_at="2027-03-12T11:30", location="Room 2"
        ),
        "2027-03-18": Override(day=date(2027, 3, 18), is_cancelled=True),
    }


def test_title_and_description_of_one_date_are_taken_over() -> None:
    own = changed_date(
        "RECURRENCE-ID:20270311T090000Z", "DTSTART:20270311T090000Z", "DTEND:20270311T100000Z",
        "SUMMARY:Round with guests", "DESCRIPTION:Two singers come.",
    )  # fmt: skip

    found = judged(SERIES, own)

    (date_of_guests,) = found.dates.values()
    assert (date_of_guests.summary, date_of_guests.description) == ("Round with guests", "Two singers come.")
    assert found.reasons == ()
    assert judged(SERIES, own, known=as_known(found)).state == "known"


def test_date_that_says_what_its_series_says_is_not_changed() -> None:
    ours = changed_date(
        "RECURRENCE-ID:20270311T090000Z", "DTSTART:20270311T090000Z", "DTEND:20270311T100000Z",
        "SUMMARY:Rounds", "DESCRIPTION:This date was moved.\\n\\nAll of us.",
    )  # fmt: skip

    assert judged((*SERIES, "DESCRIPTION:All of us."), ours).dates == {}


def test_date_that_the_series_does_not_have_is_told_and_left() -> None:
    stray = changed_date("RECURRENCE-ID:20270312T090000Z", "DTSTART:20270312T100000Z")

    found = judged(SERIES, stray)

    assert (found.state, found.dates) == ("new", {})
    assert found.reasons == ("It changes 2027-03-12, 09:00, which is not a date of its series.",)


def test_change_of_a_date_and_all_that_follow_is_refused_with_both_entries() -> None:
    split = changed_date("RECURRENCE-ID;RANGE=THISANDFUTURE:20270311T090000Z", "DTSTART:20270311T100000Z")

    reading = ical_reading.read(calendar(SERIES, split))

    assert reading.entries == ()
    assert {fault.field.partition("/")[0] for fault in reading.faults} == {"0", "1"}
    assert "all that follow" in reading.faults[0].sentence


def test_changed_date_without_its_series_is_refused() -> None:
    reading = ical_reading.read(
        calendar(changed_date("RECURRENCE-ID:20270311T090000Z", "DTSTART:20270311T100000Z"))
    )

    assert [fault.sentence for fault in reading.faults] == [
        "It is one changed date of a series that the file does not have."
    ]


def test_same_uid_twice_takes_the_higher_sequence() -> None:
    older, newer = (("UID:x", f"SEQUENCE:{n}", f"SUMMARY:State {n}", "DTSTART:20270304") for n in (1, 2))

    for blocks in ((older, newer), (newer, older)):
        reading = ical_reading.read(calendar(*blocks))
        assert [entry.fields["summary"] for entry in reading.entries] == ["State 2"]
        assert "has the same UID" in reading.faults[0].sentence


@pytest.mark.parametrize(
    ("start", "head", "expected"),
    [
        ("DTSTART:20270304T090000", (), ("2027-03-04T09:00", "Europe/Paris")),
        ("DTSTART:20270304T090000", ("X-WR-TIMEZONE:Asia/Tokyo",), ("2027-03-04T09:00", "Asia/Tokyo")),
        ("DTSTART:20270304T090000Z", ("X-WR-TIMEZONE:Asia/Tokyo",), ("2027-03-04T18:00", "Asia/Tokyo")),
        ("DTSTART:20270304T090000Z", (), ("2027-03-04T09:00", "Etc/UTC")),
        ("DTSTART;TZID=Ours:20270304T090000", (
            "BEGIN:VTIMEZONE", "TZID:Ours", "X-LIC-LOCATION:America/Lima", "END:VTIMEZONE",
        ), ("2027-03-04T09:00", "America/Lima")),
        ("DTSTART:20261025T003000Z", ("X-WR-TIMEZONE:Europe/London",), ("2026-10-25T01:30", "Europe/London")),
        ("DTSTART:20261025T013000Z", ("X-WR-TIMEZONE:Europe/London",), ("2026-10-25T01:30", "Europe/London")),
    ],
)  # fmt: skip
def test_zone_is_the_one_that_was_meant(start: str, head: tuple[str, ...], expected: tuple[str, str]) -> None:
    found = judged(("UID:x", start), head=head)

    assert found.details is not None
    assert (found.details.starts_at, found.details.timezone) == expected


def test_hour_that_the_clocks_repeat_keeps_its_instant() -> None:
    head = ("X-WR-TIMEZONE:Europe/London",)

    first, second = (judged(("UID:x", f"DTSTART:20261025T0{hour}3000Z"), head=head) for hour in (0, 1))

    assert first.span is not None
    assert second.span is not None
    assert (first.span.starts.hour, second.span.starts.hour) == (0, 1)


def test_what_is_beside_the_point_is_left_out_and_not_refused() -> None:
    lines = (*SERIES, "URL:message:1234", "CATEGORIES:A\\, B,C", "EXDATE:20270305T090000Z,20270311T090000Z")

    found = judged(lines)

    assert (found.state, found.details and found.details.url) == ("new", "")
    assert found.details is not None
    assert found.details.categories == ("a-b", "c")
    assert found.details.excluded == ("2027-03-11T09:00",)
    assert len(found.reasons) == 2


def test_description_in_html_keeps_its_words() -> None:
    found = judged(
        ("UID:x", "DTSTART:20270304", "DESCRIPTION:<p>One &amp\\; two</p><script>x()</script>Three<br>Four")
    )

    assert found.details is not None
    assert found.details.description == "One & two\nThree\nFour"


def test_address_as_place_is_where_to_join() -> None:
    found = judged(("UID:x", "DTSTART:20270304", "LOCATION:https://meet.example/room"))

    assert found.details is not None
    assert (found.details.mode, found.details.online_url, found.details.location) == (
        "online", "https://meet.example/room", "",
    )  # fmt: skip


def test_same_entry_again_is_known_and_what_it_does_not_speak_of_stays() -> None:
    first = judged(SERIES)

    again = judged(SERIES, known=as_known(first, language="fr", mode="hybrid", description="Ours"))

    assert (again.state, again.changes, again.has_news, again.was_changed_here) == ("known", (), False, False)


def test_changed_entry_tells_what_changes() -> None:
    moved = tuple(line.replace("T090000", "T093000") for line in SERIES)

    found = judged(moved, known=as_known(judged(SERIES), location="Hall"))

    assert found.state == "changed"
    assert found.changes == (("Begins", "2027-03-04, 09:00", "2027-03-04, 09:30"),)
    assert (found.has_news, found.was_changed_here) == (True, False)


def test_entry_of_an_event_that_a_person_changed_here_says_so() -> None:
    known = as_known(judged(SERIES), summary="Ward rounds")

    found = judged(SERIES, known=known)

    assert (found.state, found.was_changed_here, found.has_news) == ("changed", True, False)


def test_date_that_is_in_its_place_again_is_put_back_and_one_moved_here_stays() -> None:
    off = changed_date("RECURRENCE-ID:20270318T090000Z", "STATUS:CANCELLED", "DTSTART:20270318T090000Z")
    first = judged(SERIES, off)
    ours = Override(day=date(2027, 3, 25), is_cancelled=True, reason="Strike")
    known = replace(as_known(first), overrides=(*first.dates.values(), ours))

    found = judged(SERIES, known=known)

    assert (found.state, found.put_back, found.dates) == ("changed", ("2027-03-18",), {})
    assert [words[0] for words in found.changes] == ["Thursday 18 March 2027"]


def test_cancelled_entry_cancels_the_event_that_is_here_and_is_nothing_new() -> None:
    off = (*SERIES, "STATUS:CANCELLED")

    unknown, known = judged(off), judged(off, known=as_known(judged(SERIES)))

    assert (unknown.state, unknown.reasons) == ("faulty", ("It is cancelled already.",))
    assert (known.state, known.is_cancelled) == ("changed", True)


def test_cancelled_here_stays_so() -> None:
    known = replace(as_known(judged(SERIES)), is_cancelled=True)

    assert judged(SERIES, known=known).state == "known"


def test_fingerprint_differs_with_what_would_be_done() -> None:
    known = as_known(judged(SERIES))
    longer = tuple(line.replace("COUNT=6", "COUNT=7") for line in SERIES)

    marks = {
        judged(SERIES).fingerprint,
        judged(longer).fingerprint,
        judged(longer, known=known).fingerprint,
        judged(longer, known=replace(known, sequence=1)).fingerprint,
    }

    assert len(marks) == 4
    assert judged(SERIES).fingerprint in marks


def test_what_was_taken_is_compared_as_it_is_kept() -> None:
    blocks = (*SERIES, "CATEGORIES:Care", "EXDATE:20270311T090000Z")
    first = judged(blocks)
    kept = msgspec.json.decode(msgspec.json.encode(first.taken), type=Taken)

    again = judged(blocks, known=replace(as_known(first), taken=kept))

    assert (again.state, again.has_news, again.was_changed_here) == ("known", False, False)


def test_event_that_is_over_is_marked() -> None:
    assert judged(("UID:x", "DTSTART:20200304")).is_over
    assert not judged(SERIES).is_over
