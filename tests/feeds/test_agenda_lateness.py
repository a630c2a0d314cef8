"""“Your calendar has not seen this yet” at a summit: who starred what moves or is off is told, once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from summit_service import db
from summit_service.accounts.actor import OPERATOR
from summit_service.agendas import actions as agendas
from summit_service.agendas.queries import calendar_token
from summit_service.agendas.tables import Star
from summit_service.feeds import agenda_lateness
from summit_service.feeds import agendas as calendars
from summit_service.feeds.agenda_lateness import Step, late_for, step_of
from summit_service.mail.tables import OutboxMessage
from summit_service.registrations import actions as registrations
from summit_service.registrations.actions import seats
from summit_service.registrations.tables import Seat, SignUp
from summit_service.summits.rules import snapshot
from summit_service.summits.rules.programme import Programme, SessionPlan
from summit_service.summits.rules.snapshot import Header
from tests.factories_registrations import make_edition, register, registration_of
from tests.factories_summits import programme, release, session
from tests.postbox import Postbox, html_of, text_of

EVE = datetime(2026, 9, 13, 10, 0, tzinfo=UTC)
"""The day before the summit."""
MARCH = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATER = timedelta(minutes=11)
HEADER = Header(
    year=2026,
    title="Summit 2026",
    theme="",
    venue="Leicester",
    timezone="Europe/London",
    starts_on=date(2026, 9, 14),
    ends_on=date(2026, 9, 15),
)


def at_hour(hour: int, *, day: int = 14) -> dict[str, Any]:
    starts = datetime(2026, 9, day, hour - 1, tzinfo=UTC)
    wall = f"2026-09-{day}T{{}}:00"
    return {
        "starts": starts,
        "ends": starts + timedelta(hours=1),
        "starts_at": wall.format(f"{hour:02}"),
        "ends_at": wall.format(f"{hour + 1:02}"),
    }


TALK = SessionPlan(id="talk", uid="talk", title="Talk", kind="talk", room="Hall", **at_hour(9))
MOVED = replace(TALK, **at_hour(14))


def steps(*released: tuple[datetime, tuple[SessionPlan, ...]]) -> list[Step]:
    """The releases as they are compared, each frozen after the one before."""
    found: list[Step] = []
    before = None
    for number, (at, sessions) in enumerate(released, start=1):
        before = snapshot.take(HEADER, Programme(sessions=sessions), before=before, now=at)
        found.append(step_of(number, at, before))
    return found


@pytest.mark.parametrize(
    ("after", "kinds"),
    [
        ((MOVED,), ["moved"]),
        ((replace(TALK, room="Library"),), ["moved"]),
        ((replace(TALK, is_cancelled=True),), ["cancelled"]),
        ((), ["cancelled"]),
        ((replace(TALK, **at_hour(9, day=30)),), ["moved"]),
        ((replace(TALK, title="Speech", abstract="More", speakers=("Ben",)),), []),
        ((TALK,), []),
    ],
    ids=["hour", "room", "cancelled", "taken out", "to later", "words", "nothing"],
)
def test_change_of_hour_room_or_taking_place_is_late(
    after: tuple[SessionPlan, ...], kinds: list[str]
) -> None:
    releases = steps((MARCH, (TALK,)), (EVE, after))

    assert [one.told.kind for one in late_for({"talk": MARCH}, None, releases)] == kinds
    assert [one.told.kind for one in late_for({"talk": MARCH}, EVE - timedelta(hours=1), releases)] == kinds
    assert late_for({"talk": MARCH}, EVE + timedelta(minutes=1), releases) == []
    assert late_for({"talk": EVE + timedelta(minutes=1)}, None, releases) == []
    assert late_for({"other": MARCH}, None, releases) == []


def test_change_of_what_is_far_off_over_or_put_back_is_not_late() -> None:
    far = steps((MARCH, (TALK,)), (MARCH + timedelta(days=1), (MOVED,)))
    over = steps((MARCH, (TALK,)), (EVE + timedelta(days=3), ()))
    back = steps((MARCH, (TALK,)), (EVE, (MOVED,)), (EVE + timedelta(hours=1), (TALK,)))

    assert [late_for({"talk": MARCH}, None, releases) for releases in (far, over, back)] == [[], [], []]


def test_what_was_told_keeps_its_release_when_a_later_one_changes_words() -> None:
    renamed = replace(MOVED, title="Speech")

    [late] = late_for(
        {"talk": MARCH}, None, steps((MARCH, (TALK,)), (EVE, (MOVED,)), (EVE + LATER, (renamed,)))
    )

    assert (late.number, late.told.title) == (2, "Speech")
    assert late.told.was == "Monday 14 September 2026, 09:00–10:00 London, Hall"
    assert late.told.now == "Monday 14 September 2026, 14:00–15:00 London, Hall"


async def delegate(name: str, *sessions: str, fetched: datetime | None = None) -> str:
    """Somebody registered who starred these in March; the secret of their agenda."""
    await register(name, now=MARCH)
    row = await registration_of(name)
    token = await agendas.open_for(seats.holder(row.id), row.edition, now=MARCH)
    for slug in sessions:
        await agendas.star(2026, slug, token=token, now=MARCH)
    if fetched is not None:
        await fetch(token, fetched)
    return token


async def fetch(token: str, at: datetime) -> None:
    assert await calendars.agenda_calendar(calendar_token(token), app="Thunderbird", now=at) is not None


async def summit() -> None:
    await make_edition(in_person=4)
    await release(programme(session("Opening"), session("Care", room="Library")), now=MARCH)


async def late_mails() -> list[tuple[str, str]]:
    rows = await OutboxMessage.select(OutboxMessage.recipient_name, OutboxMessage.state).where(
        OutboxMessage.kind == "agenda_late"
    )
    return sorted((row["recipient_name"], row["state"]) for row in rows)


async def test_starred_session_that_moves_on_the_eve_is_told_once(
    database: db.Engine, postbox: Postbox
) -> None:
    await summit()
    await delegate("Anna Berg", "opening", "care", fetched=EVE - timedelta(hours=3))
    await delegate("Has Fetched", "opening", fetched=EVE + timedelta(minutes=5))
    await delegate("No App", "opening")
    await delegate("Other Star", "care")
    await delegate("On The List", "opening")
    nobody = await agendas.star(2026, "opening", now=MARCH)
    await fetch(nobody, MARCH)
    await postbox.deliver(MARCH)
    moved = session("Opening", starts_at="2026-09-14T14:00", ends_at="2026-09-14T15:00")
    await release(programme(moved, session("Care", room="Library")), now=EVE)

    early = await agenda_lateness.tell_late_sessions(EVE + timedelta(minutes=9))
    counts = await asyncio.gather(*(agenda_lateness.tell_late_sessions(EVE + LATER) for _ in range(3)))
    messages = {str(one["To"]).partition(" <")[0]: one for one in await postbox.deliver(EVE + LATER)}

    assert (early, sum(counts)) == (0, 2)
    assert sorted(messages) == ["Anna Berg", "No App"]
    text = text_of(messages["Anna Berg"])
    assert str(messages["Anna Berg"]["Subject"]) == "Changed: Opening"
    assert "Your calendar has not seen this yet." in text
    assert "It was:    Monday 14 September 2026, 09:00–10:00 London, Great Hall" in text
    assert "It is now: Monday 14 September 2026, 14:00–15:00 London, Great Hall" in text
    assert "You may not have seen this yet" in html_of(messages["No App"])
    assert messages["Anna Berg"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


async def test_fetch_stops_the_mail_that_waits_and_a_seat_is_told_by_the_release(database: db.Engine) -> None:
    await summit()
    token = await delegate("Anna Berg", "opening", fetched=MARCH)
    await delegate("Has Seat", "opening")
    [uid] = {row["session_uid"] for row in await Star.select(Star.session_uid)}
    edition = (await registration_of("Has Seat")).edition
    sign_up = SignUp(edition=edition, session_uid=uid, places=3, taken=1, created_at=MARCH, changed_at=MARCH)
    await sign_up.save()
    seat = Seat(
        sign_up=sign_up.id,
        registration=(await registration_of("Has Seat")).id,
        state="confirmed",
        created_at=MARCH,
    )
    await seat.save()
    await release(programme(session("Opening", room="Library"), session("Care")), now=EVE)
    assert await agenda_lateness.tell_late_sessions(EVE + LATER) == 1

    await fetch(token, EVE + LATER)

    assert await late_mails() == [("Anna Berg", "stopped")]
    assert await agenda_lateness.tell_late_sessions(EVE + LATER + timedelta(minutes=1)) == 0


async def test_other_place_of_the_summit_is_told_at_once_and_not_twice(database: db.Engine) -> None:
    await summit()
    await delegate("Anna Berg", "opening", fetched=MARCH)
    await registrations.change_edition(2026, {"venue": "The Town Hall"}, actor=OPERATOR, now=EVE)
    await release(programme(session("Opening"), session("Care", room="Library")), now=EVE)

    assert await agenda_lateness.tell_late_sessions(EVE + LATER) == 0
    kinds = await OutboxMessage.select(OutboxMessage.kind).order_by(OutboxMessage.id)
    assert [row["kind"] for row in kinds] == ["registration_confirmed", "registration_changed"]
