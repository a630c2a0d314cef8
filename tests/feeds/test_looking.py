"""A secret feed is checked as an app would get it, without a fetch, and tells no more than who looks may see."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx
import pytest

from summit_service import tokens
from summit_service.accounts.actor import PUBLIC, Actor
from summit_service.agendas import actions as agendas
from summit_service.agendas.queries import calendar_token, key_of_calendar
from summit_service.errors import NotFound, NotSignedIn
from summit_service.feeds import actions, checking, looking, queries
from summit_service.journal.tables import JournalNote
from summit_service.members.tables import Organisation
from summit_service.registrations.actions import seats
from tests.clients import Clock, bearer, sign_in
from tests.factories import make_organisation, representative_of, secretariat
from tests.factories_events import make_event
from tests.factories_registrations import email_of, make_edition, register, registration_of
from tests.factories_summits import programme, release, session

ZONE = "Europe/London"


async def world(now: datetime) -> tuple[Organisation, Actor, str, int]:
    """Anna with an event, a summit, a starred session and a personal feed: its secret and its number."""
    centre = await make_organisation(slug="centre")
    anna = await representative_of(centre, name="Anna Berg", email=email_of("Anna Berg"))
    await make_event(centre, summary="Ours, for members", visibility="members", now=now)
    edition = await make_edition()
    await release(programme(session("Starred in secret")), now=now)
    await register("Anna Berg", now=now)
    holder = seats.holder((await registration_of("Anna Berg")).id)
    token = await agendas.open_for(holder, edition.id, now=now)
    await agendas.star(2026, "starred-in-secret", token=token, now=now)
    secret = await actions.make_feed("Phone", actor=anna, now=now)
    (feed,) = await queries.feeds_of(anna.person_id or 0)
    return centre, anna, secret, feed.id


async def journalled() -> list[tuple[str, int | None]]:
    rows = await JournalNote.objects().where(JournalNote.verb.like("%checked")).order_by(JournalNote.id)
    return [(row.verb, row.subject) for row in rows]


async def test_owner_sees_all_and_no_fetch_is_noted(client: httpx.AsyncClient, clock: Clock) -> None:
    _, anna, secret, number = await world(clock.now)
    await client.get(f"/feeds/{secret}.ics", headers={"User-Agent": "Thunderbird/128"})
    before = await queries.feed_by_id(number)
    clock.advance(hours=3)

    found = await looking.check_feed(number, actor=anna, timezone=ZONE, now=clock.now)

    after = await queries.feed_by_id(number)
    assert before is not None
    assert after is not None
    assert after.to_dict() == before.to_dict()
    assert (found.entries, found.is_partial) == (3, False)
    assert any(line.startswith("Starred in secret: ") for line in found.upcoming)
    assert await journalled() == []


async def test_bytes_that_are_checked_are_those_of_the_route(
    client: httpx.AsyncClient, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, anna, secret, number = await world(clock.now)
    seen: list[tuple[bytes, checking.Sent]] = []
    check = checking.check

    def spy(body: bytes, sent: checking.Sent, **more: Any) -> checking.Checked:
        seen.append((body, sent))
        return check(body, sent, **more)

    monkeypatch.setattr(checking, "check", spy)
    await looking.check_feed(number, actor=anna, timezone=ZONE, now=clock.now)
    answer = await client.get(f"/feeds/{secret}.ics", headers={"Accept-Encoding": "gzip"})

    ((body, sent),) = seen
    assert answer.content == body
    assert sent.is_conditional
    assert sent.headers["etag"] == answer.headers["etag"]
    assert sent.headers["content-type"] == answer.headers["content-type"]


async def test_secretariat_is_told_what_it_may_see_and_the_journal_says_so(
    database: object, now: datetime
) -> None:
    _, anna, _, number = await world(now)

    found = await looking.check_feed(number, actor=await secretariat(), timezone=ZONE, now=now)

    assert (found.entries, found.is_partial) == (3, True)
    assert "Starred in secret" not in repr(found)
    assert {line.partition(":")[0] for line in found.upcoming} == {"Ours, for members", "Summit 2026"}
    assert await journalled() == [("person.calendar_checked", anna.person_id)]


async def test_strangers_and_other_members_are_refused(database: object, now: datetime) -> None:
    centre, _, secret, number = await world(now)
    colleague = await representative_of(centre, name="Ben", email="ben@centre.example")

    with pytest.raises(NotSignedIn):
        await looking.check_feed(number, actor=PUBLIC, timezone=ZONE, now=now)
    with pytest.raises(NotFound):
        await looking.check_feed(number, actor=colleague, timezone=ZONE, now=now)
    with pytest.raises(NotFound):
        await looking.check_secret(secret, actor=colleague, timezone=ZONE, now=now)
    with pytest.raises(NotFound):
        await looking.check_secret(tokens.mint(), actor=await secretariat(), timezone=ZONE, now=now)
    assert await journalled() == []


async def test_ended_address_is_told_as_apps_show_it(database: object, now: datetime) -> None:
    _, anna, _, number = await world(now)
    await actions.end_feed(number, actor=anna, now=now)

    for actor in (anna, await secretariat()):
        found = await looking.check_feed(number, actor=actor, timezone=ZONE, now=now)

        assert (found.entries, found.is_partial) == (1, False)
        assert found.findings[0].sentence.startswith("This address was ended on Monday 2 March 2026.")
        assert found.upcoming[0].startswith("This calendar has ended: ")


async def test_pasted_secret_addresses_are_looked_at_inside(client: httpx.AsyncClient, clock: Clock) -> None:
    _, anna, secret, number = await world(clock.now)
    edition_key = await agendas.star(2026, "starred-in-secret", now=clock.now)
    agenda = calendar_token(edition_key)
    csrf = await sign_in(client, await secretariat(), now=clock.now)

    pages = [
        await client.post("/desk/feed-check", data={"csrf": csrf, "address": address})
        for address in (
            f"http://127.0.0.1:8000/feeds/{secret}.ics",
            f"webcal://127.0.0.1:8000/feeds/{agenda}.ics",
        )
    ]

    assert [one.status_code for one in pages] == [200, 200]
    for one in pages:
        assert "they are theirs alone" in one.text
        assert "Starred in secret" not in one.text
        assert secret not in one.text
        assert agenda not in one.text
    key, feed = await key_of_calendar(agenda), await queries.feed_by_id(number)
    assert key is not None
    assert feed is not None
    assert [key.fetched_at, feed.fetched_at] == [None, None]
    assert await journalled() == [
        ("person.calendar_checked", anna.person_id),
        ("summit.agenda_checked", None),
    ]


async def test_event_for_members_is_said_to_reach_no_app(client: httpx.AsyncClient, clock: Clock) -> None:
    await make_event(await make_organisation(), summary="Quiet", visibility="members", now=clock.now)
    csrf = await sign_in(client, await secretariat(), now=clock.now)

    answer = await client.post("/desk/feed-check", data={"csrf": csrf, "address": "/events/quiet.ics"})

    assert answer.status_code == 200
    assert "no app can fetch it without signing in" in answer.text
    assert "Quiet: " in answer.text


async def test_pages_show_a_calendar_to_its_owner_and_the_desk_without_its_secret(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    centre, anna, secret, number = await world(clock.now)
    csrf = await sign_in(client, anna, now=clock.now)
    mine = await client.post(f"/me/calendars/{number}/check", data={"csrf": csrf})
    button = (await client.get("/me")).text
    csrf = await sign_in(client, await secretariat(), now=clock.now)

    there = await client.get(f"/desk/people/{anna.person_id}/calendars")
    theirs = await client.post(f"/desk/people/{anna.person_id}/calendars/{number}/check", data={"csrf": csrf})
    people = await client.get(f"/organisations/{centre.slug}/people")
    wrong = await client.post(f"/desk/people/999/calendars/{number}/check", data={"csrf": csrf})

    assert "What will my calendar show?" in button
    assert "Starred in secret: " in mine.text
    assert "Starred in secret" not in theirs.text
    assert "Ours, for members: " in theirs.text
    assert f"/desk/people/{anna.person_id}/calendars" in people.text
    assert secret not in there.text + theirs.text + mine.text
    assert "Phone" not in there.text
    assert wrong.status_code == 404


async def test_api_lists_and_checks_calendars(client: httpx.AsyncClient, clock: Clock) -> None:
    centre, anna, _, number = await world(clock.now)
    other = await representative_of(centre, name="Ben", email="ben@centre.example")
    heads = [await bearer(one, now=clock.now) for one in (anna, await secretariat(), other)]
    path, mine = f"/api/v1/calendars/{number}/checks", f"/api/v1/calendars?person={anna.person_id}"

    checks = [await client.post(path, headers=head) for head in ({}, *heads)]
    lists = [await client.get(mine, headers=head) for head in ({}, *heads)]

    assert [one.status_code for one in checks] == [401, 200, 200, 404]
    assert [one.status_code for one in lists] == [401, 200, 200, 403]
    assert [one.json()["is_partial"] for one in checks[1:3]] == [False, True]
    assert lists[1].json() == lists[2].json()
    assert [one["id"] for one in lists[1].json()["items"]] == [number]
