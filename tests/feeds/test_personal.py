"""A calendar of one's own behind a secret address: what it shows, to whom, and how it ends."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import httpx
import pytest

from summit_service import ical
from summit_service.accounts.actor import OPERATOR, Actor
from summit_service.accounts.tables import Person
from summit_service.agendas import actions as agendas
from summit_service.errors import Conflict, NotFound
from summit_service.events import actions as events
from summit_service.feeds import actions, queries, rules
from summit_service.feeds.tables import PersonalFeed
from summit_service.members.tables import Organisation, Role
from summit_service.registrations.actions import seats
from summit_service.registrations.tables import Place
from tests import parsers
from tests.clients import Clock, new_client, sign_in
from tests.factories import make_organisation, representative_of
from tests.factories_events import make_event
from tests.factories_registrations import email_of, make_edition, register, registration_of
from tests.factories_summits import programme, release, session


async def fetch(client: httpx.AsyncClient, token: str, **headers: str) -> httpx.Response:
    return await client.get(f"/feeds/{token}.ics", headers={"User-Agent": "Thunderbird/128", **headers})


def titles(answer: httpx.Response) -> set[str]:
    return {entry.summary for entry in parsers.by_icalendar(answer.content)}


async def anna_of(organisation: Organisation) -> Actor:
    return await representative_of(organisation, name="Anna Berg", email=email_of("Anna Berg"))


async def test_personal_feed_has_own_events_and_the_registered_summit_without_a_cookie(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    centre, other = await make_organisation(slug="centre"), await make_organisation("Other", slug="other")
    await make_event(centre, summary="Ours, for members", visibility="members")
    await make_event(other, summary="Held together", hosts=("centre",))
    await make_event(other, summary="Theirs")
    await make_edition()
    for name in ("Anna Berg", "Somebody Else"):
        await register(name, now=clock.now)
    token = await actions.make_feed("Phone", actor=await anna_of(centre), now=clock.now)

    answer = await fetch(client, token)

    assert titles(answer) == {"Ours, for members", "Held together", "Summit 2026"}
    for read in (parsers.by_vobject, parsers.by_ical_js):
        assert {entry.summary for entry in read(answer.content)} == titles(answer)
    assert answer.headers["cache-control"] == "private, max-age=300"
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert token not in answer.text


async def test_personal_feed_has_the_sessions_that_were_starred_with_the_registration(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    edition = await make_edition()
    await release(
        programme(
            session("Starred"),
            session("Left alone", starts_at="2026-09-14T11:00", ends_at="2026-09-14T12:00"),
        ),
        now=clock.now,
    )
    devices = {}
    for name, starred in (("Anna Berg", "starred"), ("Somebody Else", "left-alone")):
        await register(name, now=clock.now)
        holder = seats.holder((await registration_of(name)).id)
        devices[name] = await agendas.open_for(holder, edition.id, now=clock.now)
        await agendas.star(2026, starred, token=devices[name], now=clock.now)
    token = await actions.make_feed("Phone", actor=await anna_of(await make_organisation()), now=clock.now)

    answer = await fetch(client, token)
    rendered = ical.kept_vevent.cache_info().misses
    assert (await fetch(client, token)).content == answer.content
    assert ical.kept_vevent.cache_info().misses == rendered, "what has not changed was rendered again"
    await agendas.unstar(2026, "starred", token=devices["Anna Berg"], now=clock.now)

    for read in (parsers.by_icalendar, parsers.by_vobject, parsers.by_ical_js):
        starts = {entry.summary: entry.start for entry in read(answer.content)}
        assert set(starts) == {"Summit 2026", "Starred"}
        assert starts["Starred"] == datetime(2026, 9, 14, 8, 0, tzinfo=UTC)
    assert titles(await fetch(client, token)) == {"Summit 2026"}


async def test_damaged_registration_leaves_the_rest_of_a_personal_feed_and_is_logged(
    client: httpx.AsyncClient, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    centre = await make_organisation()
    await make_event(centre, summary="Ours")
    await make_edition()
    await make_edition(year=2028, title="Summit 2028", starts_on=date(2028, 9, 11), ends_on=date(2028, 9, 12))
    for year in (2026, 2028):
        await register("Anna Berg", now=clock.now, year=year)
    damaged = await registration_of("Anna Berg")
    await Place.update({Place.attendance: "nowhere"}).where(Place.registration == damaged.id)
    token = await actions.make_feed("Phone", actor=await anna_of(centre), now=clock.now)

    answer = await fetch(client, token)

    assert answer.status_code == 200
    assert "Ours" in titles(answer)
    assert len(titles(answer)) == 2
    assert f"registration_id={damaged.id}" in "".join(capsys.readouterr())


async def test_personal_feed_follows_the_rights_of_its_owner(client: httpx.AsyncClient, clock: Clock) -> None:
    centre = await make_organisation(slug="centre")
    await make_event(centre, summary="Ours", visibility="members")
    anna = await anna_of(centre)
    token = await actions.make_feed("Phone", actor=anna, now=clock.now)
    before = titles(await fetch(client, token))

    await Role.update({Role.ended_at: clock.now}).where(Role.person == anna.person_id)

    assert (before, titles(await fetch(client, token))) == ({"Ours"}, set())


async def test_personal_feed_is_the_same_bytes_until_something_changes(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    centre = await make_organisation(slug="centre")
    event = await make_event(centre)
    token = await actions.make_feed("Phone", actor=await anna_of(centre), now=clock.now)
    first = await fetch(client, token)
    known = {"If-None-Match": first.headers["etag"]}
    since = {"If-Modified-Since": first.headers["last-modified"]}
    clock.advance(hours=1)

    again, by_tag = await fetch(client, token), await fetch(client, token, **known)
    by_time = await fetch(client, token, **since)
    await events.change_event(event.slug, {"summary": "New"}, actor=OPERATOR, now=clock.now)
    clock.advance(seconds=2)
    changed = await fetch(client, token, **known, **since)

    assert again.content == first.content
    assert [answer.status_code for answer in (by_tag, by_time, changed)] == [304, 304, 200]
    assert titles(changed) == {"New"}


async def test_ended_personal_feed_says_so_in_one_entry_and_the_others_go_on(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    centre = await make_organisation(slug="centre")
    await make_event(centre, summary="Ours")
    anna = await anna_of(centre)
    leaked, kept = [await actions.make_feed(name, actor=anna, now=clock.now) for name in ("Leaked", "Kept")]
    (first, _) = await queries.feeds_of(anna.person_id or 0)

    await actions.end_feed(first.id, actor=anna, now=clock.now)

    clock.advance(days=400)
    ended = await fetch(client, leaked)
    assert ended.status_code == 200
    for read in (parsers.by_icalendar, parsers.by_vobject, parsers.by_ical_js):
        (entry,) = read(ended.content)
        assert entry.summary == "This calendar has ended"
    assert (await fetch(client, leaked, **{"If-None-Match": ended.headers["etag"]})).status_code == 304
    assert (await fetch(client, kept)).status_code == 200
    with pytest.raises(NotFound):
        await actions.end_feed(first.id, actor=anna, now=clock.now)


async def test_personal_feed_does_not_die_of_age(client: httpx.AsyncClient, clock: Clock) -> None:
    centre = await make_organisation(slug="centre")
    token = await actions.make_feed("Phone", actor=await anna_of(centre), now=clock.now)

    clock.advance(days=5 * 366)

    assert (await fetch(client, token)).status_code == 200


async def test_personal_feed_of_who_has_left_says_that_it_ended(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    anna = await anna_of(await make_organisation(slug="centre"))
    token = await actions.make_feed("Phone", actor=anna, now=clock.now)
    await Person.update({Person.ended_at: clock.now}).where(Person.id == anna.person_id)

    assert titles(await fetch(client, token)) == {"This calendar has ended"}


async def test_head_of_a_personal_feed_is_no_fetch(client: httpx.AsyncClient, clock: Clock) -> None:
    anna = await anna_of(await make_organisation(slug="centre"))
    token = await actions.make_feed("Phone", actor=anna, now=clock.now)
    untouched = (await queries.feeds_of(anna.person_id or 0))[0].to_dict()

    early = await client.head(f"/feeds/{token}.ics")
    after_head = (await queries.feeds_of(anna.person_id or 0))[0].to_dict()
    given = await fetch(client, token, **{"Accept-Encoding": "identity"})
    noted = (await queries.feeds_of(anna.person_id or 0))[0].to_dict()
    clock.advance(hours=1)
    late = await client.head(f"/feeds/{token}.ics", headers={"Accept-Encoding": "identity"})

    assert (early.status_code, early.content, after_head) == (200, b"", untouched)
    assert noted["fetched_at"] is not None
    assert (await queries.feeds_of(anna.person_id or 0))[0].to_dict() == noted
    for name in ("etag", "last-modified", "content-length"):
        assert late.headers[name] == given.headers[name]


@pytest.mark.parametrize("name", ["wrong.ics", f"{'x' * 43}.ics", f"{'x' * 43}", ".ics"])
async def test_unknown_personal_feed_is_not_there(client: httpx.AsyncClient, name: str) -> None:
    assert (await client.get(f"/feeds/{name}")).status_code == 404


async def test_owner_makes_a_calendar_sees_who_fetched_it_and_ends_it(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    anna = await anna_of(await make_organisation(slug="centre"))
    csrf = await sign_in(client, anna, now=clock.now)

    made = await client.post("/me/calendars", data={"calendar_name": "My phone", "csrf": csrf})
    token = re.findall(r"webcal://127\.0\.0\.1:8000/feeds/([\w-]{43})\.ics", made.text)[0]
    before = (await client.get("/me")).text
    async with new_client(clock) as app:
        agent = "Google-Calendar-Importer"
        assert (await app.get(f"/feeds/{token}.ics", headers={"User-Agent": agent})).status_code == 200
    after = (await client.get("/me")).text
    (row,) = await queries.feeds_of(anna.person_id or 0)
    done = await client.post(f"/me/calendars/{row.id}/end", data={"csrf": csrf}, follow_redirects=True)

    assert (made.status_code, made.headers["cache-control"]) == (200, "no-store")
    assert token not in before + after
    assert "No app has fetched it yet." in before
    assert re.search(r"Last fetched Monday 2 March 2026, .* by Google Calendar\.", after)
    assert "That calendar is ended." in done.text
    assert await queries.feeds_of(anna.person_id or 0) == []
    stored = [str(value) for feed in await PersonalFeed.select() for value in feed.values()]
    assert token not in " ".join(stored)


async def test_calendar_without_a_name_and_one_too_many_are_told_beside_the_field(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    anna = await anna_of(await make_organisation(slug="centre"))
    csrf = await sign_in(client, anna, now=clock.now)

    unnamed = await client.post("/me/calendars", data={"calendar_name": " ", "csrf": csrf})
    for number in range(rules.MOST_FEEDS):
        await actions.make_feed(f"App {number}", actor=anna, now=clock.now)
    crowded = await client.post("/me/calendars", data={"calendar_name": "One more", "csrf": csrf})

    assert (unnamed.status_code, crowded.status_code) == (422, 409)
    assert 'value="One more"' in crowded.text
    with pytest.raises(Conflict):
        await actions.make_feed("One more", actor=anna, now=clock.now)


async def test_personal_feed_of_a_former_member_shows_what_the_list_shows_them(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    centre = await make_organisation(slug="centre")
    await make_event(centre, summary="Among us", visibility="members")
    await make_event(centre, summary="For everybody")
    anna = await anna_of(centre)
    token = await actions.make_feed("Phone", actor=anna, now=clock.now)
    before = await fetch(client, token)

    await Organisation.update({Organisation.standing: "former"}).where(Organisation.id == centre.id)
    after = await fetch(client, token, **{"If-None-Match": before.headers["etag"]})

    assert titles(before) == {"Among us", "For everybody"}
    assert titles(after) == {"For everybody"}
    await sign_in(client, anna, now=clock.now)
    listed = (await client.get("/events?organisation=centre")).text
    assert ("For everybody" in listed, "Among us" in listed) == (True, False)
