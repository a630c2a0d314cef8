"""Speakers are mailed what a release changed for them: as a draft first, once, with a calendar file."""

from __future__ import annotations

import asyncio
import io
from datetime import datetime, timedelta

import httpx
import pytest
from icalendar import Calendar
from pypdf import PdfReader

from summit_service import db
from summit_service.accounts.actor import OPERATOR, PUBLIC
from summit_service.ahead import next_days
from summit_service.errors import Conflict, Invalid, NotSignedIn
from summit_service.mail.tables import OutboxMessage
from summit_service.speakers import actions, ahead, queries, waiting
from summit_service.speakers.queries import Board
from summit_service.summits import queries as summits
from summit_service.summits.tables import Edition
from tests.clients import Clock
from tests.factories_enquiries import everything_stored
from tests.factories_summits import make_edition, programme, release, session
from tests.postbox import Postbox, link_in, postbox, text_of

__all__ = ["postbox"]
ANA, BEN = "ana@hospital.example", "ben@hospital.example"
PEOPLE = [{"name": "Ana Ruiz"}, {"name": "Ben Okoro"}]


async def board() -> Board:
    return await queries.board_of(await summits.found_edition(2026))


async def first_release(now: datetime) -> Edition:
    """Two sessions of Ana's, one of which Ben chairs; the addresses of both are known."""
    edition = await make_edition()
    given = programme(
        session("Listening", id="listening", speakers=["Ana Ruiz"]),
        session("Closing", id="closing", starts_at="2026-09-15T16:00", ends_at="2026-09-15T17:00",
                speakers=["Ana Ruiz"], chairs=["Ben Okoro"]),
        speakers=PEOPLE,
    )  # fmt: skip
    await release(given, now=now)
    lines = f"Ana Ruiz; {ANA}\nBen Okoro; {BEN}\n"
    await actions.put_addresses(2026, lines, actor=OPERATOR, now=now)
    return edition


async def second_release(now: datetime) -> None:
    """Listening is moved, Closing is taken out."""
    moved = session(
        "Listening", id="listening", starts_at="2026-09-15T11:00", ends_at="2026-09-15T12:00",
        room="Library", speakers=["Ana Ruiz"],
    )  # fmt: skip
    await release(programme(moved, speakers=PEOPLE), now=now)


async def test_a_speaker_is_mailed_the_move_and_the_removal_with_a_calendar_file(
    database: db.Engine, postbox: Postbox, now: datetime
) -> None:
    await first_release(now)
    await actions.send(2026, {ANA: "Welcome!", BEN: ""}, release=1, actor=OPERATOR, now=now)
    first = await postbox.deliver(now)
    await second_release(now + timedelta(days=1))

    drafts = (await board()).letters
    await actions.send(2026, {ANA: "", BEN: ""}, release=2, actor=OPERATOR, now=now + timedelta(days=1))
    second = await postbox.deliver(now + timedelta(days=1))

    assert [mail["Subject"] for mail in first] == ["Your sessions: Summit 2026"] * 2
    assert "Welcome!" in text_of(first[0])
    assert [(one.name, len(one.news)) for one in drafts] == [("Ana Ruiz", 2), ("Ben Okoro", 1)]
    to_ana, to_ben = second
    words = " ".join(text_of(to_ana).split())
    assert (
        "“Listening” moves from 14 September, 09:00–10:00, Great Hall to 15 September, 11:00–12:00, Library."
        in words
    )
    assert "“Closing” is no longer in the programme" in words
    assert "You have no session in the programme now." in text_of(to_ben)
    before, after = (entries(mails[0]) for mails in (first, second))
    assert before.keys() == after.keys()
    assert sorted(status for status, _ in after.values()) == ["CANCELLED", "CONFIRMED"]
    assert all(after[uid][1] > before[uid][1] for uid in before)
    assert (await board()).letters == ()


def entries(mail: object) -> dict[str, tuple[str, int]]:
    """STATUS and SEQUENCE of each entry of the attached calendar by its UID."""
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]  # type: ignore[attr-defined]
    calendar = Calendar.from_ical(parts[0].get_payload(decode=True))
    assert calendar["METHOD"] == "PUBLISH"
    return {
        str(one["UID"]): (str(one["STATUS"]), int(str(one["SEQUENCE"]))) for one in calendar.walk("VEVENT")
    }


async def test_who_was_left_out_is_told_everything_by_a_later_release(
    database: db.Engine, now: datetime
) -> None:
    await first_release(now)
    await actions.send(2026, {ANA: ""}, release=1, actor=OPERATOR, now=now)
    await second_release(now + timedelta(days=1))

    (to_ana,) = (await board()).letters

    assert (to_ana.email, to_ana.told_release) == (ANA, 1)
    assert await OutboxMessage.count() == 1


