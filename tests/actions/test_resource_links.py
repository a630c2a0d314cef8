"""Links of resources are looked at now and then; who shares one that is broken is told once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from summit_service import db, fetching
from summit_service.errors import Invalid
from summit_service.fetching import Unfetched
from summit_service.mail.tables import OutboxMessage
from summit_service.resources import actions, queries, rules, waiting
from summit_service.resources.actions.link_checks import check_links, probe
from summit_service.resources.tables import LinkCheck, Resource
from tests import factories
from tests.calendar_server import answer, serving
from tests.factories_resources import make_resource

DAY = timedelta(days=1)


class Web:
    """What links answer with, and what was asked."""

    def __init__(self, **answers: int) -> None:
        self.answers, self.asked = answers, list[str]()

    async def __call__(self, url: str) -> int:
        self.asked.append(url)
        found = self.answers[url.rpartition("/")[2]]
        if not found:
            raise Unfetched("a.example cannot be reached.")
        return found


async def test_broken_link_is_told_once_after_three_days_and_mended_by_another(
    database: db.Engine, now: datetime
) -> None:
    place = await factories.make_organisation("The Place", slug="place")
    anna = await factories.representative_of(place)
    for name in ("good", "gone"):
        await make_resource(place, name, actor=anna, now=now, url=f"https://a.example/{name}")
    web = Web(good=200, gone=404)

    told = []
    for day in range(6):
        await check_links(now + day * DAY, web)
        told.append(int(await OutboxMessage.count().where(OutboxMessage.kind == "resource_link_broken")))
    broken = await queries.resource_by_slug("gone", viewer=anna)
    desk, mine = await waiting.for_secretariat(now), await waiting.for_member(anna, now=now)
    await actions.change("gone", {"url": "https://a.example/good"}, actor=anna, now=now)
    await check_links(now + 6 * DAY, web)

    assert told == [0, 0, 0, 1, 1, 1]
    assert web.asked.count("https://a.example/good") == 1
    assert broken.link_fault == "The page answered 404: it is not there."
    assert [one.sentence for one in desk] == [one.sentence for one in mine]
    assert "The link of “gone” does not work." in desk[0].sentence
    assert await waiting.for_secretariat(now) == []
    assert {row.failures for row in await LinkCheck.objects()} == {0}


async def test_all_broken_links_are_counted_beyond_those_that_are_named(
    database: db.Engine, now: datetime
) -> None:
    place = await factories.make_organisation("The Place", slug="place")
    anna = await factories.representative_of(place)
    wren = await factories.representative_of(await factories.make_organisation("Wren", slug="wren"))
    made = await make_resource(place, actor=anna, now=now)
    await _share_broken(made.slug, 47, now=now)
    await LinkCheck.update({LinkCheck.url: "https://a.example/before"}).where(
        LinkCheck.resource.slug == "copy-0"
    )
    await Resource.update({Resource.state: "withdrawn"}).where(Resource.slug == "copy-1")

    desk, mine = await waiting.for_secretariat(now), await waiting.for_member(anna, now=now)

    assert len(desk) == len(mine) == waiting.MOST + 1
    assert {one[-1].sentence for one in (desk, mine)} == {"More links of what is shared do not work: 25."}
    assert desk[-1].count == 25
    assert await waiting.for_member(wren, now=now) == []


async def _share_broken(slug: str, number: int, *, now: datetime) -> None:
    """Copies of this resource whose links have failed three times."""
    row = await Resource.select().where(Resource.slug == slug).first()
    assert row is not None
    del row["id"]
    copies = [Resource(**row | {"slug": f"copy-{n}", "title_key": f"copy {n}"}) for n in range(number)]
    made = await Resource.insert(*copies)
    failed = {"url": row["url"], "next_at": now, "failures": 3, "fault": "It is not there."}
    await LinkCheck.insert(*(LinkCheck(resource=one["id"], **failed) for one in made))


async def test_way_out_that_is_broken_counts_against_nobody(database: db.Engine, now: datetime) -> None:
    place = await factories.make_organisation("The Place", slug="place")
    anna = await factories.representative_of(place)
    for name in ("one", "two"):
        await make_resource(place, name, actor=anna, now=now, url=f"https://a.example/{name}")
    await check_links(now, web := Web(one=0, two=0))

    assert await check_links(now + DAY, web) == 0
    assert {row.failures for row in await LinkCheck.objects()} == {0}
    assert await check_links(now + DAY + rules.LOOK_LEASE, Web(one=0, two=403)) == 2
    assert sorted(row.failures for row in await LinkCheck.objects()) == [0, 1]


async def test_look_reads_headers_alone_follows_within_bounds_and_stays_outside() -> None:
    async with serving() as server:
        server.answers["/large.pdf"] = answer(b"0" * 3_000_000)
        server.answers["/moved"] = answer(b"", status="301 Moved", Location="/large.pdf")
        local = fetching.Limits(http=True, local=True)
        found = [
            await fetching.probe(server.url(path), allowed=local)
            for path in ("/moved", "/not-there", "/calendar.ics")
        ]
        with pytest.raises((Unfetched, Invalid)):
            await probe("http://10.0.0.1/inside")

    assert found == [200, 404, 200]
    assert "(links of" in server.asked[0].headers["user-agent"]
