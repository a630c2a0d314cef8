"""What others say of a resource: uses, comments, and the one mail a day to who shares it."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import msgspec
import pytest

from summit_service import db
from summit_service.accounts.actor import PUBLIC, Actor
from summit_service.accounts.tables import Person
from summit_service.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from summit_service.mail.tables import OutboxMessage
from summit_service.members import queries as members
from summit_service.own_data import actions as own_data
from summit_service.own_data import telling
from summit_service.resources import actions, queries, talk
from summit_service.resources.queries import ResourceView
from summit_service.resources.tables import ResourceComment, ResourceUse
from tests.factories import make_organisation, representative_of, secretariat
from tests.factories_resources import make_resource
from tests.meanwhile import begun_meanwhile
from tests.postbox import Postbox, text_of

HOUR = timedelta(hours=1)


async def shared(now: datetime) -> tuple[ResourceView, Actor, Actor]:
    """A resource, who shares it, and another member."""
    organisation = await make_organisation("Centre for Kindness")
    sharer = await representative_of(organisation)
    other = await representative_of(await make_organisation("Museum", slug="museum"))
    return await make_resource(organisation, actor=sharer, now=now), sharer, other


async def told() -> list[list[list[str]]]:
    rows = await OutboxMessage.select(OutboxMessage.context).where(OutboxMessage.kind == "resource_talk")
    return [one["lines"] for row in rows for one in msgspec.json.decode(row["context"])["told"]]


async def test_use_is_said_changed_and_taken_back(database: object, now: datetime) -> None:
    made, sharer, other = await shared(now)
    for actor, words, refusal in (
        (PUBLIC, "Here.", NotSignedIn),
        (other, " ", Invalid),
        (sharer, "Here.", Invalid),
    ):
        with pytest.raises(refusal):
            await actions.use(made.slug, words, actor=actor, now=now)
    with pytest.raises(NotAllowed):
        await actions.use(made.slug, "Here.", organisation="museum", actor=sharer, now=now)

    await actions.use(made.slug, "On family days.", actor=other, now=now)
    await actions.use(made.slug, "On Sundays.", actor=other, now=now + HOUR)

    (one,) = await talk.uses_of(made.id)
    assert (one.slug, one.words, one.since) == ("museum", "On Sundays.", now)
    assert (await queries.resource_by_slug(made.slug, viewer=PUBLIC)).uses == 1
    await actions.stop_using(made.slug, actor=other, now=now)
    await actions.stop_using(made.slug, actor=other, now=now)
    assert await talk.uses_of(made.id) == []
    assert (await queries.resource_by_slug(made.slug, viewer=PUBLIC)).uses == 0


async def test_use_said_twice_at_once_stands_once(database: object, now: datetime) -> None:
    made, _, other = await shared(now)

    await asyncio.gather(*(actions.use(made.slug, f"Way {n}.", actor=other, now=now) for n in range(4)))

    assert await ResourceUse.count() == 1


async def test_comment_is_for_members_and_its_author_changes_it(database: object, now: datetime) -> None:
    made, sharer, other = await shared(now)
    with pytest.raises(NotSignedIn):
        await actions.comment(made.slug, "Good.", actor=PUBLIC, now=now)
    with pytest.raises(Invalid):
        await actions.comment(made.slug, "\n", actor=other, now=now)
    number = await actions.comment(made.slug, "Good.", actor=other, now=now)
    for act in (
        actions.change_comment(made.slug, number, "Bad.", actor=sharer, now=now),
        actions.withdraw_comment(made.slug, number, actor=await secretariat(), now=now),
    ):
        with pytest.raises(NotFound):
            await act

    await actions.change_comment(made.slug, number, "Very good.", actor=other, now=now + HOUR)

    (one,) = await talk.comments_on(made.id, viewer=sharer)
    assert (one.body, one.is_changed, one.is_own) == ("Very good.", True, False)
    assert await talk.comments_on(made.id, viewer=PUBLIC) == []
    await actions.withdraw_comment(made.slug, number, actor=other, now=now)
    assert await talk.comments_on(made.id, viewer=other) == []
    assert (await ResourceComment.select(ResourceComment.body))[0]["body"] == ""
    await actions.withdraw(made.slug, reason="Old.", actor=sharer, now=now)
    with pytest.raises(Conflict):
        await actions.comment(made.slug, "Late.", actor=other, now=now)


async def test_hidden_comment_shows_its_reason_and_is_forgotten_after_a_year(
    database: object, now: datetime
) -> None:
    made, sharer, other = await shared(now)
    desk = await secretariat()
    number = await actions.comment(made.slug, "Buy my book.", actor=other, now=now)
    with pytest.raises(NotAllowed):
        await actions.hide_comment(made.slug, number, reason="No.", actor=sharer, now=now)
    with pytest.raises(Invalid):
        await actions.hide_comment(made.slug, number, reason="", actor=desk, now=now)

    await actions.hide_comment(made.slug, number, reason="An advertisement.", actor=desk, now=now)

    seen = [(await talk.comments_on(made.id, viewer=viewer))[0] for viewer in (sharer, other, desk)]
    assert [one.body for one in seen] == ["", "Buy my book.", "Buy my book."]
    assert {one.hidden_reason for one in seen} == {"An advertisement."}
    assert await actions.forget_hidden(now + timedelta(days=364)) == 0
    assert await actions.forget_hidden(now + timedelta(days=365)) == 1
    assert (await talk.comments_on(made.id, viewer=desk))[0].body == ""


async def test_sharer_is_told_once_a_day_of_everything_and_never_of_their_own(
    database: object, now: datetime
) -> None:
    made, sharer, other = await shared(now)
    await actions.comment(made.slug, "Mine.", actor=sharer, now=now - 3 * timedelta(days=1))
    await actions.use(made.slug, "On Sundays.", actor=other, now=now)
    gone = await actions.comment(made.slug, "Gone.", actor=other, now=now)
    await actions.comment(made.slug, "Good.", actor=other, now=now)
    early = await actions.tell_sharers(now + timedelta(minutes=59))

    await actions.withdraw_comment(made.slug, gone, actor=other, now=now - timedelta(days=2))
    sent = await asyncio.gather(*(actions.tell_sharers(now + HOUR) for _ in range(3)))
    await actions.comment(made.slug, "Again.", actor=other, now=now + 2 * HOUR)
    soon = await actions.tell_sharers(now + 4 * HOUR)
    next_day = await actions.tell_sharers(now + timedelta(days=1, hours=1))

    assert (early, sum(sent), soon, next_day) == (0, 1, 0, 1)
    lines = await told()
    assert [[words for _, words in one] for one in lines] == [["On Sundays.", "Good."], ["Again."]]


async def test_comments_go_on_both_ways_and_none_is_lost(database: object, now: datetime) -> None:
    made, sharer, other = await shared(now)
    numbers = [await actions.comment(made.slug, f"Word {n}.", actor=other, now=now) for n in range(5)]

    forth = await talk.comments_on(made.id, viewer=sharer, after=numbers[1], limit=2)
    last, earlier = await talk.last_comments(made.id, viewer=sharer, limit=2)
    middle, before = await talk.last_comments(made.id, viewer=sharer, before=earlier, limit=2)
    first, end = await talk.last_comments(made.id, viewer=sharer, before=before, limit=2)

    assert [one.id for one in forth] == numbers[2:4]
    assert [one.id for one in (*first, *middle, *last)] == numbers
    assert end == 0


async def test_words_that_were_told_are_gone_from_the_mail_with_the_comment(
    database: object, postbox: Postbox, now: datetime
) -> None:
    made, _sharer, other = await shared(now)
    first = await actions.comment(made.slug, "It “helps” –\n10% more.", actor=other, now=now)
    second = await actions.comment(made.slug, "Spoken in anger.", actor=other, now=now)
    await actions.comment(made.slug, "Stays.", actor=other, now=now)
    await actions.tell_sharers(now + HOUR)

    await actions.change_comment(made.slug, first, "It helps.", actor=other, now=now + HOUR)
    await actions.withdraw_comment(made.slug, second, actor=other, now=now + HOUR)

    [lines] = await told()
    assert [words for _, words in lines] == [
        "(changed since: the page has what it says now)",
        "(taken back)",
        "Stays.",
    ]
    [mail] = await postbox.deliver(now + HOUR)
    assert "Spoken in anger." not in text_of(mail)


async def test_same_words_of_others_stay_in_the_mail_when_one_takes_theirs_back(
    database: object, now: datetime
) -> None:
    made, sharer, other = await shared(now)
    third = await representative_of(await make_organisation("Ward", slug="ward"), name="Third Person")
    organisation = await members.organisation_by_slug(made.organisation.slug)
    assert organisation is not None
    second = await make_resource(organisation, "Another", actor=sharer, now=now)
    for resource, actor in ((made, other), (made, third), (second, other)):
        await actions.comment(resource.slug, "Thank you!", actor=actor, now=now)
    await actions.tell_sharers(now + HOUR)
    first = await ResourceComment.objects().order_by(ResourceComment.id).first()
    assert first is not None

    await actions.withdraw_comment(made.slug, first.id, actor=other, now=now + HOUR)

    words = sorted([who, words] for lines in await told() for who, words in lines)
    assert words == sorted(
        [[other.name, "(taken back)"], [third.name, "Thank you!"], [other.name, "Thank you!"]]
    )


async def test_words_that_were_told_are_gone_from_the_mail_with_their_author(
    database: object, now: datetime
) -> None:
    made, _sharer, other = await shared(now)
    await actions.comment(made.slug, "My own words.", actor=other, now=now)
    await actions.tell_sharers(now + HOUR)
    person = await Person.objects().get(Person.id == other.person_id)
    assert person is not None
    seen = (await telling.told(person)).digest

    await own_data.erase_person(person.id, seen=seen, email=person.email, actor=other, now=now + HOUR)

    [lines] = await told()
    assert [words for _, words in lines] == ["(taken back)"]


@pytest.mark.parametrize("database_kind", ["postgres"])
async def test_two_rounds_at_once_tell_the_sharer_once(database: object, now: datetime) -> None:
    made, sharer, other = await shared(now)
    await actions.comment(made.slug, "Good.", actor=other, now=now)

    async with db.transaction():
        # A round of another process, which has taken this person and not yet marked what it tells.
        await db.for_update(Person.objects().where(Person.id == sharer.person_id)).first()
        second = await begun_meanwhile(actions.tell_sharers(now + HOUR))
        await ResourceComment.update({ResourceComment.told_at: now + HOUR}, force=True)

    assert await second == 0
    assert await told() == []
