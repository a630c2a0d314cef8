"""Drafts, confirmation of new organisations' events, hosts: who may, what is told, what is seen by whom."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest

from summit_service import db
from summit_service.accounts.actor import OPERATOR, PUBLIC, Actor
from summit_service.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from summit_service.events import actions, changes, queries
from summit_service.events.queries import EventView, Filters
from summit_service.events.tables import Event, EventChange
from summit_service.mail.tables import OutboxMessage
from summit_service.members.tables import Organisation
from tests.factories import make_organisation, representative_of, secretariat
from tests.factories_events import make_details, make_event
from tests.postbox import Postbox, html_of, text_of


async def drafted(actor: Actor, organisation: Organisation, now: datetime) -> EventView:
    return await actions.post_event(
        make_details(), organisation=organisation.slug, actor=actor, now=now, is_draft=True
    )


async def lists(viewer: Actor) -> list[str]:
    return [view.slug for view in await queries.events_between(queries.ALL, viewer=viewer, limit=10)]


async def test_draft_is_seen_by_its_organisation_and_the_secretariat_alone(
    database: db.Engine, now: datetime
) -> None:
    organisation = await make_organisation()
    mine, other = (
        await representative_of(organisation),
        await representative_of(await make_organisation("Other")),
    )
    draft = await drafted(mine, organisation, now)

    seen = [await queries.event_by_slug(draft.slug, viewer=viewer) for viewer in (mine, await secretariat())]
    hidden = [await queries.event_by_slug(draft.slug, viewer=viewer) for viewer in (other, PUBLIC)]
    feed = await queries.feed_rows(Filters(slug=draft.slug), midnight=now, viewer=mine)

    assert (draft.state, draft.sequence) == ("draft", 0)
    assert all(seen)
    assert hidden == [None, None]
    assert [await lists(viewer) for viewer in (mine, OPERATOR, PUBLIC)] == [[], [], []]
    assert feed == []
    assert await changes.version() == changes.BEFORE_ALL


async def test_draft_is_published_under_its_uid_and_calendars_hear_of_it(
    database: db.Engine, now: datetime
) -> None:
    organisation = await make_organisation()
    mine = await representative_of(organisation)
    draft = await drafted(mine, organisation, now)

    view = await actions.publish_event(draft.slug, actor=mine, now=now)

    assert (view.state, view.uid) == ("published", draft.uid)
    assert await lists(PUBLIC) == [draft.slug]
    assert (await changes.version()).number == 1
    with pytest.raises(Conflict):
        await actions.publish_event(draft.slug, actor=mine, now=now)


async def test_draft_cannot_be_cancelled_but_discarded(database: db.Engine, now: datetime) -> None:
    organisation = await make_organisation()
    mine = await representative_of(organisation)
    draft = await drafted(mine, organisation, now)

    with pytest.raises(Conflict):
        await actions.cancel_event(draft.slug, actor=mine, now=now)
    with pytest.raises(NotSignedIn):
        await actions.discard_event((await make_event(organisation)).slug, actor=PUBLIC, now=now)
    await actions.discard_event(draft.slug, actor=mine, now=now)

    assert await queries.event_by_slug(draft.slug, viewer=mine) is None
    assert await Event.count() == 1


async def test_published_event_is_not_discarded(database: db.Engine, now: datetime) -> None:
    event = await make_event(await make_organisation())

    with pytest.raises(Conflict):
        await actions.discard_event(event.slug, actor=OPERATOR, now=now)

    assert await Event.count() == 1


async def test_first_event_of_a_new_organisation_waits_and_its_confirmation_ends_that(
    postbox: Postbox, now: datetime
) -> None:
    organisation = await make_organisation(is_new=True)
    mine = await representative_of(organisation, email="lena@members.example")
    desk = await secretariat()

    first = await actions.post_event(make_details(), organisation=organisation.slug, actor=mine, now=now)
    waiting = await queries.waiting_for_confirmation(limit=5)
    with pytest.raises(NotAllowed):
        await actions.confirm_event(first.slug, actor=mine, now=now)
    confirmed = await actions.confirm_event(first.slug, actor=desk, now=now)
    second = await actions.post_event(make_details(), organisation=organisation.slug, actor=mine, now=now)

    assert first.state == "waiting"
    assert [view.slug for view in waiting] == [first.slug]
    assert (confirmed.state, second.state) == ("published", "published")
    (mail,) = await postbox.deliver(now)
    assert mail["To"].endswith("<lena@members.example>")
    assert mail["Subject"] == "“Listening on the ward round” is published"
    assert f"/events/{first.slug}" in text_of(mail)
    assert f'/events/{first.slug}"' in html_of(mail)


async def test_event_that_is_given_back_is_a_draft_and_its_poster_is_told_why(
    postbox: Postbox, now: datetime
) -> None:
    organisation = await make_organisation(is_new=True)
    mine, desk = await representative_of(organisation), await secretariat()
    event = await actions.post_event(make_details(), organisation=organisation.slug, actor=mine, now=now)

    with pytest.raises(Invalid):
        await actions.return_event(event.slug, reason=" ", actor=desk, now=now)
    for _ in range(2):
        await actions.return_event(event.slug, reason="Which room?", actor=desk, now=now)
        again = await actions.publish_event(event.slug, actor=mine, now=now)

    assert again.state == "waiting"
    mails = await postbox.deliver(now)
    assert [mail["Subject"] for mail in mails] == ["Before “Listening on the ward round” is published"] * 2
    assert "Which room?" in text_of(mails[0])
    assert f'/events/{event.slug}/edit"' in html_of(mails[0])


async def test_secretariat_posts_for_a_new_organisation_at_once(database: db.Engine, now: datetime) -> None:
    organisation = await make_organisation(is_new=True)

    view = await make_event(organisation, actor=await secretariat(), now=now)

    assert view.state == "published"


async def test_two_who_confirm_at_once_send_one_mail(database: db.Engine, now: datetime) -> None:
    organisation = await make_organisation(is_new=True)
    mine, desk = await representative_of(organisation), await secretariat()
    event = await actions.post_event(make_details(), organisation=organisation.slug, actor=mine, now=now)

    found = await asyncio.gather(
        *(actions.confirm_event(event.slug, actor=desk, now=now) for _ in range(3)), return_exceptions=True
    )

    assert sorted(type(one).__name__ for one in found) == ["Conflict", "Conflict", "EventView"]
    assert await OutboxMessage.count() == 1


async def test_event_of_several_hosts_is_in_the_list_of_each(database: db.Engine, now: datetime) -> None:
    owner = await make_organisation("Centre", slug="centre")
    await make_organisation("Museum of Care", slug="museum", country="FR")
    await make_organisation("House", slug="house")

    event = await make_event(owner, hosts=("Museum of Care", "house", "centre", "museum"))

    assert event.details.hosts == ("museum", "house")
    assert [host.name for host in event.hosts] == ["Museum of Care", "House"]
    for slug in ("centre", "museum", "house"):
        found = await queries.events_between(Filters(organisation=slug), viewer=PUBLIC, limit=5)
        assert [view.slug for view in found] == [event.slug]
    row = await Event.select(Event.vevent).first()
    assert row is not None
    assert "Hosted by Centre\\, Museum of Care and House." in row["vevent"].replace("\r\n ", "")


async def test_event_with_an_unknown_host_is_refused(database: db.Engine, now: datetime) -> None:
    with pytest.raises(Invalid) as refusal:
        await make_event(await make_organisation(), hosts=("nobody",))

    assert refusal.value.by_field() == {"hosts/0": "There is no organisation “nobody”."}


async def test_new_name_of_a_host_shows_in_calendars(database: db.Engine, now: datetime) -> None:
    other = await make_organisation("Museum of Care", slug="museum")
    await make_event(await make_organisation(), hosts=("museum",))
    await Organisation.update({Organisation.name: "House of Care"}).where(Organisation.id == other.id)

    assert await actions.render_again(now=now, organisation_id=other.id) == 1

    row = await Event.select(Event.vevent).first()
    assert row is not None
    assert "House of Care" in row["vevent"].replace("\r\n ", "")


async def test_discarding_twice_finds_nothing_the_second_time(database: db.Engine, now: datetime) -> None:
    organisation = await make_organisation()
    mine = await representative_of(organisation)
    draft = await drafted(mine, organisation, now)
    await actions.discard_event(draft.slug, actor=mine, now=now)

    with pytest.raises(NotFound):
        await actions.discard_event(draft.slug, actor=mine, now=now)

    assert await EventChange.count() == 0


async def test_draft_that_is_being_published_keeps_no_other_change_waiting(
    database: db.Engine, now: datetime
) -> None:
    """Nor do the two wait for each other: one with the draft's row, the other with the number's."""
    centre = await make_organisation("Centre")
    actor = await representative_of(centre)
    other = await make_event(centre)
    draft = await actions.post_event(
        make_details(summary="Draft"), organisation=centre.slug, actor=actor, now=now, is_draft=True
    )
    changing = asyncio.Event()

    async def change() -> None:
        async with db.transaction():
            row = await db.for_update(Event.objects().where(Event.id == draft.id)).first()
            assert row is not None
            changing.set()
            # SQLite has one writer at a time: there the other change simply follows.
            await asyncio.wait({second}, timeout=0.5)
            await Event.update({Event.state: "published"}).where(Event.id == draft.id)
            await changes.note_change(now)

    async def change_other() -> None:
        await changing.wait()
        await actions.change_event(other.slug, {"summary": "Changed"}, actor=actor, now=now)

    second = asyncio.create_task(change_other())
    await asyncio.gather(change(), second)

    rows = await Event.select(Event.noted_in).order_by(Event.noted_in)
    assert [row["noted_in"] for row in rows] in ([2, 3], [1, 2, 3])
