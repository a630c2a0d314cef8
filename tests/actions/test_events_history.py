"""History and undo: who, what, when, before and after; an undo is a change and SEQUENCE never falls."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from summit_service import db
from summit_service.accounts.actor import OPERATOR, Actor
from summit_service.errors import Conflict, NotAllowed, NotFound
from summit_service.events import actions, changelog, queries
from summit_service.events.history import Change
from tests.factories import make_organisation, representative_of
from tests.factories_events import make_event


async def history_of(slug: str) -> list[Change]:
    view = await queries.event_by_slug(slug, viewer=OPERATOR)
    assert view is not None
    return await changelog.changes_of(view.id)


async def change(slug: str, *, actor: Actor = OPERATOR, now: datetime, **fields: object) -> Change:
    await actions.change_event(slug, fields, actor=actor, now=now)
    return (await history_of(slug))[0]


async def test_change_tells_who_what_and_when_in_words(database: db.Engine, now: datetime) -> None:
    organisation = await make_organisation()
    mine = await representative_of(organisation, name="Lena Example")
    event = await make_event(organisation, actor=mine, now=now)

    entry = await change(
        event.slug,
        actor=mine,
        now=now,
        location="Leicester",
        ends_at="2026-04-20T11:00",
        categories=("teaching",),
    )

    assert (entry.words, entry.who, entry.at) == ("Changed it", "Lena Example", now)
    assert entry.lines == [
        ("Ends", "2026-04-20, 10:30", "2026-04-20, 11:00"),
        ("Place", "nothing", "Leicester"),
        ("Topics", "nothing", "teaching"),
    ]
    assert [one.kind for one in await history_of(event.slug)] == ["changed", "posted"]


async def test_undo_gives_the_fields_back_and_raises_sequence(database: db.Engine, now: datetime) -> None:
    event = await make_event(await make_organisation(), now=now)
    moved = await change(event.slug, now=now, starts_at="2026-04-20T09:30", location="Leicester")
    await change(event.slug, now=now, summary="Another title")

    view = await actions.undo_change(event.slug, moved.id, actor=OPERATOR, now=now + timedelta(hours=1))

    assert (view.details.starts_at, view.details.location) == ("2026-04-20T09:00", "")
    assert view.details.summary == "Another title"
    assert view.sequence == 2
    assert (await history_of(event.slug))[0].kind == "undone"


async def test_undo_can_be_undone(database: db.Engine, now: datetime) -> None:
    event = await make_event(await make_organisation(), now=now)
    entry = await change(event.slug, now=now, location="Leicester")
    await actions.undo_change(event.slug, entry.id, actor=OPERATOR, now=now)
    undone = (await history_of(event.slug))[0]

    view = await actions.undo_change(event.slug, undone.id, actor=OPERATOR, now=now)

    assert (view.details.location, view.sequence) == ("Leicester", 3)


async def test_undo_of_what_was_changed_again_is_refused(database: db.Engine, now: datetime) -> None:
    event = await make_event(await make_organisation(), now=now)
    entry = await change(event.slug, now=now, location="Leicester")
    await change(event.slug, now=now, location="Oxford")

    with pytest.raises(Conflict, match="changed again since: place"):
        await actions.undo_change(event.slug, entry.id, actor=OPERATOR, now=now)

    assert len(await history_of(event.slug)) == 3


async def test_undo_puts_a_cancelled_date_back(database: db.Engine, now: datetime) -> None:
    event = await make_event(await make_organisation(), now=now, recurrence="FREQ=WEEKLY;COUNT=4")
    await actions.move_date(
        event.slug, "2026-04-27", starts_at="2026-04-28T14:00", reason="Easter", actor=OPERATOR, now=now
    )
    await actions.cancel_date(event.slug, "2026-04-27", actor=OPERATOR, now=now)
    (off, moved, _) = await history_of(event.slug)

    with pytest.raises(Conflict):
        await actions.undo_change(event.slug, moved.id, actor=OPERATOR, now=now)
    view = await actions.undo_change(event.slug, off.id, actor=OPERATOR, now=now)

    assert [(one.day, one.starts_at) for one in view.overrides] == [(date(2026, 4, 27), "2026-04-28T14:00")]
    assert off.lines == [("Monday 27 April 2026", "held on 2026-04-28, 14:00 (Easter)", "cancelled")]
    assert view.sequence == 3


async def test_undo_by_a_stranger_or_of_another_event_is_refused(database: db.Engine, now: datetime) -> None:
    event = await make_event(await make_organisation(), now=now)
    other = await make_event(await make_organisation("Other"), now=now)
    entry = await change(event.slug, now=now, location="Leicester")
    stranger = await representative_of(await make_organisation("Museum"))

    with pytest.raises(NotAllowed):
        await actions.undo_change(event.slug, entry.id, actor=stranger, now=now)
    with pytest.raises(NotFound):
        await actions.undo_change(other.slug, entry.id, actor=OPERATOR, now=now)
    with pytest.raises(Conflict):
        await actions.undo_change(event.slug, (await history_of(event.slug))[1].id, actor=OPERATOR, now=now)


async def test_undo_of_what_would_not_do_any_more_says_why(database: db.Engine, now: datetime) -> None:
    event = await make_event(await make_organisation(), now=now)
    entry = await change(event.slug, now=now, ends_at="2026-04-20T12:30")
    await change(event.slug, now=now, starts_at="2026-04-20T12:00")

    with pytest.raises(Conflict, match="The end is not after the start"):
        await actions.undo_change(event.slug, entry.id, actor=OPERATOR, now=now)