async def test_send_is_refused_whole_once_sent_or_released_anew(database: db.Engine, now: datetime) -> None:
    await first_release(now)
    await actions.send(2026, {ANA: ""}, release=1, actor=OPERATOR, now=now)

    for chosen, number in (({ANA: "", BEN: ""}, 1), ({BEN: ""}, 0), ({}, 1)):
        with pytest.raises(Conflict):
            await actions.send(2026, chosen, release=number, actor=OPERATOR, now=now)
    with pytest.raises(NotSignedIn):
        await actions.send(2026, {BEN: ""}, release=1, actor=PUBLIC, now=now)
    assert await OutboxMessage.count() == 1


async def test_two_who_send_at_once_send_once(database: db.Engine, now: datetime) -> None:
    await first_release(now)

    done = await asyncio.gather(
        *(actions.send(2026, {ANA: "", BEN: ""}, release=1, actor=OPERATOR, now=now) for _ in range(3)),
        return_exceptions=True,
    )

    assert sorted(str(type(one).__name__) for one in done) == ["Conflict", "Conflict", "int"]
    assert await OutboxMessage.count() == 2


async def test_addresses_tell_the_line_of_each_fault_and_keep_nothing(
    database: db.Engine, now: datetime
) -> None:
    await first_release(now)

    with pytest.raises(Invalid) as refused:
        await actions.put_addresses(
            2026, f"Ana Ruiz; nowhere\nNobody;\nBen Okoro; {BEN}\nBen Okoro; {BEN}", actor=OPERATOR, now=now
        )

    lines = [fault.sentence.split(":")[0] for fault in refused.value.faults]
    assert lines == ["Line 1", "Line 4"]
    assert [row.email for row in await queries.contacts_of((await board()).edition.id)] == [ANA, BEN]


async def test_address_without_a_semicolon_is_told_and_erases_nobody(
    database: db.Engine, now: datetime
) -> None:
    await first_release(now)

    with pytest.raises(Invalid, match="Line 2: Put a “;” between"):
        await actions.put_addresses(2026, f"Ana Ruiz; {ANA}\nBen Okoro {BEN}", actor=OPERATOR, now=now)

    assert len((await board()).addresses) == 2


async def test_old_list_brings_nobody_back_who_was_erased_meanwhile(
    database: db.Engine, now: datetime
) -> None:
    await first_release(now)
    old = (await board()).mark
    async with db.transaction():
        await actions.erase_of(BEN, now=now)

    for lines in (f"Ana Ruiz; {ANA}\nBen Okoro; {BEN}", f"Ana Ruiz; new@hospital.example\nBen Okoro; {BEN}"):
        with pytest.raises(Conflict):
            await actions.put_addresses(2026, lines, seen=old, actor=OPERATOR, now=now)

    assert (await board()).addresses == {"Ana Ruiz": ANA}
    assert BEN not in await everything_stored()


async def test_many_who_change_the_addresses_at_once_lose_nothing(database: db.Engine, now: datetime) -> None:
    await first_release(now)
    seen = (await board()).mark
    lists = [f"Ana Ruiz; {ANA}\nBen Okoro; {BEN}\nP{number}; p{number}@x.example" for number in range(20)]

    done = await asyncio.gather(
        *(actions.put_addresses(2026, one, seen=seen, actor=OPERATOR, now=now) for one in lists),
        return_exceptions=True,
    )

    assert sorted(type(one).__name__ for one in done) == ["Conflict"] * 19 + ["NoneType"]
    assert len((await board()).addresses) == 3


async def test_the_same_list_sent_twice_is_kept_once(database: db.Engine, now: datetime) -> None:
    await first_release(now)
    seen, lines = (await board()).mark, f"Ana Ruiz; {ANA}\nCleo; cleo@hospital.example"

    for _ in range(2):
        await actions.put_addresses(2026, lines, seen=seen, actor=OPERATOR, now=now)

    assert list((await board()).addresses) == ["Ana Ruiz", "Cleo"]


async def test_words_are_kept_until_they_are_sent(
    database: db.Engine, postbox: Postbox, now: datetime
) -> None:
    await first_release(now)

    await actions.keep_notes(2026, {ANA: "See you at **eight**."}, actor=OPERATOR, now=now)

    assert [letter.note for letter in (await board()).letters] == ["See you at **eight**.", ""]
    await actions.send(2026, {ANA: "See you at **nine**."}, release=1, actor=OPERATOR, now=now)
    assert "nine" in text_of((await postbox.deliver(now))[0])
    assert {row.note for row in await queries.contacts_of((await board()).edition.id)} == {""}


async def test_an_address_that_is_taken_out_is_nowhere_any_more(
    database: db.Engine, postbox: Postbox, now: datetime
) -> None:
    await first_release(now)
    await actions.send(2026, {ANA: "", BEN: "marker words"}, release=1, actor=OPERATOR, now=now)
    await postbox.deliver(now)

    await actions.put_addresses(2026, f"Ana Ruiz; {ANA}", actor=OPERATOR, now=now)

    stored = await everything_stored()
    assert [words in stored for words in (ANA, BEN, "marker words")] == [True, False, False]


