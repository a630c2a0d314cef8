"""Feeds in blocks: after any change the same calendar as one that is put together anew, and little read for it."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import brotli
import httpx
import pytest
import zstandard

from summit_service.accounts.actor import OPERATOR, Actor
from summit_service.events import actions, queries
from summit_service.events.tables import Event
from summit_service.feeds import cache, packing, stored
from summit_service.feeds.conditional import coding_for
from summit_service.feeds.stored import CODINGS, IDENTITY, Part, StoredCalendar
from summit_service.members.tables import Organisation
from tests.clients import Clock
from tests.counting import count_queries
from tests.factories import make_organisation, representative_of
from tests.factories_events import make_details, make_event

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
FEEDS = (
    "/calendar.ics",
    "/calendar.ics?country=GB",
    "/organisations/centre/calendar.ics",
    "/calendar.ics?mode=online",
)
Step = Callable[[str, Actor, datetime], Awaitable[Any]]


async def renamed(_slug: str, _actor: Actor, now: datetime) -> None:
    where = Organisation.slug == "centre"
    await Organisation.update({Organisation.name: "New name", Organisation.country: "FR"}).where(where)
    row = await Organisation.objects().where(where).first()
    assert row is not None
    await actions.render_again(now=now, organisation_id=row.id)


STEPS: dict[str, Step] = {
    "changed": lambda slug, actor, now: actions.change_event(slug, {"location": "Leeds"}, actor=actor, now=now),
    "hidden": lambda slug, actor, now: actions.change_event(slug, {"visibility": "members"}, actor=actor, now=now),
    "other mode": lambda slug, actor, now: actions.change_event(slug, {"mode": "online"}, actor=actor, now=now),
    "other zone": lambda slug, actor, now: actions.change_event(slug, {"timezone": "Asia/Tokyo"}, actor=actor, now=now),
    "cancelled": lambda slug, actor, now: actions.cancel_event(slug, reason="", actor=actor, now=now),
    "one date cancelled": lambda slug, actor, now: actions.cancel_date(slug, "2026-04-02", actor=actor, now=now),
    "host renamed": renamed,
}  # fmt: skip


@pytest.mark.parametrize("what", STEPS)
async def test_feed_after_a_change_is_the_one_that_is_put_together_anew(
    client: httpx.AsyncClient, clock: Clock, what: str
) -> None:
    centre = await make_organisation(slug="centre", country="GB")
    other = await make_organisation("Other", slug="other", country="GB")
    event = await make_event(centre, recurrence="FREQ=WEEKLY", starts_at="2026-03-05T09:00", ends_at="")
    await make_event(other, summary="Held together", hosts=("centre",))
    before = [(await client.get(feed)).text for feed in FEEDS]
    clock.advance(minutes=1)

    await STEPS[what](event.slug, OPERATOR, clock.now)
    after = [await client.get(feed) for feed in FEEDS]
    cache.shelf().kept.clear()
    anew = [await client.get(feed) for feed in FEEDS]

    assert [one.text for one in after] == [one.text for one in anew]
    assert [one.headers["etag"] for one in after] == [one.headers["etag"] for one in anew]
    assert [one.text for one in after] != before


async def test_event_that_is_confirmed_and_one_that_is_posted_come_in(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    centre = await make_organisation(slug="centre")
    anna = await representative_of(centre)
    draft = await actions.post_event(
        make_details(summary="Draft"), organisation="centre", actor=anna, now=clock.now, is_draft=True
    )
    empty = (await client.get("/calendar.ics")).text

    await actions.publish_event(draft.slug, actor=OPERATOR, now=clock.now)
    one = (await client.get("/calendar.ics")).text
    await make_event(centre, summary="Second")
    two = (await client.get("/calendar.ics")).text

    assert [text.count("BEGIN:VEVENT") for text in (empty, one, two)] == [0, 1, 2]


async def test_change_reads_one_block_of_many(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    organisation = await make_organisation()
    events = [await make_event(organisation, summary=f"Event {number}") for number in range(4)]
    await client.get("/calendar.ics")
    read: list[int] = []
    rows = queries.feed_rows

    async def counting(*args: Any, **kwargs: Any) -> Any:
        found = await rows(*args, **kwargs)
        read.append(len(found))
        return found

    monkeypatch.setattr(queries, "feed_rows", counting)
    await actions.change_event(events[0].slug, {"summary": "New"}, actor=OPERATOR, now=NOW)
    with count_queries() as queries_made:
        text = (await client.get("/calendar.ics")).text

    assert text.count("BEGIN:VEVENT") == 4
    assert (read, queries_made.number) == ([4], 5)
    assert [row["noted_in"] for row in await Event.select(Event.noted_in).order_by(Event.id)] == [5, 2, 3, 4]


def calendar_of(*texts: bytes) -> StoredCalendar:
    return StoredCalendar(b"", NOW, parts=tuple(Part(text) for text in texts))


def test_parts_are_one_member_of_gzip_for_readers_that_stop_after_one() -> None:
    texts = (b"BEGIN", "é".encode() * 90_000, b"", b"more" * 80_000, b"END")
    calendar = calendar_of(*texts)

    reader = zlib.decompressobj(zlib.MAX_WBITS | 16)
    text = reader.decompress(calendar.encoded("gzip"))

    assert text == b"".join(texts) == calendar.encoded(IDENTITY) == gzip.decompress(calendar.encoded("gzip"))
    assert (reader.eof, reader.unused_data) == (True, b"")
    assert brotli.decompress(calendar.encoded("br")) == text
    assert zstandard.ZstdDecompressor().decompress(calendar.encoded("zstd")) == text


def test_part_that_stays_is_not_packed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    stays = Part(b"stays" * 1_000)
    StoredCalendar(b"", NOW, parts=(stays, Part(b"old"))).encoded("gzip")
    packed = []
    packer = zlib.compressobj

    def counting(*args: Any) -> Any:
        packed.append(args)
        return packer(*args)

    monkeypatch.setattr(zlib, "compressobj", counting)

    StoredCalendar(b"", NOW, parts=(stays, Part(b"new"))).encoded("gzip")

    assert len(packed) == 1


async def test_large_calendar_is_given_as_gzip_until_it_has_come_to_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calendar = calendar_of(b"x" * (stored.LARGE + 1))
    accepted = "gzip, br, zstd"

    packing.wish_for(calendar, "br")
    busy = coding_for(accepted, calendar.ready)
    monkeypatch.setattr(packing, "AT_REST_AFTER", -1.0)
    packing.wish_for(calendar, "br")
    (task,) = packing._running
    await task

    assert (busy, coding_for(accepted, calendar.ready)) == ("gzip", "br")
    assert coding_for("br", ("gzip",)) == IDENTITY
    assert calendar_of(b"small").ready == CODINGS


def test_same_parts_have_the_same_tag_and_others_another() -> None:
    one, same, other = calendar_of(b"a", b"b"), calendar_of(b"a", b"b"), calendar_of(b"a", b"c")

    assert one.etag("gzip") == same.etag("gzip") != other.etag("gzip")
    assert one.etag("gzip") != one.etag("br")
