"""Sign-up for sessions: seats, the queue for them, what frees them, and what a new release tells."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from summit_service import db, links
from summit_service.accounts.actor import OPERATOR, PUBLIC
from summit_service.agendas import queries as agendas
from summit_service.errors import Conflict, Gone, Invalid, NotFound, NotSignedIn
from summit_service.mail.tables import OutboxMessage
from summit_service.registrations import actions, invited, queries, rules, sign_ups
from summit_service.registrations.own_data import own_data
from summit_service.registrations.tables import Seat, SignUp
from summit_service.summits import queries as summits
from summit_service.summits.actions import replacing
from tests.factories_registrations import ANNA, email_of, link_of, make_edition, register, registration_of
from tests.factories_summits import programme, session

WORKSHOP, LATER, OTHER = "workshop", "later", "other"
SESSIONS = (
    session("Workshop", kind="workshop", starts_at="2026-09-14T09:00", ends_at="2026-09-14T10:00"),
    session("Later", kind="workshop", starts_at="2026-09-14T11:00", ends_at="2026-09-14T12:00"),
    session("Other", starts_at="2026-09-14T09:30", ends_at="2026-09-14T10:30", room="Library"),
    session("Lunch", kind="break", starts_at="2026-09-14T12:00", ends_at="2026-09-14T13:00"),
)


async def released(*sessions: dict[str, Any], now: datetime) -> None:
    await replacing.replace_programme(2026, programme(*sessions), actor=OPERATOR, now=now)
    await actions.release_programme(2026, note="", actor=OPERATOR, now=now)


async def set_up(now: datetime, *, seats: int = 2, people: str = "", **how: Any) -> None:
    """A released programme with sign-up for three sessions, and delegates of these letters."""
    await make_edition(in_person=50)
    await released(*SESSIONS, now=now)
    for slug in (WORKSHOP, LATER, OTHER):
        await allow(slug, seats, now=now, **how)
    for letter in people:
        await register(f"Delegate {letter}", now=now)


async def allow(slug: str, seats: int, *, now: datetime, attendance: str = "", is_open: bool = True) -> None:
    await actions.set_sign_up(
        2026, slug, places_wanted=seats, attendance=attendance, is_open=is_open, actor=OPERATOR, now=now
    )


async def join(letter: str, slug: str = WORKSHOP, *, now: datetime) -> tuple[str, int | None]:
    held = await actions.sign_up(await link_of(f"Delegate {letter}", now=now), slug, now=now)
    return held.state, held.position


async def leave(letter: str, slug: str = WORKSHOP, *, now: datetime) -> None:
    await actions.leave(await link_of(f"Delegate {letter}", now=now), slug, now=now)


async def listed(slug: str = WORKSHOP) -> list[str]:
    """The letters of those who have signed up, with the turn of those who wait."""
    people = await sign_ups.people_of(2026, actor=OPERATOR, session=slug)
    return [f"{one.name[-1]}{one.position or ''}" for one in people]


async def counted(slug: str = WORKSHOP) -> tuple[int, int]:
    """How many seats are taken by the counter, and by the rows."""
    one = next(one for one in await sign_ups.sign_ups_of(1) if one.session.id == slug)
    rows = (Seat.sign_up == one.row.id) & (Seat.state == rules.CONFIRMED)
    return one.row.taken, int(await Seat.count().where(rows))


async def starred(letter: str) -> int:
    registration = await registration_of(f"Delegate {letter}")
    agenda = await agendas.agenda_held_by(f"registration:{registration.id}")
    return len(await agendas.stars_of(agenda.id)) if agenda else 0


async def mails(letter: str) -> list[dict[str, Any]]:
    """What the mails about sessions said."""
    found = OutboxMessage.objects().where(OutboxMessage.recipient_email == email_of(f"Delegate {letter}"))
    return [
        {"kind": one.kind, "state": one.state, **json.loads(one.context)}
        for one in await found.order_by(OutboxMessage.id)
        if one.kind.startswith("session")
    ]


async def test_sign_up_is_removed_while_nobody_has_a_seat_or_waits(
    database: db.Engine, now: datetime
) -> None:
    await set_up(now, people="A")
    await join("A", now=now)
    with pytest.raises(NotSignedIn):
        await actions.remove_sign_up(2026, OTHER, actor=PUBLIC, now=now)
    with pytest.raises(Conflict, match="1 person has a seat or waits"):
        await actions.remove_sign_up(2026, WORKSHOP, actor=OPERATOR, now=now)
    await leave("A", now=now)

    await actions.remove_sign_up(2026, WORKSHOP, actor=OPERATOR, now=now)

    assert [one.session.id for one in await sign_ups.sign_ups_of(1)] == [OTHER, LATER]
    with pytest.raises(NotFound):
        await actions.remove_sign_up(2026, WORKSHOP, actor=OPERATOR, now=now)
    await allow(WORKSHOP, 1, now=now)
    assert await join("A", now=now) == ("confirmed", None)


async def test_seats_go_in_order_and_who_leaves_makes_room_for_the_first_in_line(
    database: db.Engine, now: datetime
) -> None:
    await set_up(now, people="ABCD")

    got = [await join(letter, now=now) for letter in "ABCD"]
    again = await join("C", now=now)

    assert got == [("confirmed", None), ("confirmed", None), ("waitlisted", 1), ("waitlisted", 2)]
    assert again == ("waitlisted", 1)
    assert [await starred(letter) for letter in "AC"] == [1, 0]
    await leave("A", now=now)
    await leave("A", now=now)
    assert await listed() == ["B", "C", "D1"]
    assert await counted() == (2, 2)
    assert [await starred(letter) for letter in "AC"] == [0, 1]
    (mail,) = await mails("C")
    assert (mail["kind"], mail["session"]) == ("session_seat", "Workshop")
    assert mail["when"] == "Monday 14 September 2026, 09:00–10:00 London"
    assert await mails("D") == []


async def test_many_at_once_get_as_many_seats_as_there_are_and_turns_of_their_own(
    database: db.Engine, now: datetime
) -> None:
    letters = "ABCDEFGHIJKLMNOP"
    await set_up(now, people=letters)
    tokens = [await link_of(f"Delegate {letter}", now=now) for letter in letters]

    got = await asyncio.gather(*(actions.sign_up(token, WORKSHOP, now=now) for token in tokens))

    assert [held.state for held in got].count("confirmed") == 2
    assert sorted(held.position or 0 for held in got) == [0, *range(15)]
    assert await counted() == (2, 2)


async def test_leaving_and_coming_at_once_overtakes_nobody(database: db.Engine, now: datetime) -> None:
    await set_up(now, seats=1, people="ABC")
    await join("A", now=now)
    await join("B", now=now)

    await asyncio.gather(leave("A", now=now), join("C", now=now))

    assert await listed() == ["B", "C1"]
    assert await counted() == (1, 1)


async def test_refusals_say_why(database: db.Engine, now: datetime) -> None:
    await set_up(now, people="AB")
    await register("Delegate O", now=now, attendance="online")
    await join("A", now=now)
    await allow(LATER, 2, now=now, attendance="in_person")
    starts = datetime.fromisoformat("2026-09-14T08:00:00+00:00")

    with pytest.raises(Conflict, match="seat in “Workshop” at the same time"):
        await join("A", OTHER, now=now)
    with pytest.raises(Conflict, match="for those who attend in person"):
        await join("O", LATER, now=now)
    with pytest.raises(NotFound, match="no sign-up"):
        await join("B", "lunch", now=now)
    with pytest.raises(Gone, match="began on Monday 14 September 2026, 09:00 London"):
        await join("B", now=starts)
    with pytest.raises(Gone, match="began on"):
        await leave("A", now=starts)
    await allow(WORKSHOP, 2, now=now, is_open=False)
    with pytest.raises(Gone, match="closed"):
        await join("B", now=now)
    await actions.cancel(await link_of("Delegate B", now=now), now=now)
    with pytest.raises(Conflict, match="once your place at the summit is confirmed"):
        await join("B", LATER, now=now)
    assert await Seat.count() == 1


async def test_limits_are_the_secretariats_and_nobody_loses_a_seat_by_them(
    database: db.Engine, now: datetime
) -> None:
    await set_up(now, people="ABCD")
    for letter in "ABCD":
        await join(letter, now=now)

    await allow(WORKSHOP, 1, now=now)
    await leave("A", now=now)
    lowered = await listed()
    await allow(WORKSHOP, 3, now=now, is_open=False)

    assert lowered == ["B", "C1", "D2"]
    assert await listed() == ["B", "C", "D"]
    with pytest.raises(NotSignedIn):
        await actions.set_sign_up(
            2026, WORKSHOP, places_wanted=1, attendance="", is_open=True, actor=PUBLIC, now=now
        )
    for slug, seats in (("lunch", 3), (WORKSHOP, 0), (WORKSHOP, 100_001)):
        with pytest.raises(Invalid):
            await allow(slug, seats, now=now)


async def test_cancelled_registration_and_another_way_to_attend_free_the_seats(
    database: db.Engine, now: datetime
) -> None:
    await set_up(now, seats=1, people="ABC", attendance="in_person")
    for letter in "ABC":
        await join(letter, now=now)
    await join("A", LATER, now=now)

    await actions.cancel(await link_of("Delegate A", now=now), now=now)
    after_cancel = await listed()
    await actions.change_attendance(
        await link_of("Delegate B", now=now), attendance="online", or_wait=False, now=now
    )

    assert after_cancel == ["B", "C1"]
    assert [mail["state"] for mail in await mails("B")] == ["stopped"]
    assert await listed() == ["C"]
    assert await listed(LATER) == []
    assert await counted() == (1, 1)


async def test_erasing_takes_the_choices_with_it_and_own_data_has_them(
    database: db.Engine, now: datetime
) -> None:
    await set_up(now, seats=1, people="AB")
    await join("A", now=now)
    await join("B", now=now)
    kept = await registration_of("Delegate A")
    told = await own_data(await queries.standing(kept.id, now=now))

    await actions.erase_at_once(await link_of("Delegate A", now=now), now=now)

    assert told["sessions"] == [{"title": "Workshop", "state": "confirmed", "since": now.isoformat()}]
    assert await listed() == ["B"]
    assert await Seat.count().where(Seat.registration == kept.id) == 0
    assert await counted() == (1, 1)

    assert [mail["kind"] for mail in await mails("B")] == ["session_seat"]
    await actions.erase_at_once(await link_of("Delegate B", now=now), now=now)

    assert not await OutboxMessage.exists().where(OutboxMessage.recipient_email != "")


async def test_seat_for_those_online_is_left_where_an_invitation_brings_its_holder_into_the_hall(
    database: db.Engine, now: datetime
) -> None:
    await set_up(now, attendance="online")
    await register("Delegate A", now=now, attendance="online")
    await join("A", now=now)
    guest = {"name": "Delegate A", "email": email_of("Delegate A"), "attendance": "in_person"}
    invitation = await actions.invite(2026, **guest, actor=OPERATOR, now=now)
    token = await links.issue(invited.LINK, subject=str(invitation.id), now=now)

    await actions.accept_invitation(token, replace(ANNA, name="Delegate A"), now=now)

    assert (await listed(), await counted()) == ([], (0, 0))


async def test_mails_about_seats_are_told_and_erased_also_where_the_sign_up_is_gone(
    database: db.Engine, now: datetime
) -> None:
    await set_up(now, seats=1, people="AB")
    for later in (0, 1):  # the second time the seats have the numbers of the first ones again, on SQLite
        then = now + timedelta(hours=later)
        await allow(WORKSHOP, 1, now=then)
        for letter in "AB":
            await join(letter, now=then)
        for letter in "AB":
            await leave(letter, now=then)
        await actions.remove_sign_up(2026, WORKSHOP, actor=OPERATOR, now=then)
    row = await registration_of("Delegate B")

    told = await own_data(await queries.standing(row.id, now=now))
    await actions.erase_at_once(await link_of("Delegate B", now=now), now=now)

    kinds = ["registration_confirmed", "session_seat", "session_seat"]
    assert [mail["kind"] for mail in told["mails"]] == kinds
    assert not await OutboxMessage.exists().where(OutboxMessage.recipient_email == email_of("Delegate B"))


async def test_release_tells_once_what_moved_and_what_is_at_the_same_time_now(
    database: db.Engine, now: datetime
) -> None:
    await set_up(now, people="AB")
    await join("A", now=now)
    await join("A", LATER, now=now)
    await join("B", OTHER, now=now)
    draft = {"id": LATER, "starts_at": "2026-09-14T09:30", "ends_at": "2026-09-14T10:30"}

    await released(
        {**SESSIONS[0], "id": WORKSHOP}, {**SESSIONS[1], **draft}, {**SESSIONS[2], "id": OTHER}, now=now
    )

    (mail,) = await mails("A")
    assert mail["kind"] == "sessions_changed"
    assert mail["changes"] == [
        {
            "kind": "moved",
            "title": "Later",
            "was": "Monday 14 September 2026, 11:00–12:00 London, Great Hall",
            "now": "Monday 14 September 2026, 09:30–10:30 London, Great Hall",
        }
    ]
    assert mail["clashes"] == [["Workshop", "Later"]]
    assert await mails("B") == []


async def test_session_that_is_taken_out_keeps_its_seats_and_tells_and_counts_again_when_it_is_back(
    database: db.Engine, now: datetime
) -> None:
    await set_up(now, people="AB")
    await join("A", now=now)
    rest = ({**SESSIONS[1], "id": LATER}, {**SESSIONS[2], "id": OTHER})

    await released(*rest, now=now)
    with pytest.raises(Gone, match="does not take place"):
        await join("B", now=now)
    await released({**SESSIONS[0], "id": WORKSHOP}, *rest, now=now + timedelta(days=1))

    assert [one["changes"][0]["kind"] for one in await mails("A")] == ["cancelled", "back"]
    assert await listed() == ["A"]
    assert await join("B", now=now) == ("confirmed", None)


async def test_place_that_is_free_again_comes_with_a_word_on_what_is_at_the_same_time(
    database: db.Engine, now: datetime
) -> None:
    await set_up(now, seats=1, people="AB")
    await join("A", now=now)
    await join("B", now=now)
    await join("B", OTHER, now=now)

    await leave("A", now=now)
    (mail,) = await mails("B")
    await leave("B", now=now)

    assert mail["same_time"] == ["Other"]
    assert [one["state"] for one in await mails("B")] == ["stopped"]
    assert await SignUp.count().where(SignUp.taken == 1) == 1


async def test_who_has_a_seat_at_the_same_time_can_wait_and_keeps_it_meanwhile(
    database: db.Engine, now: datetime
) -> None:
    await set_up(now, seats=1, people="AB")
    await join("A", now=now)
    await join("B", OTHER, now=now)

    waits = await join("B", now=now)
    meanwhile = await listed(OTHER)
    await leave("A", now=now)

    assert (waits, meanwhile) == (("waitlisted", 1), ["B"])
    assert (await listed(), await listed(OTHER)) == (["B"], ["B"])
    assert [mail["same_time"] for mail in await mails("B")] == [["Other"]]


async def test_room_that_holds_fewer_than_have_signed_up_is_warned_of(
    database: db.Engine, now: datetime
) -> None:
    await set_up(now, seats=3, people="ABC")
    for letter in "ABC":
        await join(letter, now=now)
    smaller = programme(*SESSIONS, rooms=[{"name": "Great Hall", "capacity": 2}, {"name": "Library"}])
    await replacing.replace_programme(2026, smaller, actor=OPERATOR, now=now)

    draft = await sign_ups.draft_of(await summits.found_edition(2026))

    told = [(one.sentence, one.sessions) for one in draft.warnings if one.kind == "room_under_sign_ups"]
    assert told == [("3 people have signed up for “Workshop”; Great Hall has 2 seats.", (WORKSHOP,))]
