"""Calls for funding: each action works, each refusal, the deadline in the calendar, who wants to apply."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from summit_service import db
from summit_service.accounts.actor import PUBLIC
from summit_service.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from summit_service.events import actions as events
from summit_service.events.tables import Event
from summit_service.funding import actions, queries
from summit_service.funding.rules import Interest
from summit_service.funding.tables import FundingCall, FundingInterest
from summit_service.mail.tables import OutboxMessage
from tests.factories import make_organisation, representative_of, secretariat
from tests.factories_funding import make_call
from tests.meanwhile import begun_meanwhile

INTEREST = Interest(role="partners", brings="Two wards.", contact="Anna, anna@members.example")


async def the_event() -> Event:
    (event,) = await Event.objects()
    return event


async def test_deadline_stands_in_the_calendar_moves_and_is_cancelled_with_its_call(
    database: object, now: datetime
) -> None:
    organisation = await make_organisation()
    member = await representative_of(organisation)
    other = await representative_of(await make_organisation("Elsewhere"))
    for actor, refusal in ((PUBLIC, NotSignedIn), (other, NotAllowed)):
        with pytest.raises(refusal):
            await make_call(organisation, actor=actor, now=now)
    with pytest.raises(Invalid, match="passed"):
        await make_call(organisation, actor=member, now=now, deadline_at="2026-01-01")

    made = await make_call(organisation, actor=member, now=now)
    posted = await the_event()
    await actions.change(
        made.slug, {"deadline_at": "2026-04-20T17:00", "timezone": "Europe/Paris"}, actor=member, now=now
    )
    await actions.change(made.slug, {"deadline_at": "2026-04-20T17:00"}, actor=member, now=now)
    moved = await the_event()
    with pytest.raises(Conflict, match=f"/funding/{made.slug}"):
        await events.change_event(moved.slug, {"summary": "Mine"}, actor=member, now=now)
    with pytest.raises(Conflict):
        await events.cancel_event(moved.slug, actor=await secretariat(), now=now)
    with pytest.raises(NotAllowed):
        await actions.withdraw(made.slug, reason="Mine.", actor=other, now=now)
    await actions.withdraw(made.slug, reason="The fund closed.", actor=member, now=now)
    await actions.withdraw(made.slug, reason="Twice.", actor=member, now=now)
    ended = await the_event()

    assert (posted.summary, posted.categories, posted.all_day) == (
        "Deadline: Kind hospitals",
        ",funding,",
        True,
    )
    assert (posted.starts_at, posted.timezone, posted.sequence) == ("2026-04-15", "Etc/GMT+12", 0)
    assert posted.description.startswith(
        f"{made.details.funder}. Apply by Wednesday 15 April 2026, 23:59 anywhere on Earth.\n"
    )
    assert "Apply by Monday 20 April 2026, 17:00 Paris." in moved.description
    assert (moved.uid, moved.starts_at, moved.sequence) == (posted.uid, "2026-04-20", 1)
    assert (ended.uid, ended.status, ended.sequence) == (posted.uid, "CANCELLED", 2)
    assert await queries.listed(now=now) == ([], "")
    found = await queries.call_by_slug(made.slug, viewer=PUBLIC)
    assert (found.state, found.reason) == ("withdrawn", "The fund closed.")
    with pytest.raises(Conflict):
        await actions.change(made.slug, {"title": "Back"}, actor=member, now=now)


async def test_first_call_of_a_new_member_waits_and_is_in_no_calendar_until_confirmed(
    database: object, now: datetime
) -> None:
    organisation = await make_organisation(is_new=True)
    member, desk = await representative_of(organisation), await secretariat()
    made = await make_call(organisation, actor=member, now=now)
    with pytest.raises(NotFound):
        await queries.call_by_slug(made.slug, viewer=PUBLIC)
    with pytest.raises(NotAllowed):
        await actions.confirm(made.slug, actor=member, now=now)
    with pytest.raises(Invalid):
        await actions.give_back(made.slug, reason="", actor=desk, now=now)

    back = await actions.give_back(made.slug, reason="Who pays?", actor=desk, now=now)
    again = await actions.change(made.slug, {"funder": "The City"}, actor=member, now=now)
    before = await Event.count()
    done = await asyncio.gather(
        *(actions.confirm(made.slug, actor=desk, now=now) for _ in range(3)), return_exceptions=True
    )

    assert (made.state, back.state, again.state, before) == ("waiting", "returned", "waiting", 0)
    assert sorted(type(one).__name__ for one in done) == ["CallView", "Conflict", "Conflict"]
    assert await Event.count() == 1
    mails = await OutboxMessage.select(OutboxMessage.kind).order_by(OutboxMessage.id)
    assert [row["kind"] for row in mails] == ["funding_returned", "funding_confirmed"]


async def test_search_leaves_what_fits_and_past_calls_are_a_list_of_their_own(
    database: object, now: datetime
) -> None:
    organisation = await make_organisation()
    member = await representative_of(organisation)
    await make_call(organisation, actor=member, now=now)
    await make_call(organisation, actor=member, now=now, title="Café", countries=(), deadline_at="2026-03-10")

    async def titles(at: datetime = now, **filters: Any) -> list[str]:
        found, _ = await queries.listed(now=at, **filters)
        return [one.details.title for one in found]

    assert await titles() == ["Café", "Kind hospitals"]
    assert await titles(country="FR") == await titles(q="cafe") == ["Café"]
    assert await titles(country="DE", q="fund") == ["Café", "Kind hospitals"]
    later = now + timedelta(days=20)
    assert (await titles(later), await titles(later, is_past=True)) == (["Kind hospitals"], ["Café"])


async def test_list_of_calls_goes_on_where_it_ended(database: object, now: datetime) -> None:
    organisation = await make_organisation()
    member = await representative_of(organisation)
    for n, day in enumerate((10, 10, 11, 12)):
        await make_call(organisation, actor=member, now=now, title=f"Call {n}", deadline_at=f"2026-03-{day}")

    for is_past, wanted in ((False, ["0", "1", "2", "3"]), (True, ["3", "2", "0", "1"])):
        at, seen, after = now + timedelta(days=30 if is_past else 0), list[str](), ""
        for _ in wanted:
            found, after = await queries.listed(now=at, is_past=is_past, after=after, limit=1)
            seen += [one.details.title.removeprefix("Call ") for one in found]
        assert (seen, after) == (wanted, "")
    await FundingCall.update({FundingCall.state: "waiting"}).where(FundingCall.slug == "call-0")
    for nowhere in ("nowhere", "call-0"):
        with pytest.raises(NotFound):
            await queries.listed(now=now, after=nowhere)


async def test_organisations_say_once_that_they_want_to_apply_and_are_forgotten_in_time(
    database: object, now: datetime
) -> None:
    organisation = await make_organisation()
    made = await make_call(organisation, actor=await representative_of(organisation), now=now)
    other = await representative_of(await make_organisation("Museum", slug="museum"))
    with pytest.raises(NotSignedIn):
        await actions.join_in(made.slug, INTEREST, actor=PUBLIC, now=now)
    with pytest.raises(NotAllowed):
        await actions.join_in(made.slug, INTEREST, organisation=organisation.slug, actor=other, now=now)
    with pytest.raises(Invalid) as refusal:
        await actions.join_in(made.slug, Interest(), actor=other, now=now)
    assert set(refusal.value.by_field()) == {"role", "brings", "contact"}

    await asyncio.gather(*(actions.join_in(made.slug, INTEREST, actor=other, now=now) for _ in range(4)))

    assert await FundingInterest.count() == 1
    (one,) = await queries.interests_in(made.id, viewer=other)
    assert (one.slug, one.role, one.contact) == ("museum", "partners", "Anna, anna@members.example")
    assert await queries.interests_in(made.id, viewer=PUBLIC) == []
    with pytest.raises(Conflict):
        await actions.join_in(made.slug, INTEREST, actor=other, now=now + timedelta(days=60))
    assert await actions.forget_contacts(made.deadline + timedelta(days=364)) == 0
    assert await actions.forget_contacts(made.deadline + timedelta(days=365)) == 1
    await actions.step_back(made.slug, actor=other, now=now)
    await actions.step_back(made.slug, actor=other, now=now)
    assert await queries.interests_in(made.id, viewer=other) == []
    assert [row["brings"] for row in await FundingInterest.select(FundingInterest.brings)] == [""]


@pytest.mark.parametrize("database_kind", ["postgres"])
async def test_nobody_joins_a_call_that_is_withdrawn_at_the_same_moment(
    database: object, now: datetime
) -> None:
    organisation = await make_organisation()
    made = await make_call(organisation, actor=await representative_of(organisation), now=now)
    other = await representative_of(await make_organisation("Museum", slug="museum"))

    async with db.transaction():
        row = await db.for_update(FundingCall.objects().where(FundingCall.slug == made.slug)).first()
        assert row is not None
        row.state = "withdrawn"
        await row.save()
        joining = await begun_meanwhile(actions.join_in(made.slug, INTEREST, actor=other, now=now))

    with pytest.raises(Conflict, match="withdrawn"):
        await joining
    assert await FundingInterest.count() == 0


@pytest.mark.parametrize("database_kind", ["postgres"])
async def test_an_organisation_that_joins_twice_at_once_stands_there_once(
    database: object, now: datetime
) -> None:
    organisation = await make_organisation()
    made = await make_call(organisation, actor=await representative_of(organisation), now=now)
    museum = await make_organisation("Museum", slug="museum")
    other = await representative_of(museum)
    said: dict[str, Any] = {
        "role": "leads",
        "brings": "First.",
        "contact": "Ida",
        "created_at": now,
        "changed_at": now,
    }

    async with db.transaction():
        await db.for_update(FundingCall.objects().where(FundingCall.slug == made.slug)).first()
        await FundingInterest(call=made.id, organisation=museum.id, **said).save()
        joining = await begun_meanwhile(actions.join_in(made.slug, INTEREST, actor=other, now=now))
    await joining

    (one,) = await queries.interests_in(made.id, viewer=other)
    assert one.brings == INTEREST.brings
