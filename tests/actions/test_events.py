"""Posting, changing and cancelling events: what works, each refusal, and two at once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from summit_service import db
from summit_service.accounts.actor import OPERATOR, PUBLIC
from summit_service.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from summit_service.events import actions, changes, queries
from summit_service.events.tables import Cancellation, Event
from tests.factories import make_organisation, representative_of, secretariat
from tests.factories_events import FIRST_THURSDAYS, make_details, make_event


async def vevent_of(slug: str) -> str:
    row = await Event.select(Event.vevent).where(Event.slug == slug).first()
    assert row is not None
    text: str = row["vevent"]
    return text


async def test_post_event_publishes_it(database: db.Engine, now: datetime) -> None:
    organisation = await make_organisation()
    actor = await representative_of(organisation)

    view = await actions.post_event(make_details(), organisation=organisation.slug, actor=actor, now=now)

    assert view.slug == "listening-on-the-ward-round"
    assert view.uid.endswith("@127.0.0.1")
    assert (view.sequence, view.status, view.state) == (0, "CONFIRMED", "published")
    assert view.starts == datetime(2026, 4, 20, 8, 0, tzinfo=UTC)
    assert view.ends == datetime(2026, 4, 20, 9, 30, tzinfo=UTC)
    assert view.details == make_details()


async def test_post_event_twice_gives_two_addresses(database: db.Engine, now: datetime) -> None:
    organisation = await make_organisation()

    first = await make_event(organisation, now=now)
    second = await make_event(organisation, now=now)

    assert (first.slug, second.slug) == ("listening-on-the-ward-round", "listening-on-the-ward-round-2")
    assert first.uid != second.uid


async def test_post_event_at_once_gives_each_an_address(database: db.Engine, now: datetime) -> None:
    organisation = await make_organisation()

    views = await asyncio.gather(*(make_event(organisation, now=now) for _ in range(8)))

    assert len({view.slug for view in views}) == 8
    assert (await changes.version()).number == 8


async def test_post_event_named_new_does_not_hide_the_form(database: db.Engine, now: datetime) -> None:
    organisation = await make_organisation()

    view = await make_event(organisation, now=now, summary="New")

    assert view.slug == "new-2"


async def test_post_event_takes_the_zone_of_its_organisation(database: db.Engine, now: datetime) -> None:
    organisation = await make_organisation(timezone="Australia/Sydney")

    view = await make_event(organisation, now=now, timezone="")

    assert view.details.timezone == "Australia/Sydney"


async def test_post_event_by_the_public_is_refused(database: db.Engine, now: datetime) -> None:
    organisation = await make_organisation()

    with pytest.raises(NotSignedIn):
        await actions.post_event(make_details(), organisation=organisation.slug, actor=PUBLIC, now=now)

    assert await Event.count() == 0


async def test_post_event_for_another_organisation_is_refused(database: db.Engine, now: datetime) -> None:
    actor = await representative_of(await make_organisation())
    other = await make_organisation("Museum of Care")

    with pytest.raises(NotAllowed):
        await actions.post_event(make_details(), organisation=other.slug, actor=actor, now=now)

    assert await Event.count() == 0


async def test_post_event_for_an_unknown_organisation_is_refused(database: db.Engine, now: datetime) -> None:
    actor = await secretariat()

    with pytest.raises(Invalid) as refusal:
        await actions.post_event(make_details(), organisation="nobody", actor=actor, now=now)

    assert refusal.value.by_field() == {"organisation": "There is no organisation “nobody”."}


async def test_post_event_with_faults_stores_nothing(database: db.Engine, now: datetime) -> None:
    organisation = await make_organisation()

    with pytest.raises(Invalid):
        await make_event(organisation, now=now, ends_at="2026-04-20T08:00")

    assert await Event.count() == 0
    assert await changes.version() == changes.BEFORE_ALL


async def test_change_event_of_the_hour_raises_sequence(database: db.Engine, now: datetime) -> None:
    before = await make_event(await make_organisation(), now=now)
    later = now + timedelta(hours=3)

    after = await actions.change_event(
        before.slug, {"starts_at": "2026-04-20T09:30"}, actor=OPERATOR, now=later
    )

    assert (after.uid, after.sequence) == (before.uid, before.sequence + 1)
    assert after.starts == before.starts + timedelta(minutes=30)
    assert after.changed_at == later
    entry = await vevent_of(before.slug)
    assert "LAST-MODIFIED:20260302T120000Z\r\n" in entry
    assert "DTSTAMP:20260302T120000Z\r\n" in entry


@pytest.mark.parametrize(
    ("changed", "rise"),
    [
        ({"ends_at": "2026-04-20T11:00"}, 1),
        ({"timezone": "Europe/Paris"}, 1),
        ({"location": "Room 4"}, 1),
        ({"recurrence": "FREQ=WEEKLY"}, 1),
        ({"description": "Bring a colleague."}, 0),
        ({"summary": "Listening"}, 0),
        ({"categories": ("teaching",)}, 0),
    ],
)
async def test_change_event_raises_sequence_for_what_calendars_show(
    database: db.Engine, now: datetime, changed: dict[str, object], rise: int
) -> None:
    event = await make_event(await make_organisation(), now=now)

    after = await actions.change_event(event.slug, changed, actor=OPERATOR, now=now + timedelta(hours=1))

    assert after.sequence == event.sequence + rise
    assert after.changed_at == now + timedelta(hours=1)


async def test_change_event_to_the_same_changes_no_byte(database: db.Engine, now: datetime) -> None:
    event = await make_event(await make_organisation(), now=now, categories=("teaching",))
    before, version = await vevent_of(event.slug), await changes.version()

    same = {
        "starts_at": "2026-04-20T09:00",
        "categories": ("Teaching",),
        "summary": " Listening on the ward round ",
    }
    after = await actions.change_event(event.slug, same, actor=OPERATOR, now=now + timedelta(days=1))

    assert after == event
    assert await vevent_of(event.slug) == before
    assert await changes.version() == version


async def test_change_event_carries_left_out_dates_to_the_new_hour(
    database: db.Engine, now: datetime
) -> None:
    event = await make_event(
        await make_organisation(),
        starts_at="2026-01-01T12:30",
        ends_at="2026-01-01T13:30",
        recurrence=FIRST_THURSDAYS,
        excluded=("2026-01-01",),
    )

    times = {"starts_at": "2026-01-01T13:00", "ends_at": "2026-01-01T14:00"}
    after = await actions.change_event(event.slug, times, actor=OPERATOR, now=now)

    assert after.details.excluded == ("2026-01-01T13:00",)


async def test_change_event_by_a_stranger_is_refused(database: db.Engine, now: datetime) -> None:
    event = await make_event(await make_organisation(), now=now)
    stranger = await representative_of(await make_organisation("Museum of Care"))

    with pytest.raises(NotAllowed):
        await actions.change_event(event.slug, {"summary": "Mine"}, actor=stranger, now=now)

    assert await queries.event_by_slug(event.slug, viewer=PUBLIC) == event


async def test_change_event_that_is_not_there_is_refused(database: db.Engine, now: datetime) -> None:
    with pytest.raises(NotFound):
        await actions.change_event("nothing", {"summary": "Mine"}, actor=OPERATOR, now=now)


async def test_change_event_at_once_loses_no_sequence(database: db.Engine, now: datetime) -> None:
    event = await make_event(await make_organisation(), now=now)

    await asyncio.gather(
        *(
            actions.change_event(event.slug, {"location": f"Room {n}"}, actor=OPERATOR, now=now)
            for n in range(10)
        )
    )

    after = await queries.event_by_slug(event.slug, viewer=PUBLIC)
    assert after is not None
    assert after.sequence == 10
    assert f"SEQUENCE:{after.sequence}\r\n" in await vevent_of(event.slug)
    assert f"LOCATION:{after.details.location}\r\n" in await vevent_of(event.slug)


async def test_cancel_event_keeps_it_and_says_so(database: db.Engine, now: datetime) -> None:
    organisation = await make_organisation()
    event = await make_event(organisation)
    actor = await representative_of(organisation)

    view = await actions.cancel_event(event.slug, reason="The speaker is ill.", actor=actor, now=now)

    assert (view.uid, view.sequence) == (event.uid, event.sequence + 1)
    assert (view.status, view.state, view.cancelled_at) == ("CANCELLED", "cancelled", now)
    assert await queries.cancellation_reason(view.id) == "The speaker is ill."
    entry = await vevent_of(event.slug)
    assert "STATUS:CANCELLED\r\n" in entry
    assert "SUMMARY:Cancelled: Listening on the ward round\r\n" in entry


async def test_cancel_event_twice_is_refused(database: db.Engine, now: datetime) -> None:
    event = await make_event(await make_organisation())
    await actions.cancel_event(event.slug, actor=OPERATOR, now=now)
    entry = await vevent_of(event.slug)

    with pytest.raises(Conflict):
        await actions.cancel_event(event.slug, reason="Again", actor=OPERATOR, now=now)

    assert await Cancellation.count() == 1
    assert await vevent_of(event.slug) == entry


async def test_cancel_event_at_once_happens_once(database: db.Engine, now: datetime) -> None:
    event = await make_event(await make_organisation())

    results = await asyncio.gather(
        *(actions.cancel_event(event.slug, actor=OPERATOR, now=now) for _ in range(5)), return_exceptions=True
    )

    assert sum(isinstance(result, Conflict) for result in results) == 4
    after = await queries.event_by_slug(event.slug, viewer=PUBLIC)
    assert after is not None
    assert after.sequence == 1


async def test_change_event_after_its_cancellation_is_refused(database: db.Engine, now: datetime) -> None:
    event = await make_event(await make_organisation())
    await actions.cancel_event(event.slug, actor=OPERATOR, now=now)

    with pytest.raises(Conflict):
        await actions.change_event(event.slug, {"summary": "Back again"}, actor=OPERATOR, now=now)


async def test_recompute_instants_follows_new_zone_rules(database: db.Engine, now: datetime) -> None:
    moved = await make_event(await make_organisation(), now=now)
    other = await make_event(await make_organisation("Museum of Care"), now=now, summary="Other")
    # As if the row had been written when the zone's rules said something else.
    wrong = moved.starts + timedelta(hours=1)
    await Event.update({Event.starts_instant: wrong}).where(Event.slug == moved.slug)
    version = await changes.version()

    slugs = await actions.recompute_instants(now=now)

    assert slugs == [moved.slug]
    assert await queries.event_by_slug(moved.slug, viewer=PUBLIC) == moved
    assert await queries.event_by_slug(other.slug, viewer=PUBLIC) == other
    assert (await changes.version()).number == version.number + 1
    assert await actions.recompute_instants(now=now) == []


async def test_render_again_after_a_new_name_of_the_host(database: db.Engine, now: datetime) -> None:
    organisation = await make_organisation("Centre for Kindness")
    event = await make_event(organisation, now=now)
    organisation.name = "Centre for Care"
    await organisation.save()
    later = now + timedelta(days=3)

    count = await actions.render_again(now=later)

    assert count == 1
    assert "Hosted by Centre for Care." in await vevent_of(event.slug)
    assert await actions.render_again(now=later) == 0
    shown = await queries.event_by_slug(event.slug, viewer=PUBLIC)
    assert shown is not None
    assert (shown.changed_at, shown.sequence) == (later, 0)
    assert f"LAST-MODIFIED:{later:%Y%m%dT%H%M%SZ}" in await vevent_of(event.slug)


async def test_render_again_tells_feeds_that_a_host_has_another_country(
    database: db.Engine, now: datetime
) -> None:
    organisation = await make_organisation()
    event = await make_event(organisation, now=now)
    before, entry = await changes.version(), await vevent_of(event.slug)

    count = await actions.render_again(now=now, organisation_id=organisation.id)

    assert count == 0
    assert await vevent_of(event.slug) == entry
    assert (await changes.version()).number == before.number + 1
