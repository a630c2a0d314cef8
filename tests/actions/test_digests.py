"""Digests: what they tell whom, once, however late or often the job runs."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from summit_service.accounts.actor import OPERATOR, Actor
from summit_service.digests import actions
from summit_service.digests.tables import DigestChoice
from summit_service.errors import Invalid, NotSignedIn
from summit_service.events import actions as events
from summit_service.mail import streams
from summit_service.mail.tables import OutboxMessage
from summit_service.members.queries import actor_of
from tests import factories
from tests.clients import Clock, sign_in
from tests.factories_events import make_event
from tests.postbox import Postbox, html_of, text_of

MONDAY = datetime(2026, 3, 9, 8, 2, tzinfo=UTC)
"""The first Monday after the fixture `now`, two minutes after the hour."""


@pytest.fixture
async def reader(database: object, now: datetime) -> Actor:
    """Somebody in UTC who has chosen a weekly digest on Monday 2 March, after that day's."""
    person = await factories.make_person("Anna Berg", email="anna@members.example", timezone="Etc/UTC")
    actor = await actor_of(person, via="page")
    await actions.choose("weekly", actor=actor, now=now)
    return actor


async def test_digest_tells_what_is_new_changed_and_cancelled(
    reader: Actor, postbox: Postbox, now: datetime
) -> None:
    place = await factories.make_organisation("The Empathy Place")
    old = {
        title: await make_event(place, summary=title)
        for title in ("Moved talk", "Dropped talk", "Quiet talk")
    }
    await make_event(place, now=now + timedelta(days=1), summary="New talk", location="Room 4")
    await events.change_event(
        old["Moved talk"].slug,
        {"starts_at": "2026-04-21T09:00", "ends_at": "2026-04-21T10:30"},
        actor=OPERATOR,
        now=now + timedelta(days=2),
    )
    await events.cancel_event(
        old["Dropped talk"].slug, reason="Ill", actor=OPERATOR, now=now + timedelta(days=3)
    )

    sent = await actions.send_due(MONDAY)
    [message] = await postbox.deliver(MONDAY)

    text = text_of(message)
    assert sent == 1
    assert str(message["Subject"]) == "In the calendar: 1 new, 1 changed, 1 cancelled"
    places = [text.index(word) for word in ("New talk", "Moved talk", "Dropped talk")]
    assert places == sorted(places)
    assert (
        "Monday 20 April 2026, 09:00–10:30 London (your time: Monday 20 April 2026, 08:00–09:30 UTC), Room 4"
        in text
    )
    assert "Tuesday 21 April 2026" in text
    assert "Quiet talk" not in text
    assert "<http://127.0.0.1:8000/events/new-talk>" in text
    assert "The Empathy Place" in html_of(message)
    assert message["List-Unsubscribe"]


async def test_nothing_new_is_no_mail(reader: Actor, now: datetime) -> None:
    place = await factories.make_organisation()
    await make_event(place, summary="Known already")
    await make_event(
        place,
        now=now + timedelta(days=1),
        summary="Over by then",
        starts_at="2026-03-04T09:00",
        ends_at="2026-03-04T10:00",
    )
    dropped = await make_event(place, now=now + timedelta(days=1), summary="Never told of")
    await events.cancel_event(dropped.slug, reason="", actor=OPERATOR, now=now + timedelta(days=2))

    assert await actions.send_due(MONDAY) == 0
    assert await OutboxMessage.count() == 0


async def test_each_thing_is_told_once_however_often_and_late_the_job_runs(
    reader: Actor, postbox: Postbox, now: datetime
) -> None:
    place = await factories.make_organisation()
    await make_event(place, now=now + timedelta(days=1), summary="First")

    early = await actions.send_due(MONDAY - timedelta(minutes=3))
    at_once = await asyncio.gather(*(actions.send_due(MONDAY) for _ in range(4)))
    again = await actions.send_due(MONDAY + timedelta(days=2))
    await make_event(place, now=MONDAY + timedelta(hours=1), summary="Second")
    late = await actions.send_due(MONDAY + timedelta(days=25))
    await postbox.deliver(MONDAY + timedelta(days=25))

    assert (early, sum(at_once), again, late) == (0, 1, 0, 1)
    keys = [row.dedupe_key for row in await OutboxMessage.objects().order_by(OutboxMessage.id)]
    assert keys == [
        f"digest:{reader.person_id}:2026-03-09T08:00:00+00:00",
        f"digest:{reader.person_id}:2026-03-30T08:00:00+00:00",
    ]


async def test_digest_of_who_has_stopped_it_is_not_made_and_begins_anew_when_chosen(
    client: httpx.AsyncClient, reader: Actor, postbox: Postbox, clock: Clock, now: datetime
) -> None:
    place = await factories.make_organisation()
    await make_event(place, now=now + timedelta(days=1), summary="First")
    await actions.send_due(MONDAY)
    [message] = await postbox.deliver(MONDAY)
    link = str(message["List-Unsubscribe"]).strip("<>")
    await client.post(link)
    csrf = await sign_in(client, reader, now=now)
    shown = (await client.get("/me")).text
    await make_event(place, now=MONDAY + timedelta(days=1), summary="While stopped")
    stopped = await actions.send_due(MONDAY + timedelta(days=7))

    clock.now = MONDAY + timedelta(days=8)
    await client.post("/me/mails", data={"digest": "monthly", "stream": ["news", "calendar"], "csrf": csrf})

    [choice] = await DigestChoice.objects()
    assert 'name="digest" value="off" checked' in shown
    assert stopped == 0
    assert (choice.rhythm, choice.told_until) == ("monthly", clock.now)
    assert await streams.stopped_by(reader.email) == {"reminders"}
    assert 'name="digest" value="monthly" checked' in (await client.get("/me")).text


async def test_choice_is_off_by_default_ends_and_refuses_what_it_is_not(
    database: object, now: datetime
) -> None:
    person = await factories.make_person()
    actor = await actor_of(person, via="page")

    with pytest.raises(Invalid):
        await actions.choose("hourly", actor=actor, now=now)
    with pytest.raises(NotSignedIn):
        await actions.choose("weekly", actor=Actor(), now=now)
    assert await DigestChoice.count() == 0
    await actions.choose("weekly", actor=actor, now=now)
    await actions.choose("off", actor=actor, now=now)

    assert await DigestChoice.count() == 0


async def test_digest_comes_at_the_hour_that_was_chosen_in_the_readers_zone(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    person = await factories.make_person("Aiko", email="aiko@members.example", timezone="Asia/Tokyo")
    csrf = await sign_in(client, await actor_of(person, via="page"), now=clock.now)
    chosen = {"digest": "weekly", "digest_hour": "19", "stream": ["news"], "csrf": csrf}
    await client.post("/me/mails", data=chosen)
    place = await factories.make_organisation("The Empathy Place")
    await make_event(place, now=clock.now + timedelta(days=1), summary="New talk")
    due = datetime(2026, 3, 9, 10, 2, tzinfo=UTC)

    early = await actions.send_due(due - timedelta(minutes=1))
    sent = await actions.send_due(due)
    refused = await client.post("/me/mails", data=chosen | {"digest_hour": "25"})
    shown = (await client.get("/me")).text

    assert (early, sent) == (0, 1)
    assert refused.status_code == 422
    assert "Choose the hour at which you want the digest." in refused.text
    assert '<option value="19" selected>19:00</option>' in shown
