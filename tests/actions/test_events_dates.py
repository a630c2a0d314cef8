"""Moving and cancelling one date of a series: what works, each refusal, and two at once."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta

import pytest

from summit_service import db
from summit_service.accounts.actor import OPERATOR, PUBLIC, Actor
from summit_service.errors import Conflict, NotAllowed, NotFound, NotSignedIn
from summit_service.events import actions, changes, overrides
from summit_service.events.overrides import Override
from summit_service.events.queries import EventView
from summit_service.events.tables import Event, EventOverride
from tests.factories import make_organisation, representative_of
from tests.factories_events import make_event


async def series() -> EventView:
    return await make_event(await make_organisation(), recurrence="FREQ=WEEKLY;COUNT=4")


async def move(
    event: EventView, *, actor: Actor = OPERATOR, now: datetime, when: str = "2026-04-27"
) -> EventView:
    return await actions.move_date(
        event.slug, when, starts_at="2026-04-28T14:00", location="Room 2", actor=actor, now=now
    )


async def test_move_date_keeps_who_and_when_and_raises_sequence(database: db.Engine, now: datetime) -> None:
    organisation = await make_organisation()
    event = await make_event(organisation, recurrence="FREQ=WEEKLY;COUNT=4")
    actor = await representative_of(organisation)

    view = await move(event, actor=actor, now=now)

    assert (view.sequence, view.uid, view.changed_at) == (1, event.uid, now)
    assert view.overrides == (
        Override(
            day=date(2026, 4, 27),
            starts_at="2026-04-28T14:00",
            ends_at="2026-04-28T15:30",
            location="Room 2",
        ),
    )
    row = await EventOverride.objects().first()
    assert row is not None
    assert (row.person, row.changed_at) == (actor.person_id, now)


async def test_move_date_twice_alike_changes_nothing(database: db.Engine, now: datetime) -> None:
    event = await series()
    await move(event, now=now)
    version = await changes.version()

    view = await move(event, now=now + timedelta(hours=1))

    assert (view.sequence, await changes.version()) == (1, version)


async def test_move_date_past_the_end_of_the_series_keeps_it_in_lists(
    database: db.Engine, now: datetime
) -> None:
    event = await series()

    view = await actions.move_date(
        event.slug, "2026-05-11", starts_at="2026-06-30T09:00", actor=OPERATOR, now=now
    )

    assert event.last is not None
    assert view.last is not None
    assert view.last.date() == date(2026, 6, 30)


async def test_cancel_date_twice_is_a_conflict_and_moving_it_holds_it_again(
    database: db.Engine, now: datetime
) -> None:
    event = await series()
    await actions.cancel_date(event.slug, "2026-04-27T09:00", actor=OPERATOR, now=now)

    with pytest.raises(Conflict):
        await actions.cancel_date(event.slug, "2026-04-27", actor=OPERATOR, now=now)
    view = await move(event, now=now)

    assert [one.is_cancelled for one in view.overrides] == [False]
    assert view.sequence == 2


async def test_restore_date_leaves_nothing_behind(database: db.Engine, now: datetime) -> None:
    event = await series()
    await move(event, now=now)

    view = await actions.restore_date(event.slug, "2026-04-27", actor=OPERATOR, now=now)

    assert (view.overrides, view.sequence, view.details) == ((), 2, event.details)
    assert await EventOverride.count() == 0


async def test_dates_are_changed_by_those_who_may(database: db.Engine, now: datetime) -> None:
    event = await series()
    stranger = await representative_of(await make_organisation("Museum of Care"))

    with pytest.raises(NotSignedIn):
        await move(event, actor=PUBLIC, now=now)
    with pytest.raises(NotAllowed):
        await move(event, actor=stranger, now=now)
    with pytest.raises(NotFound):
        await move(event, now=now, when="2026-04-28")
    await actions.cancel_event(event.slug, actor=OPERATOR, now=now)
    with pytest.raises(Conflict):
        await move(event, now=now)

    assert await EventOverride.count() == 0


async def test_two_who_cancel_one_date_at_once_cancel_it_once(database: db.Engine, now: datetime) -> None:
    event = await series()

    found = await asyncio.gather(
        *(actions.cancel_date(event.slug, "2026-04-27", actor=OPERATOR, now=now) for _ in range(4)),
        return_exceptions=True,
    )

    assert sorted(type(one).__name__ for one in found) == ["Conflict", "Conflict", "Conflict", "EventView"]
    row = await Event.objects().first()
    assert row is not None
    assert row.sequence == 1


async def test_render_again_keeps_moved_dates(database: db.Engine, now: datetime) -> None:
    event = await series()
    await move(event, now=now)
    before = await Event.select(Event.vevent, Event.last_instant, Event.earliest_instant).first()

    assert await actions.render_again(now=now) == 0
    assert await actions.recompute_instants(now=now) == []

    assert await Event.select(Event.vevent, Event.last_instant, Event.earliest_instant).first() == before
    assert before is not None
    assert before["vevent"].count("RECURRENCE-ID") == 1


async def test_overrides_of_a_series_are_bounded(
    database: db.Engine, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overrides, "MOST_OVERRIDES", 1)
    event = await series()
    await move(event, now=now)

    with pytest.raises(Conflict):
        await actions.cancel_date(event.slug, "2026-05-04", actor=OPERATOR, now=now)

    assert await EventOverride.count() == 1
