"""Somebody of an organisation that has left the network: what is for members is for them no longer, from then on."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import pytest

from summit_service import zones
from summit_service.accounts.actor import OPERATOR, Actor
from summit_service.accounts.tables import Person
from summit_service.consortia import actions as consortia
from summit_service.errors import NotAllowed, NotFound
from summit_service.events import actions as events
from summit_service.events import queries as event_queries
from summit_service.funding import actions as funding
from summit_service.funding import queries as funding_queries
from summit_service.funding.rules import Interest
from summit_service.mail.tables import OutboxMessage
from summit_service.members import actions as members
from summit_service.members import queries
from summit_service.members.tables import Organisation
from summit_service.own_data import actions as own_data
from summit_service.own_data.organisation import organisation_of
from summit_service.resources import actions as resources
from summit_service.resources import queries as resource_queries
from summit_service.resources import talk
from summit_service.statements import actions as statements
from summit_service.statements import queries as statement_queries
from summit_service.statements import reading
from tests.factories import give_role, make_organisation, make_person, representative_of, secretariat
from tests.factories_consortia import make_together
from tests.factories_events import make_details, make_event
from tests.factories_funding import CALL, make_call
from tests.factories_resources import GUIDE, make_resource
from tests.factories_statements import make_draft

INTEREST = Interest(role="partners", brings="People.", contact="Pia")


async def leave(
    organisation: Organisation, actor: Actor, *, now: datetime, standing: str = "former"
) -> Actor:
    """Whoever it was, with the rights of the moment after the secretariat has changed the standing."""
    desk = await secretariat()
    await members.change_organisation(organisation.slug, {"standing": standing}, actor=desk, now=now)
    return await again(actor)


async def again(actor: Actor) -> Actor:
    person = await Person.objects().get(Person.id == actor.person_id)
    assert person is not None
    return await queries.actor_of(person, via="page")


async def titles(viewer: Actor, now: datetime) -> set[str]:
    found = await event_queries.newest(event_queries.ALL, viewer=viewer, limit=9)
    return {one.details.summary for one in found}


@pytest.mark.parametrize("standing", ["member", "associate"])
async def test_member_is_by_standing_and_not_by_being_signed_in(
    database: object, now: datetime, standing: str
) -> None:
    organisation = await make_organisation(slug="centre", standing=standing)
    nobody, signatory, proposed = [await make_person() for _ in range(3)]
    await give_role(signatory, "signatory", organisation=organisation)
    await (await give_role(proposed, "signatory", organisation=organisation)).update_self(
        {"is_proposed": True}
    )
    anna = await representative_of(organisation)

    members_now = {
        one.id: (await queries.actor_of(one, via="page")).is_member for one in (nobody, signatory, proposed)
    }

    assert anna.is_member
    assert anna.can_act_for(organisation.id)
    assert members_now == {nobody.id: False, signatory.id: True, proposed.id: False}
    left = await leave(organisation, anna, now=now)
    assert (left.is_member, left.can_act_for(organisation.id)) == (False, False)
    assert left.can_manage(organisation.id)


async def test_what_is_for_members_is_hidden_at_once_and_comes_back(database: object, now: datetime) -> None:
    centre, other = await make_organisation(slug="centre"), await make_organisation("Other", slug="other")
    anna, otto = await representative_of(centre), await representative_of(other)
    event = await make_event(other, actor=otto, now=now, summary="Among us", visibility="members")
    guide = await make_resource(other, actor=otto, now=now, visibility="members")

    left = await leave(centre, anna, now=now)

    assert await titles(left, now) == set()
    assert await event_queries.event_by_slug(event.slug, viewer=left) is None
    assert await resource_queries.listed(resource_queries.ALL, viewer=left) == ([], "")
    with pytest.raises(NotFound):
        await resource_queries.resource_by_slug(guide.slug, viewer=left)
    back = await leave(centre, anna, now=now, standing="associate")
    assert await titles(back, now) == {"Among us"}
    assert (await resource_queries.resource_by_slug(guide.slug, viewer=back)).id == guide.id


async def test_who_belongs_to_two_is_a_member_while_one_of_them_is(database: object, now: datetime) -> None:
    centre, other = await make_organisation(slug="centre"), await make_organisation("Other", slug="other")
    anna = await representative_of(centre)
    person = await Person.objects().get(Person.id == anna.person_id)
    assert person is not None
    await give_role(person, "representative", organisation=other)

    left = await leave(centre, anna, now=now)

    assert left.is_member
    assert [one.slug for one in await queries.may_act_for(left)] == ["other"]
    await events.post_event(make_details(), organisation="other", actor=left, now=now)
    with pytest.raises(NotAllowed):
        await events.post_event(make_details(), organisation="centre", actor=left, now=now)


async def test_nothing_new_is_done_for_who_has_left(database: object, now: datetime) -> None:
    centre, other = await make_organisation(slug="centre"), await make_organisation("Other", slug="other")
    anna, otto = await representative_of(centre), await representative_of(other)
    guide = await make_resource(other, actor=otto, now=now)
    call = await make_call(other, actor=otto, now=now)
    draft = await events.post_event(make_details(), organisation="centre", actor=anna, now=now, is_draft=True)
    comment = await resources.comment(guide.slug, "It helps.", actor=anna, now=now)

    left = await leave(centre, anna, now=now)

    for refused in (
        events.post_event(make_details(), organisation="centre", actor=left, now=now),
        events.publish_event(draft.slug, actor=left, now=now),
        events.plan_calendar(b"", organisation="centre", actor=left, now=now),
        resources.share(GUIDE, organisation="centre", actor=left, now=now),
        resources.use(guide.slug, "Here.", actor=left, now=now),
        resources.comment(guide.slug, "Once more.", actor=left, now=now),
        resources.change_comment(guide.slug, comment, "Other words.", actor=left, now=now),
        funding.post(CALL, organisation="centre", actor=left, now=now),
        funding.join_in(call.slug, INTEREST, actor=left, now=now),
        consortia.begin(call.slug, "Alone", actor=left, now=now),
    ):
        with pytest.raises(NotAllowed, match="Only members"):
            await refused


async def test_what_was_theirs_stays_theirs_to_keep_in_order(database: object, now: datetime) -> None:
    centre, other = await make_organisation(slug="centre"), await make_organisation("Other", slug="other")
    anna, otto = await representative_of(centre), await representative_of(other)
    event = await make_event(centre, actor=anna, now=now)
    mine = await make_resource(centre, actor=anna, now=now)
    theirs = await make_resource(other, actor=otto, now=now)
    call = await make_call(other, actor=otto, now=now)
    await resources.use(theirs.slug, "Here.", actor=anna, now=now)
    comment = await resources.comment(theirs.slug, "It helps.", actor=anna, now=now)
    await resources.comment(theirs.slug, "So I hoped.", actor=otto, now=now)
    await funding.join_in(call.slug, INTEREST, actor=anna, now=now)
    await funding.join_in(call.slug, INTEREST, actor=otto, now=now)

    left = await leave(centre, anna, now=now)

    assert [one.body for one in await talk.comments_on(theirs.id, viewer=left)] == ["It helps."]
    assert [one.slug for one in await funding_queries.interests_in(call.id, viewer=left)] == ["centre"]
    await resources.withdraw_comment(theirs.slug, comment, actor=left, now=now)
    await resources.stop_using(theirs.slug, actor=left, now=now)
    await funding.step_back(call.slug, actor=left, now=now)
    await events.cancel_event(event.slug, reason="We have left.", actor=left, now=now)
    await resources.withdraw(mine.slug, reason="We have left.", actor=left, now=now)
    await members.change_organisation("centre", {"city": "Leeds"}, actor=left, now=now)
    await members.add_person(
        name="Sue",
        email="sue@centre.example",
        organisation="centre",
        roles=["representative"],
        actor=left,
        now=now,
    )
    assert (await own_data.person_of(left.person_id or 0, actor=left)).id == left.person_id
    assert (await organisation_of("centre", actor=left)).slug == "centre"


async def test_draft_statement_is_for_members_alone(database: object, now: datetime) -> None:
    centre = await make_organisation(slug="centre")
    anna, desk = await representative_of(centre), await secretariat()
    draft = await make_draft(desk, now=now)
    closes_at = zones.wall_text(now + timedelta(days=20))
    row = await statements.start_consultation(draft.slug, actor=desk, now=now, closes_at=closes_at)
    form = statements.CommentForm(language="en", version=1, body="Shorter.")
    await statements.comment(draft.slug, form, organisation="centre", actor=anna, now=now)

    left = await leave(centre, anna, now=now)

    assert statement_queries.can_read(row, anna)
    assert not statement_queries.can_read(row, left)
    assert await reading.versions_for(row, left) == []
    with pytest.raises(NotFound):
        await statement_queries.readable(draft.slug, left)
    with pytest.raises(NotAllowed):
        await statements.comment(draft.slug, form, organisation="centre", actor=left, now=now)


async def test_invitation_is_not_accepted_by_who_has_left_but_a_partner_stays(
    database: object, now: datetime
) -> None:
    together = await make_together(now=now, is_accepted=False)
    museum = await queries.organisation_by_slug("museum")
    assert museum is not None

    left = await leave(museum, together.partner, now=now)

    with pytest.raises(NotAllowed, match="Only members"):
        await consortia.accept(together.id, actor=left, now=now)
    back = await leave(museum, left, now=now, standing="member")
    await consortia.accept(together.id, actor=back, now=now)
    left = await leave(museum, back, now=now)
    await consortia.write(together.id, "Ours, too.", known=0, actor=left, now=now)
    await consortia.leave(together.id, actor=left, now=now)


async def test_sharer_who_has_left_is_told_of_uses_and_not_what_members_say(
    database: object, now: datetime
) -> None:
    centre, other = await make_organisation(slug="centre"), await make_organisation("Other", slug="other")
    anna, otto = await representative_of(centre), await representative_of(other)
    mine = await make_resource(centre, actor=anna, now=now)
    await leave(centre, anna, now=now)
    await resources.use(mine.slug, "On Sundays.", actor=otto, now=now)
    await resources.comment(mine.slug, "Among members.", actor=otto, now=now)

    await resources.tell_sharers(now + timedelta(days=2))

    (row,) = await OutboxMessage.select(OutboxMessage.context).where(OutboxMessage.kind == "resource_talk")
    (told,) = msgspec.json.decode(row["context"])["told"]
    assert told["lines"] == [["Other", "On Sundays."]]
    await leave(centre, anna, now=now, standing="member")
    await resources.tell_sharers(now + timedelta(days=4))
    rows = await OutboxMessage.select(OutboxMessage.context).where(OutboxMessage.kind == "resource_talk")
    (told,) = msgspec.json.decode(rows[-1]["context"])["told"]
    assert told["lines"][0][1] == "Among members."


async def test_secretariat_acts_for_a_former_member(database: object, now: datetime) -> None:
    await make_organisation(slug="centre", standing="former")

    for actor in (await secretariat(), OPERATOR):
        made = await events.post_event(make_details(), organisation="centre", actor=actor, now=now)
        assert made.is_published
