"""No draft and no private event is ever in a feed that it does not belong to: random states, hosts and visibilities."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
import pytest

from summit_service.events.queries import Filters
from summit_service.events.tables import Event
from summit_service.feeds import actions, cache, calendars
from tests.clients import Clock, bearer
from tests.factories import make_organisation, representative_of
from tests.factories_events import make_event

EVENTS, ROUNDS = 14, 2
COUNTRIES = {"british": "GB", "french": "FR", "other": "FR"}
TOPICS = ("teaching", "research")
TITLE = re.compile(r"Event \d\d")


@dataclass(frozen=True, slots=True)
class One:
    """An event as chance has it."""

    slug: str
    title: str
    organisation: str
    topic: str
    host: str = ""
    state: str = "published"
    visibility: str = "public"

    def is_shown(self, filters: Filters, *, to_members: bool = False) -> bool:
        """What the product promises, said once more without SQL."""
        return (
            self.state in {"published", "cancelled"}
            and (to_members or self.visibility == "public")
            and filters.organisation in {"", self.organisation, self.host}
            and filters.country in {"", COUNTRIES[self.organisation]}
            and filters.category in {"", self.topic}
            and filters.words in self.title
        )


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("seed", range(ROUNDS))
async def test_private_and_draft_events_are_in_no_feed_they_do_not_belong_to(
    client: httpx.AsyncClient, clock: Clock, seed: int
) -> None:
    chance = random.Random(seed)
    houses = {slug: await make_organisation(slug, slug=slug, country=COUNTRIES[slug]) for slug in COUNTRIES}
    ours = await representative_of(houses["british"])
    token = await bearer(ours, now=clock.now)
    secret = await actions.make_feed("Phone", actor=ours, now=clock.now)
    made = [await _event(number, chance, houses, now=clock.now) for number in range(EVENTS)]
    cache.shelf().kept.clear()

    async def seen(path: str, headers: dict[str, str] | None = None) -> set[str]:
        answer = await client.get(path, headers=headers)
        assert answer.status_code == 200, path
        return set(TITLE.findall(answer.text.replace("\r\n ", "")))

    filters = [
        Filters(),
        Filters(organisation="british"),
        Filters(country="FR", category=chance.choice(TOPICS)),
    ]
    for wanted in filters:
        query = calendars.query_of(wanted)
        for_all = {one.title for one in made if one.is_shown(wanted)}
        for path in ("/calendar.ics", "/events", "/events.atom", "/api/v1/events"):
            assert await seen(f"{path}{query}") == for_all, (path, wanted, made)
        assert await seen(f"/widget/events{query or '?'}&number={EVENTS}") == for_all, (wanted, made)
        for_members = {one.title for one in made if one.is_shown(wanted, to_members=True)}
        assert await seen(f"/api/v1/events{query}", token) == for_members, (wanted, made)
    for slug in houses:
        expected = {one.title for one in made if one.is_shown(Filters(organisation=slug))}
        assert await seen(f"/organisations/{slug}/calendar.ics") == expected, (slug, made)
    own = {one.title for one in made if one.is_shown(Filters(organisation="british"), to_members=True)}
    assert await seen(f"/feeds/{secret}.ics") == own, made
    for one in made:
        status = (await client.get(f"/events/{one.slug}.ics")).status_code
        assert status == (200 if one.is_shown(Filters()) else 404), one


async def _event(number: int, chance: random.Random, houses: dict[str, Any], *, now: datetime) -> One:
    organisation, topic = chance.choice(list(houses)), chance.choice(TOPICS)
    view = await make_event(
        houses[organisation],
        summary=f"Event {number:02}",
        categories=(topic,),
        mode=chance.choice(("online", "hybrid")),
    )
    one = One(
        view.slug,
        view.details.summary,
        organisation,
        topic,
        host=chance.choice(("", *(slug for slug in houses if slug != organisation))),
        state=chance.choice(("draft", "waiting", "published", "published", "cancelled")),
        visibility=chance.choice(("public", "members")),
    )
    columns: dict[Any, Any] = {
        Event.state: one.state,
        Event.status: "CANCELLED" if one.state == "cancelled" else "CONFIRMED",
        Event.cancelled_at: now if one.state == "cancelled" else None,
        Event.visibility: one.visibility,
        Event.hosts: f",{one.host}," if one.host else "",
    }
    await Event.update(columns).where(Event.id == view.id)
    return one
