"""Resources: each action works, each refusal, the exact outbox rows, two at once, search."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from summit_service.accounts.actor import PUBLIC, Actor
from summit_service.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from summit_service.mail.tables import OutboxMessage
from summit_service.members import queries as members
from summit_service.members.tables import Organisation
from summit_service.resources import actions, queries
from summit_service.resources.queries import ALL, Filters
from summit_service.resources.tables import Resource
from tests.counting import count_queries
from tests.factories import make_organisation, representative_of, secretariat
from tests.factories_resources import GUIDE, make_resource


async def a_member(name: str = "Centre for Kindness", **columns: Any) -> tuple[Organisation, Actor]:
    organisation = await make_organisation(name, **columns)
    return organisation, await representative_of(organisation)


async def titles(viewer: Actor = PUBLIC, **filters: str) -> list[str]:
    found, _ = await queries.listed(Filters(**filters), viewer=viewer)
    return [one.details.title for one in found]


async def mails() -> list[str]:
    rows = await OutboxMessage.select(OutboxMessage.kind).order_by(OutboxMessage.id)
    return [row["kind"] for row in rows]


async def test_share_is_for_representatives(database: object, now: datetime) -> None:
    organisation, member = await a_member()
    _, other = await a_member("Elsewhere")

    for actor, refusal in ((PUBLIC, NotSignedIn), (other, NotAllowed)):
        with pytest.raises(refusal):
            await make_resource(organisation, actor=actor, now=now)
    made = await actions.share(GUIDE, organisation="", actor=member, now=now)

    assert (made.slug, made.state, made.person) == ("listening-on-the-ward-round", "published", "Anna Berg")
    assert await mails() == []


async def test_one_title_is_shared_once_and_two_organisations_get_two_addresses(
    database: object, now: datetime
) -> None:
    organisation, member = await a_member()
    other, stranger = await a_member("Elsewhere")
    first = await make_resource(organisation, actor=member, now=now)

    with pytest.raises(Invalid, match="already"):
        await make_resource(organisation, GUIDE.title.upper(), actor=member, now=now)
    second = await make_resource(other, actor=stranger, now=now)

    assert second.slug == f"{first.slug}-2"


async def test_two_of_one_title_at_once_get_two_addresses(database: object, now: datetime) -> None:
    pairs = [await a_member(f"Place {number}") for number in range(4)]

    made = await asyncio.gather(*(make_resource(place, actor=actor, now=now) for place, actor in pairs))

    assert len({one.slug for one in made}) == 4


async def test_new_organisation_waits_and_confirming_ends_that(database: object, now: datetime) -> None:
    organisation, member = await a_member(is_new=True)
    desk = await secretariat()
    made = await make_resource(organisation, actor=member, now=now)
    assert (made.state, await titles(member), await titles(desk)) == ("waiting", [], [])
    with pytest.raises(NotFound):
        await queries.resource_by_slug(made.slug, viewer=PUBLIC)
    with pytest.raises(NotAllowed):
        await actions.confirm(made.slug, actor=member, now=now)

    await actions.confirm(made.slug, actor=desk, now=now + timedelta(hours=1))

    assert await titles() == [GUIDE.title]
    assert await mails() == ["resource_confirmed"]
    again = await members.organisation_by_id(organisation.id)
    assert again is not None
    assert not again.is_new
    with pytest.raises(Conflict):
        await actions.confirm(made.slug, actor=desk, now=now)
    assert await mails() == ["resource_confirmed"]


async def test_confirming_twice_at_once_tells_once(database: object, now: datetime) -> None:
    organisation, member = await a_member(is_new=True)
    desk = await secretariat()
    made = await make_resource(organisation, actor=member, now=now)

    found = await asyncio.gather(
        *(actions.confirm(made.slug, actor=desk, now=now) for _ in range(3)), return_exceptions=True
    )

    assert sorted(type(one).__name__ for one in found) == ["Conflict", "Conflict", "ResourceView"]
    assert await mails() == ["resource_confirmed"]


async def test_given_back_with_a_reason_it_waits_again_once_changed(database: object, now: datetime) -> None:
    organisation, member = await a_member(is_new=True)
    desk = await secretariat()
    made = await make_resource(organisation, actor=member, now=now)
    with pytest.raises(Invalid):
        await actions.give_back(made.slug, reason=" ", actor=desk, now=now)

    back = await actions.give_back(made.slug, reason="Which ward?", actor=desk, now=now)
    again = await actions.change(made.slug, {"summary": "Ward 5."}, actor=member, now=now)

    assert (back.state, back.reason, again.state, again.reason) == ("returned", "Which ward?", "waiting", "")
    assert await mails() == ["resource_returned"]
    kinds = [(one.kind, one.note) for one in await queries.changes_of(made.id)]
    assert kinds == [("changed", ""), ("returned", "Which ward?"), ("shared", "")]


async def test_change_keeps_what_was_and_the_same_again_writes_nothing(
    database: object, now: datetime
) -> None:
    organisation, member = await a_member()
    _, other = await a_member("Elsewhere")
    made = await make_resource(organisation, actor=member, now=now)
    with pytest.raises(NotAllowed):
        await actions.change(made.slug, {"title": "Mine"}, actor=other, now=now)

    later = now + timedelta(days=1)
    changed = await actions.change(
        made.slug, {"title": "Better", "topics": ("care",)}, actor=member, now=later
    )
    same = await actions.change(made.slug, {"title": "Better"}, actor=member, now=later + timedelta(days=1))

    assert (changed.slug, changed.changed_at, same.changed_at) == (made.slug, later, later)
    (last, _) = await queries.changes_of(made.id)
    assert last.before == {"title": GUIDE.title, "topics": ["teaching"]}


async def test_withdrawn_leaves_the_list_and_stays_at_its_address(database: object, now: datetime) -> None:
    organisation, member = await a_member()
    made = await make_resource(organisation, actor=member, now=now)
    with pytest.raises(Invalid):
        await actions.withdraw(made.slug, reason="", actor=member, now=now)

    await actions.withdraw(made.slug, reason="It is out of date.", actor=member, now=now)
    await actions.withdraw(made.slug, reason="Twice.", actor=member, now=now)

    found = await queries.resource_by_slug(made.slug, viewer=PUBLIC)
    assert (found.state, found.reason, await titles(member)) == ("withdrawn", "It is out of date.", [])
    with pytest.raises(Conflict):
        await actions.change(made.slug, {"title": "Back"}, actor=member, now=now)
    anew = await make_resource(organisation, actor=member, now=now)
    assert anew.slug == f"{made.slug}-2"


async def test_what_was_never_published_is_hidden_once_withdrawn(database: object, now: datetime) -> None:
    organisation, member = await a_member(is_new=True)
    made = await make_resource(organisation, actor=member, now=now)

    await actions.withdraw(made.slug, reason="A mistake.", actor=member, now=now)

    with pytest.raises(NotFound):
        await queries.resource_by_slug(made.slug, viewer=PUBLIC)


async def test_search_and_filters_leave_what_fits(database: object, now: datetime) -> None:
    organisation, member = await a_member("Zentrum für Güte")
    await make_resource(organisation, "Café talks", actor=member, now=now)
    await make_resource(
        organisation, "100% sure", actor=member, now=now + timedelta(hours=1), kind="video", licence="cc0",
        language="de", topics=("care",),
    )  # fmt: skip
    await make_resource(organisation, "Ours", actor=member, now=now, visibility="members")

    assert await titles(q="cafe") == ["Café talks"]
    assert await titles(q="CAFÉ sit down") == ["Café talks"]
    assert await titles(q="güte") == await titles(q="fur GUTE") == ["100% sure", "Café talks"]
    assert await titles(q="%") == ["100% sure", "Café talks"]
    assert await titles(q="“café talks”, (sit)") == await titles(q='"CAFÉ"') == ["Café talks"]
    assert await titles(q='100% "sure"') == await titles(q="0%") == ["100% sure"]
    assert await titles(q="0_") == ["100% sure"]
    assert await titles(q='\\ "" ,') == ["100% sure", "Café talks"]
    assert (
        await titles(topic="care")
        == await titles(kind="video")
        == await titles(licence="cc0")
        == ["100% sure"]
    )
    assert await titles(topic="car") == await titles(organisation="nobody") == []
    assert await titles(member, organisation=organisation.slug) == ["100% sure", "Ours", "Café talks"]


async def test_list_goes_on_where_it_ended_with_as_many_queries_for_many(
    database: object, now: datetime
) -> None:
    organisation, member = await a_member()
    for number in range(5):
        await make_resource(organisation, f"Guide {number}", actor=member, now=now)

    with count_queries() as few:
        first, after = await queries.listed(ALL, viewer=PUBLIC, limit=1)
    with count_queries() as many:
        await queries.listed(ALL, viewer=PUBLIC, limit=4)
    rest, end = await queries.listed(ALL, viewer=PUBLIC, after=after, limit=10)

    assert [one.details.title for one in (*first, *rest)] == [f"Guide {number}" for number in (4, 3, 2, 1, 0)]
    assert (few.number, many.number, end) == (4, 4, "")
    with pytest.raises(NotFound):
        await queries.listed(ALL, viewer=PUBLIC, after="nowhere")
    await Resource.update({Resource.visibility: "members"}).where(Resource.slug == "guide-2")
    with pytest.raises(NotFound):
        await queries.listed(ALL, viewer=PUBLIC, after="guide-2")
    assert (await queries.listed(ALL, viewer=member, after="guide-2"))[0]
    assert await Resource.count() == 5
