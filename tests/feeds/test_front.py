"""Feeds answered in front of the application: the same answers, counted and told, in bounded memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from summit_service import edge, front
from summit_service.accounts.actor import OPERATOR
from summit_service.events import actions
from summit_service.events.watching import watch
from summit_service.feeds import cache
from summit_service.feeds.stored import StoredCalendar
from summit_service.tally import KEPT_FEEDS
from tests.clients import BASE_URL, Clock, application, sign_in
from tests.factories import make_organisation, representative_of
from tests.factories_events import make_event


class Counted:
    """The application, and how many requests have reached it."""

    def __init__(self, clock: Clock) -> None:
        self.reached = 0
        self.app: Any = application(clock)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.reached += 1
        await self.app(scope, receive, send)


@pytest.fixture
def counted(database: object, clock: Clock) -> Counted:
    return Counted(clock)


@pytest.fixture
async def app(counted: Counted, clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    def seconds() -> float:
        return clock().timestamp()

    wrapped: Any = edge.wrap(counted, clock=seconds)
    transport = httpx.ASGITransport(app=wrapped)
    async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as made:
        yield made


@pytest.mark.parametrize(
    "path", ["/calendar.ics", "/calendar.ics?mode=online", "/organisations/centre/calendar.ics"]
)
async def test_second_answer_is_the_first_and_does_not_reach_the_application(
    app: httpx.AsyncClient, counted: Counted, path: str
) -> None:
    await make_event(await make_organisation(slug="centre"), mode="online")
    first = await app.get(path)
    known = {"If-None-Match": first.headers["etag"]}
    unchanged = await app.get(path, headers=known)
    reached = counted.reached

    again, still_unchanged, head = (
        await app.get(path),
        await app.get(path, headers=known),
        await app.head(path),
    )

    assert counted.reached == reached
    assert (again.status_code, again.headers, again.content) == (200, first.headers, first.content)
    assert (still_unchanged.status_code, still_unchanged.content) == (304, b"")
    assert still_unchanged.headers == unchanged.headers
    assert (head.status_code, head.headers, head.content) == (200, first.headers, b"")
    assert again.headers["x-content-type-options"] == "nosniff"


async def test_one_event_and_its_name_are_answered_again_until_it_is_hidden(
    app: httpx.AsyncClient, counted: Counted, clock: Clock
) -> None:
    event = await make_event(await make_organisation())
    path = f"/events/{event.slug}.ics"
    first, again = await app.get(path), await app.get(path)
    reached = counted.reached

    await actions.change_event(event.slug, {"visibility": "members"}, actor=OPERATOR, now=clock.now)

    assert reached == 1
    assert again.headers["content-disposition"] == first.headers["content-disposition"]
    assert (await app.get(path)).status_code == 404


async def test_accept_encoding_and_conditions_mean_the_same_in_front(
    app: httpx.AsyncClient, counted: Counted
) -> None:
    await make_event(await make_organisation())
    asked: list[dict[str, str]] = [
        {"Accept-Encoding": coding}
        for coding in ("", "gzip", "br;q=0, zstd", "*;q=0", "identity, gzip;q=0.5")
    ]
    tag = (await app.get("/calendar.ics", headers={"Accept-Encoding": "gzip"})).headers["etag"]
    asked += [
        {"Accept-Encoding": "gzip", "If-None-Match": given}
        for given in (tag, f"W/{tag}", f'"x", {tag}', "*", '"x"', "")
    ]
    # Who has the gzip of it does not need the brotli of the same.
    asked += [{"Accept-Encoding": "br", "If-None-Match": tag}]
    asked += [
        {"If-Modified-Since": given}
        for given in ("Sat, 01 Jan 2028 00:00:00 GMT", "Sat, 01 Jan 2000 00:00:00 GMT", "yesterday")
    ]
    slow = [await app.get("/calendar.ics", headers=headers) for headers in asked]
    # Each of them again now reaches nothing but the front.
    reached = counted.reached
    quick = [await app.get("/calendar.ics", headers=headers) for headers in asked]

    assert counted.reached == reached
    for one, other in zip(slow, quick, strict=True):
        assert (one.status_code, one.headers, one.content) == (
            other.status_code,
            other.headers,
            other.content,
        )
    codes = [one.status_code for one in quick]
    assert codes == [200] * 5 + [304, 304, 304, 304, 200, 200] + [304] + [304, 200, 200]
    assert quick[11].headers["etag"] == tag


async def test_change_and_midnight_go_to_the_application_again(
    app: httpx.AsyncClient, counted: Counted, clock: Clock
) -> None:
    event = await make_event(await make_organisation(), now=clock.now - timedelta(days=1))
    await app.get("/calendar.ics")
    await app.get("/calendar.ics")
    before = counted.reached
    await actions.change_event(event.slug, {"summary": "Changed"}, actor=OPERATOR, now=clock.now)
    changed = await app.get("/calendar.ics")
    after_change = counted.reached
    clock.advance(days=1)
    await app.get("/calendar.ics")

    assert (before, after_change, counted.reached) == (1, 2, 3)
    assert "SUMMARY:Changed" in changed.text


async def test_number_is_read_once_a_second_in_front_too(app: httpx.AsyncClient, counted: Counted) -> None:
    await make_event(await make_organisation())
    ticks, reads = [100.0], 0
    known = watch()
    read = known.read_version

    async def counting() -> Any:
        nonlocal reads
        reads += 1
        return await read()

    known.clock, known.read_version = lambda: ticks[0], counting
    await app.get("/calendar.ics")
    for _ in range(3):
        ticks[0] += 1.0
        for _ in range(10):
            await app.get("/calendar.ics")

    assert (reads, counted.reached) == (4, 1)


async def test_private_calendars_are_never_answered_in_front(
    app: httpx.AsyncClient, counted: Counted, clock: Clock
) -> None:
    organisation = await make_organisation()
    hidden = await make_event(organisation, visibility="members")
    await sign_in(app, await representative_of(organisation), now=clock.now)
    path = f"/events/{hidden.slug}.ics"

    member = [(await app.get(path)).status_code for _ in range(3)]
    app.cookies.clear()
    stranger = await app.get(path)

    assert (member, stranger.status_code) == ([200] * 3, 404)
    assert counted.reached == 4


async def test_answers_in_front_are_in_log_and_metrics(app: httpx.AsyncClient) -> None:
    await make_event(await make_organisation())
    await app.get("/calendar.ics")
    KEPT_FEEDS.tell()
    before = requests_counted((await app.get("/metrics")).text)

    with capture_logs() as lines:
        for _ in range(5):
            await app.get("/calendar.ics?")
        KEPT_FEEDS.tell()
    text = (await app.get("/metrics")).text

    (line,) = [one for one in lines if one.get("count")]
    assert {key: line[key] for key in ("event", "method", "path", "status", "count")} == {
        "event": "request", "method": "GET", "path": "/calendar.ics", "status": 200, "count": 5,
    }  # fmt: skip
    assert requests_counted(text) >= before + 5
    assert 'summit_kept_feed_seconds_bucket{le="+Inf"}' in text


def requests_counted(text: str) -> float:
    (line,) = [
        one for one in text.splitlines() if one.startswith('summit_requests_total{method="GET",status="200"}')
    ]
    return float(line.split()[-1])


async def test_memory_of_addresses_and_calendars_is_bounded(
    app: httpx.AsyncClient, counted: Counted, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.setattr(front, "MOST_ADDRESSES", 3)
    await make_event(await make_organisation())
    for number in range(6):
        await app.get(f"/calendar.ics?x={number}")
    reached = counted.reached
    await app.get("/calendar.ics?x=5")
    kept = counted.reached == reached
    await app.get("/calendar.ics?x=0")
    gone = counted.reached == reached + 1
    await app.get("/calendar.ics?x=" + "y" * 600)
    await app.get("/calendar.ics?x=" + "y" * 600)

    monkeypatch.setattr(cache, "MOST_BYTES", 1_000)
    shelf = cache.Shelf(watch())
    for number in range(4):

        async def build(_version: Any, _before: Any) -> StoredCalendar:
            return StoredCalendar(b"x" * 400, clock.now)

        await shelf.calendar(number, build)

    assert (kept, gone, counted.reached) == (True, True, reached + 3)
    assert list(shelf.kept) == [2, 3]