async def test_corrected_address_is_told_and_thanked_what_the_wrong_one_was(
    client: httpx.AsyncClient, postbox: Postbox, now: datetime
) -> None:
    edition = await first_release(now)
    right, over = "right@hospital.example", summits.ends_instant(edition)
    await actions.send(2026, {ANA: "", BEN: ""}, release=1, actor=OPERATOR, now=now)
    await postbox.deliver(now)

    await actions.put_addresses(
        2026, f"Ana Ruiz; {right}\nBen Okoro; BEN@hospital.example", actor=OPERATOR, now=now
    )
    [draft] = (await board()).letters
    later = now + timedelta(minutes=1)
    await actions.send(2026, {right: ""}, release=1, actor=OPERATOR, now=later)
    [told] = await postbox.deliver(later)
    await actions.send_thanks(2026, [right, BEN], "", actor=OPERATOR, now=over)
    await postbox.deliver(over)
    await actions.put_addresses(
        2026, f"Ana Ruiz; last@hospital.example\nBen Okoro; {BEN}", actor=OPERATOR, now=over
    )
    await actions.send_thanks(
        2026, ["last@hospital.example"], "", actor=OPERATOR, now=over + timedelta(days=1)
    )
    [thanked] = await postbox.deliver(over + timedelta(days=1))

    assert (draft.email, draft.told_release, len(draft.news)) == (right, 0, 2)
    assert (told["To"], "“Listening” is new for you" in " ".join(text_of(told).split())) == (
        f"Ana Ruiz <{right}>",
        True,
    )
    assert thanked["To"] == "Ana Ruiz <last@hospital.example>"


async def test_address_that_is_corrected_to_that_of_another_name_is_told_of_this_one_alone(
    database: db.Engine, now: datetime
) -> None:
    await first_release(now)
    await actions.send(2026, {ANA: "", BEN: ""}, release=1, actor=OPERATOR, now=now)

    await actions.put_addresses(2026, f"Ana Ruiz; {BEN}\nBen Okoro; {BEN}", actor=OPERATOR, now=now)

    [draft] = (await board()).letters
    assert [(one.title, one.sentence[:15]) for one in draft.news] == [
        ("Listening", "is new for you,"),
        ("Closing", "has you as spea"),
    ]
    await actions.send(2026, {BEN: ""}, release=1, actor=OPERATOR, now=now + timedelta(minutes=1))
    assert (await board()).letters == ()
    assert await OutboxMessage.count().where(OutboxMessage.state == "queued") == 2


async def test_thanks_go_once_after_the_summit_with_a_letter_that_names_the_sessions(
    client: httpx.AsyncClient, postbox: Postbox, clock: Clock
) -> None:
    edition = await first_release(clock.now)
    over = summits.ends_instant(edition)
    window = next_days(over - timedelta(days=5), "Europe/London")

    with pytest.raises(Conflict):
        await actions.send_thanks(2026, [ANA], "", actor=OPERATOR, now=over - timedelta(seconds=1))
    ahead_of_time = [(one.at, one.count) for one in await ahead.coming(window)]
    waiting_before = [one.count for one in await waiting.for_secretariat(over)]
    clock.now = over
    sent = await actions.send_thanks(2026, [ANA], "Marker *words*", actor=OPERATOR, now=over)
    mails = await postbox.deliver(over)

    assert (ahead_of_time, waiting_before, sent) == ([(over, 2)], [2], 1)
    assert [(mail["Subject"], mail["To"]) for mail in mails] == [
        ("Thank you for your part in Summit 2026", f"Ana Ruiz <{ANA}>")
    ]
    words = " ".join(text_of(mails[0]).split())
    assert "Marker *words*" in words
    assert "“Listening”, as speaker: 14 September, 09:00–10:00, Great Hall" in words
    link = link_in(mails[0], "/thanks/")
    letter = await client.get(link)
    text = " ".join(PdfReader(io.BytesIO(letter.content)).pages[0].extract_text().split())
    assert all(part in text for part in ("Dear Ana Ruiz", "“Listening”, as speaker", "“Closing”, as speaker"))
    assert "Ben" not in text
    for again in ([ANA], [BEN, ANA], []):
        with pytest.raises(Conflict):
            await actions.send_thanks(2026, again, "", actor=OPERATOR, now=over)
    assert [one.count for one in await waiting.for_secretariat(over)] == [1]
    with pytest.raises(NotSignedIn):
        await actions.send_thanks(2026, [BEN], "", actor=PUBLIC, now=over)

    await actions.erase_old(queries.erased_at(edition))
    assert (await client.get(link)).status_code == 404
    assert not [one for one in (ANA, "Marker *words*") if one in await everything_stored()]


async def test_two_who_thank_at_once_thank_once(database: db.Engine, now: datetime) -> None:
    over = summits.ends_instant(await first_release(now))

    done = await asyncio.gather(
        *(actions.send_thanks(2026, [ANA, BEN], "", actor=OPERATOR, now=over) for _ in range(3)),
        return_exceptions=True,
    )

    assert sorted(str(type(one).__name__) for one in done) == ["Conflict", "Conflict", "int"]
    assert await OutboxMessage.count() == 2
