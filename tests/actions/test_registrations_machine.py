"""Registering, cancelling, changing, inviting, limits and time, in any order: capacity, queue and offers stay true."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from summit_service import db, links
from summit_service.accounts.actor import OPERATOR
from summit_service.errors import SummitError
from summit_service.links import Link
from summit_service.mail.tables import MailEvent, OutboxMessage
from summit_service.registrations import actions, invited, queries, rules
from summit_service.registrations.tables import Invitation, Place, Registration
from summit_service.summits.tables import Edition
from tests import walks
from tests.factories_registrations import ANNA, email_of, link_of, make_edition, register

THEN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
people = some.sampled_from([f"Delegate {letter}" for letter in "ABCD"])
HOURS = (1, 1, 1, 30, 30, 49, 49, 24 * 15, 24 * 60)
ways = some.sampled_from(rules.ATTENDANCES)


class Machine(RuleBasedStateMachine):
    """One summit with few places and more people than that."""

    loop: asyncio.AbstractEventLoop

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Refusals are part of the game, and must not break what is checked after each step."""
        with suppress(SummitError):
            return self.loop.run_until_complete(work)
        return None

    @initialize(in_person=some.integers(1, 2), online=some.integers(0, 1))
    def begin(self, in_person: int, online: int) -> None:
        self.now = THEN
        self.do(empty())
        self.do(make_edition(in_person=in_person, online=online))

    @rule(name=people, way=ways)
    def register(self, name: str, way: str) -> None:
        self.do(register(name, attendance=way, now=self.now))

    @rule(name=people, verb=some.sampled_from(["cancel", "accept", "decline", "stop_waiting"]))
    def manage(self, name: str, verb: str) -> None:
        self.do(by_link(name, verb, now=self.now))

    @rule(name=people)
    def cancel_twice(self, name: str) -> None:
        """The second time changes nothing at all."""
        self.do(by_link(name, "cancel", now=self.now))
        before = self.do(everything())
        self.do(by_link(name, "cancel", now=self.now))
        assert self.do(everything()) == before

    @rule(name=people, way=ways, or_wait=some.booleans())
    def change(self, name: str, way: str, or_wait: bool) -> None:
        self.do(by_link(name, "change_attendance", attendance=way, or_wait=or_wait, now=self.now))

    @rule(name=people, way=ways)
    def invite(self, name: str, way: str) -> None:
        self.do(
            actions.invite(
                2026, name=name, email=email_of(name), attendance=way, actor=OPERATOR, now=self.now
            )
        )

    @rule(name=people, verb=some.sampled_from(["accept", "decline", "withdraw"]))
    def answer_invitation(self, name: str, verb: str) -> None:
        self.do(answer_invitation(name, verb, now=self.now))

    @rule(in_person=some.integers(0, 2), online=some.integers(0, 1))
    def change_limits(self, in_person: int, online: int) -> None:
        self.do(
            actions.change_capacity(2026, in_person=in_person, online=online, actor=OPERATOR, now=self.now)
        )

    @rule(hours=some.sampled_from(HOURS), sweep=some.booleans())
    def wait(self, hours: int, sweep: bool) -> None:
        self.now += timedelta(hours=hours)
        if sweep:
            self.do(actions.expire_offers(self.now))

    @invariant()
    def nothing_is_promised_twice_and_nobody_overtakes(self) -> None:
        if hasattr(self, "now"):
            self.loop.run_until_complete(check(now=self.now))


async def by_link(name: str, verb: str, **arguments: Any) -> None:
    if await Registration.exists().where(Registration.email_key == email_of(name)):
        token = await link_of(name, now=arguments["now"])
        await getattr(actions, verb)(token, **arguments)


async def answer_invitation(name: str, verb: str, *, now: datetime) -> None:
    found = Invitation.objects().where(Invitation.email_key == email_of(name))
    invitation = await found.order_by(Invitation.id, ascending=False).first()
    if invitation is None:
        return
    token = await links.issue(invited.LINK, subject=str(invitation.id), now=now)
    if verb == "accept":
        await actions.accept_invitation(token, ANNA, now=now)
    elif verb == "decline":
        await actions.decline_invitation(token, now=now)
    else:
        await actions.withdraw(invitation.id, actor=OPERATOR, now=now)


async def everything() -> list[Any]:
    """All that a registration is made of, but the links that the test mints."""
    tables = (Registration, Place, Invitation, OutboxMessage, Edition)
    return [await table.select().order_by(table._meta.primary_key) for table in tables]


async def empty() -> None:
    for table in (MailEvent, OutboxMessage, Link, Place, Registration, Invitation, Edition):
        await table.delete(force=True)


async def check(*, now: datetime) -> None:
    edition = await Edition.objects().first()
    assert edition is not None
    places = await Place.select().order_by(Place.queue_number)
    live = {row["id"]: row for row in await Registration.select().where(Registration.cancelled_at.is_null())}
    held_open = await Invitation.select().where(Invitation.ended_at.is_null())
    for way in rules.ATTENDANCES:
        of_way = [place for place in places if place["attendance"] == way]
        held = [place for place in of_way if place["state"] in rules.HOLDING]
        invitations = [row for row in held_open if row["attendance"] == way]
        taken, capacity = queries.taken_of(edition, way), queries.capacity_of(edition, way)
        assert 0 <= taken == len(held) + len(invitations) <= capacity  # I1, with open invitations
        _check_queue(of_way)
    assert len({row["email_key"] for row in live.values()}) == len(live)  # I2
    by_person: dict[int, list[str]] = {}
    for place in places:
        if place["state"] in rules.LIVE:
            by_person.setdefault(place["registration"], []).append(place["state"])
    assert by_person.keys() == live.keys()
    assert all(states.count("offered") <= 1 and len(states) <= 2 for states in by_person.values())
    closes_at = edition.registration_closes_instant
    late = [place for place in places if place["state"] == "offered" and place["offered_at"] >= closes_at]
    assert not late


def _check_queue(places: list[dict[str, Any]]) -> None:
    """Whoever waits came after everybody who was ever offered a place of this kind: nobody was overtaken."""
    waiting = [place["queue_number"] for place in places if place["state"] == rules.WAITLISTED]
    offered = [place["queue_number"] for place in places if place["offered_at"] is not None]
    assert not waiting or not offered or max(offered) < min(waiting)


@pytest.mark.timeout(walks.patience(120))
def test_places_queue_and_offers_hold_in_any_order(database_url: str) -> None:
    engine = db.connect(database_url)
    db.bind(engine)
    with asyncio.Runner() as runner:
        Machine.loop = runner.get_loop()
        try:
            run_state_machine_as_test(Machine, settings=walks.walks(12, steps=30))
        finally:
            runner.run(engine.aclose())
