"""“Your calendar has not seen this yet”: who is told, of what, once, and what stops it."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from summit_service import db
from summit_service.accounts.actor import OPERATOR, Actor
from summit_service.events import actions as events
from summit_service.events.tables import Event
from summit_service.feeds import actions as feeds
from summit_service.feeds import lateness
from summit_service.feeds.queries import feeds_of
from summit_service.feeds.tables import PersonalFeed
from summit_service.mail.tables import OutboxMessage
from summit_service.members.tables import Organisation
from tests.factories import make_organisation, representative_of
from tests.factories_events import make_event
from tests.postbox import Postbox, html_of, text_of

SOON: dict[str, Any] = {"starts_at": "2026-03-03T09:00", "ends_at": "2026-03-03T10:00"}
LATER = timedelta(minutes=11)


async def follower(now: datetime, *, fetched: datetime | None) -> Actor:
    """A representative in Berlin with a feed that was fetched then."""
    organisation = await make_organisation(slug="centre")
    await make_event(organisation, **SOON)
    actor = await representative_of(organisation, name="Anna Berg")
    await feeds.make_feed("Phone", actor=actor, now=now - timedelta(days=9))
    await PersonalFeed.update({PersonalFeed.fetched_at: fetched}, force=True)
    return actor


async def change(now: datetime, **changes: Any) -> None:
    await events.change_event("listening-on-the-ward-round", changes, actor=OPERATOR, now=now)


async def rows() -> list[tuple[str, str, str]]:
    found = await OutboxMessage.select(
        OutboxMessage.kind, OutboxMessage.dedupe_key, OutboxMessage.state
    ).order_by(OutboxMessage.id)
    return [(row["kind"], row["dedupe_key"], row["state"]) for row in found]


async def test_change_of_what_is_near_is_told_once(
    database: db.Engine, postbox: Postbox, now: datetime
) -> None:
    actor = await follower(now, fetched=now - timedelta(hours=1))
    await change(now, starts_at="2026-03-03T11:00", ends_at="2026-03-03T12:00")

    early = await lateness.tell_late(now + timedelta(minutes=9))
    counts = await asyncio.gather(*(lateness.tell_late(now + LATER) for _ in range(3)))
    [message] = await postbox.deliver(now + LATER)

    assert (early, sorted(counts)) == (0, [0, 0, 1])
    assert await rows() == [("calendar_late", f"calendar_late:1:1:{actor.person_id}", "accepted")]
    text = text_of(message)
    assert str(message["Subject"]) == "Changed: Listening on the ward round"
    assert "Your calendar has not seen this yet." in text
    assert "Begins: 2026-03-03, 11:00 (before: 2026-03-03, 09:00)" in text
    assert "<http://127.0.0.1:8000/events/listening-on-the-ward-round>" in text
    assert "Tuesday 3 March 2026, 11:00–12:00 London" in html_of(message)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


async def test_change_of_more_events_than_are_read_together_is_told_for_each(
    database: db.Engine, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lateness, "AT_ONCE", 2)
    actor = await follower(now, fetched=now - timedelta(hours=1))
    (organisation,) = await Organisation.objects()
    for _ in range(4):
        await make_event(organisation, **SOON)
    for slug in await Event.select(Event.slug).output(as_list=True):
        await events.change_event(slug, {"location": "Library"}, actor=OPERATOR, now=now)

    assert await lateness.tell_late(now + LATER) == 5
    assert {key for _, key, _ in await rows()} == {
        f"calendar_late:{event}:1:{actor.person_id}" for event in range(1, 6)
    }


async def test_cancellation_of_what_is_near_is_told(
    database: db.Engine, postbox: Postbox, now: datetime
) -> None:
    await follower(now, fetched=now - timedelta(hours=1))
    await events.cancel_event("listening-on-the-ward-round", reason="Ill", actor=OPERATOR, now=now)

    await lateness.tell_late(now + LATER)
    [message] = await postbox.deliver(now + LATER)

    assert str(message["Subject"]) == "Cancelled: Listening on the ward round"
    assert "It was cancelled." in text_of(message)


async def test_event_that_is_moved_away_from_tomorrow_is_told(database: db.Engine, now: datetime) -> None:
    await follower(now, fetched=now - timedelta(hours=1))
    await change(now, starts_at="2026-06-03T09:00", ends_at="2026-06-03T10:00")

    assert await lateness.tell_late(now + LATER) == 1


async def test_date_of_a_series_that_is_cancelled_for_tomorrow_is_told(
    database: db.Engine, now: datetime
) -> None:
    await follower(now, fetched=now - timedelta(hours=1))
    await change(now - timedelta(days=5), recurrence="FREQ=WEEKLY")
    await events.cancel_date("listening-on-the-ward-round", "2026-03-03", actor=OPERATOR, now=now)

    assert await lateness.tell_late(now + LATER) == 1


@pytest.mark.parametrize(
    "changes",
    [{"summary": "Another title"}, {"description": "More words"}, {"categories": ("care",)}],
)
async def test_change_that_calendars_need_not_hurry_for_is_not_told(
    database: db.Engine, now: datetime, changes: dict[str, Any]
) -> None:
    await follower(now, fetched=now - timedelta(hours=1))
    await change(now, **changes)

    assert await lateness.tell_late(now + LATER) == 0


async def test_date_of_a_series_far_off_is_not_told(database: db.Engine, now: datetime) -> None:
    await follower(now, fetched=now - timedelta(hours=1))
    await change(now, starts_at="2026-06-03T09:00", ends_at="2026-06-03T10:00")
    await lateness.tell_late(now + LATER)
    await change(now + timedelta(days=1), location="Elsewhere")
    await PersonalFeed.update({PersonalFeed.fetched_at: now + timedelta(hours=20)}, force=True)

    assert await lateness.tell_late(now + timedelta(days=1) + LATER) == 0


@pytest.mark.parametrize("fetched", [None, timedelta(minutes=5)])
async def test_feed_that_was_fetched_since_or_never_is_told_nothing(
    database: db.Engine, now: datetime, fetched: timedelta | None
) -> None:
    await follower(now, fetched=now + fetched if fetched else None)
    await change(now, location="Elsewhere")

    assert await lateness.tell_late(now + LATER) == 0


async def test_who_does_not_follow_the_event_is_told_nothing(database: db.Engine, now: datetime) -> None:
    await follower(now, fetched=now - timedelta(hours=1))
    other = await make_organisation("Other")
    await make_event(other, summary="Theirs", **SOON)
    await events.change_event("theirs", {"location": "Elsewhere"}, actor=OPERATOR, now=now)

    assert await lateness.tell_late(now + LATER) == 0


async def test_mail_that_waits_is_stopped_when_an_app_comes(database: db.Engine, now: datetime) -> None:
    await follower(now, fetched=now - timedelta(hours=1))
    await change(now, location="Elsewhere")
    await lateness.tell_late(now + LATER)
    feed = await PersonalFeed.objects().first()
    assert feed is not None

    await feeds.note_fetch(feed.id, app="Thunderbird", digest="x", now=now + LATER)

    assert [state for _, _, state in await rows()] == ["stopped"]
    assert await lateness.tell_late(now + LATER + timedelta(minutes=1)) == 0


async def second_calendar(actor: Actor, *, made: datetime, fetched: datetime) -> int:
    """Another feed of theirs, for another app, that was fetched then."""
    await feeds.make_feed("Desk", actor=actor, now=made)
    *_, made_last = await feeds_of(actor.person_id or 0)
    await PersonalFeed.update({PersonalFeed.fetched_at: fetched}).where(PersonalFeed.id == made_last.id)
    return int(made_last.id)


@pytest.mark.parametrize(
    ("hours", "told"), [(1, 1), (6 * 24, 1), (9 * 24, 0)], ids=["today", "this week", "given up"]
)
async def test_one_of_two_calendars_that_has_not_come_is_told_while_it_is_in_use(
    database: db.Engine, now: datetime, hours: int, told: int
) -> None:
    actor = await follower(now, fetched=now - timedelta(hours=hours))
    await second_calendar(actor, made=now, fetched=now + timedelta(minutes=5))
    await change(now, location="Elsewhere")

    assert await lateness.tell_late(now + LATER) == told


async def test_mail_that_waits_is_stopped_only_when_both_calendars_have_come(
    database: db.Engine, now: datetime
) -> None:
    actor = await follower(now, fetched=now - timedelta(hours=1))
    second = await second_calendar(actor, made=now, fetched=now - timedelta(hours=2))
    (first, _) = await feeds_of(actor.person_id or 0)
    await change(now, location="Elsewhere")
    await lateness.tell_late(now + LATER)

    states = []
    for number in (first.id, second):
        await feeds.note_fetch(number, app="Thunderbird", digest="x", now=now + LATER)
        states.append([state for _, _, state in await rows()])

    assert states == [["queued"], ["stopped"]]


async def test_change_of_what_is_for_members_is_not_told_a_former_member(
    database: db.Engine, now: datetime
) -> None:
    await follower(now, fetched=now - timedelta(hours=1))
    await change(now, visibility="members", location="Library")
    await Organisation.update({Organisation.standing: "former"}, force=True)

    assert await lateness.tell_late(now + LATER) == 0
    await Organisation.update({Organisation.standing: "associate"}, force=True)
    assert await lateness.tell_late(now + LATER) == 1
