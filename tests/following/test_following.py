"""A followed calendar: fetched politely and by one alone, taken over or asked about, its address kept secret."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog

from summit_service import db, settings
from summit_service.accounts.actor import OPERATOR, Actor
from summit_service.accounts.tables import Person
from summit_service.desk import waiting_list
from summit_service.errors import Conflict, Invalid, NotAllowed, NotFound
from summit_service.events import actions as events
from summit_service.events.tables import Event, EventChange
from summit_service.following import actions, keeping, queries, rules, sealing, waiting
from summit_service.following.actions import Decisions
from summit_service.following.board import Board, board_of
from summit_service.following.tables import FollowedCalendar, FollowedEvent
from summit_service.mail.tables import OutboxMessage
from summit_service.members import queries as members
from summit_service.members.tables import Organisation, Role
from tests.actions.test_event_uploads import file, single
from tests.calendar_server import Server, answer, serving
from tests.factories import make_organisation, representative_of

SECRET = "private-0123456789abcdef"
PATH = f"/{SECRET}/basic.ics"


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Server]:
    monkeypatch.setenv("SUMMIT_FETCH_LOCAL", "yes")
    settings.current.cache_clear()
    async with serving() as made:
        made.answers[PATH] = answer(
            file(single(1), single(2)), ETag='"1"', Last_Modified="Mon, 02 Mar 2026 08:00:00 GMT"
        )
        yield made


async def followed(server: Server, now: datetime, *, takes_new: bool = False) -> Actor:
    actor = await representative_of(await make_organisation(slug="centre"))
    await actions.follow("centre", server.url(PATH), takes_new=takes_new, actor=actor, now=now)
    return actor


async def row() -> FollowedCalendar:
    found = await FollowedCalendar.objects().first()
    assert found is not None
    return found


async def board(now: datetime) -> Board:
    return await board_of(await row(), now=now)


async def again(server: Server, *parts: str, now: datetime) -> datetime:
    """The calendar has become these entries, and its next fetch has come."""
    server.answers[PATH] = answer(file(*parts), ETag=f'"{len(server.asked) + 2}"')
    at = max((await row()).next_at, now)
    assert await keeping.fetch_due(at) == 1
    return at


async def summaries() -> list[tuple[str, str]]:
    rows: list[dict[str, Any]] = await Event.select(Event.summary, Event.state).order_by(Event.uid)
    return [(one["summary"], one["state"]) for one in rows]


async def test_new_entries_wait_for_a_look_and_are_taken_or_left(
    database: db.Engine, now: datetime, server: Server
) -> None:
    actor = await followed(server, now)

    assert await keeping.fetch_due(now) == 1
    shown = await board(now)
    assert await summaries() == []
    assert ((await row()).waiting, (await row()).result) == (2, "2 entries, 2 to look at.")
    first, second = shown.asked
    done = await actions.decide(
        "centre", (await row()).id, Decisions(take={first.key: first.fingerprint}), actor=actor, now=now
    )
    await actions.decide(
        "centre", (await row()).id, Decisions(leave={second.key: second.fingerprint}), actor=actor, now=now
    )

    assert done.added == (first.key,)
    assert (await summaries(), (await row()).waiting) == ([("Event 1", "published")], 0)
    await again(server, single(1), single(2, "Renamed there"), now=now)
    assert (await row()).waiting == 0
    assert await OutboxMessage.count() == 0


async def test_new_entries_are_posted_at_once_where_it_was_chosen(
    database: db.Engine, now: datetime, server: Server
) -> None:
    await followed(server, now, takes_new=True)

    await keeping.fetch_due(now)

    assert await summaries() == [("Event 1", "published"), ("Event 2", "published")]
    assert ((await row()).waiting, (await row()).result) == (0, "2 entries, 2 new taken over.")
    assert await FollowedEvent.count() == 2


async def test_new_entries_of_a_new_organisation_wait_for_the_secretariat(
    database: db.Engine, now: datetime, server: Server
) -> None:
    actor = await representative_of(await make_organisation(slug="centre", is_new=True))
    await actions.follow("centre", server.url(PATH), takes_new=True, actor=actor, now=now)

    await keeping.fetch_due(now)

    assert {state for _, state in await summaries()} == {"waiting"}


async def test_change_there_changes_the_event_here(
    database: db.Engine, now: datetime, server: Server
) -> None:
    await followed(server, now, takes_new=True)
    await keeping.fetch_due(now)

    await again(server, single(1, "Renamed there"), single(2), now=now)

    assert [summary for summary, _ in await summaries()] == ["Renamed there", "Event 2"]
    assert (await row()).waiting == 0


async def test_event_that_a_person_changed_here_is_asked_about(
    database: db.Engine, now: datetime, server: Server
) -> None:
    actor = await followed(server, now, takes_new=True)
    await keeping.fetch_due(now)
    await events.change_event("event-1", {"summary": "By hand"}, actor=actor, now=now)

    at = await again(server, single(1, "Renamed there"), single(2), now=now)

    assert [summary for summary, _ in await summaries()] == ["By hand", "Event 2"]
    (asked,) = (await board(at)).asked
    assert asked.was_changed_here
    await actions.decide(
        "centre", (await row()).id, Decisions(leave={asked.key: asked.fingerprint}), actor=actor, now=at
    )
    at = await again(server, single(1, "Renamed there"), single(2), now=at)
    assert (await row()).waiting == 0
    await again(server, single(1, "Renamed once more"), single(2), now=at)
    assert (await row()).waiting == 1


async def test_change_here_alone_is_no_question(database: db.Engine, now: datetime, server: Server) -> None:
    actor = await followed(server, now, takes_new=True)
    await keeping.fetch_due(now)
    await events.change_event("event-1", {"summary": "By hand"}, actor=actor, now=now)

    await again(server, single(1), single(2), now=now)

    assert (await row()).waiting == 0
    assert [summary for summary, _ in await summaries()] == ["By hand", "Event 2"]


async def test_vanished_event_is_asked_about_and_never_removed(
    database: db.Engine, now: datetime, server: Server
) -> None:
    actor = await followed(server, now, takes_new=True)
    await keeping.fetch_due(now)

    at = await again(server, single(3), now=now)

    assert [state for _, state in await summaries()] == ["published"] * 3
    gone = (await board(at)).vanished
    assert [one.title for one in gone] == ["Event 1", "Event 2"]
    decisions = Decisions(cancel=(gone[0].key,))
    await actions.decide("centre", (await row()).id, decisions, actor=actor, now=at)
    decisions = Decisions(keep=(gone[1].key,))
    await actions.decide("centre", (await row()).id, decisions, actor=actor, now=at)
    assert [state for _, state in await summaries()] == ["cancelled", "published", "published"]
    await again(server, single(3), now=at)
    assert ((await row()).waiting, (await board(at)).vanished) == (0, ())


async def test_event_that_is_over_simply_stays(database: db.Engine, now: datetime, server: Server) -> None:
    await followed(server, now, takes_new=True)
    await keeping.fetch_due(now)
    later = now + timedelta(days=500)

    await again(server, single(3), now=later)

    assert (await board(later)).vanished == ()
    assert (await row()).waiting == 0


async def test_fetch_is_conditional_and_says_who_asks(
    database: db.Engine, now: datetime, server: Server
) -> None:
    await followed(server, now)
    await keeping.fetch_due(now)
    server.answers[PATH] = answer(b"", status="304 Not Modified")

    await keeping.fetch_due((await row()).next_at)

    first, second = server.asked
    assert "if-none-match" not in first.headers
    assert second.headers["if-none-match"] == '"1"'
    assert second.headers["if-modified-since"] == "Mon, 02 Mar 2026 08:00:00 GMT"
    assert settings.current().mail_reply_to in second.headers["user-agent"]
    assert ((await row()).result, (await row()).waiting) == ("Nothing has changed there.", 2)


async def test_calendar_says_how_often_within_bounds(
    database: db.Engine, now: datetime, server: Server
) -> None:
    await followed(server, now)
    body = file(single(1)).replace(b"VERSION:2.0", b"VERSION:2.0\nREFRESH-INTERVAL;VALUE=DURATION:PT12H")
    server.answers[PATH] = answer(body)

    await keeping.fetch_due(now)

    assert timedelta(hours=10.8) <= (await row()).next_at - now <= timedelta(hours=13.2)
    assert await keeping.fetch_due((await row()).next_at - timedelta(seconds=1)) == 0
    assert rules.interval(timedelta(minutes=1)) == timedelta(hours=1)
    assert rules.interval(timedelta(days=90)) == timedelta(days=2)


async def test_failures_back_off_and_retry_after_is_kept(
    database: db.Engine, now: datetime, server: Server
) -> None:
    await followed(server, now)
    server.answers[PATH] = answer(b"", status="503 Busy")
    waits, at = list[timedelta](), now
    for _ in range(9):
        await keeping.fetch_due(at)
        waits.append((await row()).next_at - at)
        at = (await row()).next_at
    server.answers[PATH] = answer(b"", status="429 Too Many", Retry_After="172800")
    await keeping.fetch_due(at)

    assert [round(wait / timedelta(minutes=15), 0) for wait in waits[:4]] == [1, 2, 4, 8]
    assert waits[-1] <= timedelta(hours=26.4)
    assert (await row()).next_at - at >= timedelta(days=2)
    assert (await row()).failures == 10
    assert (await row()).succeeded_at is None
    server.answers[PATH] = answer(file(single(1)))
    await keeping.fetch_due((await row()).next_at)
    assert ((await row()).failures, (await row()).waiting) == (0, 1)


async def test_two_workers_at_once_fetch_it_once(database: db.Engine, now: datetime, server: Server) -> None:
    await followed(server, now)
    server.delay = 0.2

    counts = await asyncio.gather(*(keeping.fetch_due(now) for _ in range(6)))

    assert sorted(counts) == [0, 0, 0, 0, 0, 1]
    assert len(server.asked) == 1


async def test_calendar_of_a_worker_that_died_is_fetched_when_its_lease_ends(
    database: db.Engine, now: datetime, server: Server
) -> None:
    await followed(server, now)
    await FollowedCalendar.update({FollowedCalendar.lease_until: now + keeping.LEASE}, force=True)

    assert await keeping.fetch_due(now + timedelta(minutes=9)) == 0
    assert await keeping.fetch_due(now + keeping.LEASE) == 1


async def test_page_that_is_no_calendar_changes_nothing(
    database: db.Engine, now: datetime, server: Server
) -> None:
    await followed(server, now, takes_new=True)
    await keeping.fetch_due(now)
    server.answers[PATH] = answer(b"<html>Sign in</html>")

    await keeping.fetch_due((await row()).next_at)

    assert "is no calendar that we can take" in (await row()).result
    assert (await row()).failures == 1
    assert (await board(now)).vanished == ()
    assert len(await summaries()) == 2


async def test_address_is_in_no_column_and_no_log(
    database: db.Engine, now: datetime, server: Server, tmp_path: Path
) -> None:
    actor = await followed(server, now)
    with structlog.testing.capture_logs() as logged:
        await keeping.fetch_due(now)
        server.answers[PATH] = answer(b"", status="404 Not Found")
        await keeping.fetch_due((await row()).next_at)
    found = await row()

    assert SECRET not in str(found.to_dict())
    assert (found.host, SECRET in (sealing.opened(found.sealed) or "")) == ("127.0.0.1", True)
    assert logged
    assert SECRET not in str(logged)
    assert SECRET not in str(await queries.followed())
    assert [found for found in _files(tmp_path) if SECRET.encode() in found] == []
    await actions.stop("centre", found.id, actor=actor, now=now)
    assert ((await row()).sealed, (await row()).body) == ("", "")


def _files(folder: Path) -> list[bytes]:
    return [found.read_bytes() for found in folder.rglob("*.sqlite*")]


async def test_other_key_than_when_it_was_given_is_told(
    database: db.Engine, now: datetime, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    await followed(server, now)
    monkeypatch.setenv("SUMMIT_SECRET_KEY", "y" * 40)
    settings.current.cache_clear()

    await keeping.fetch_due(now)

    assert "give the address again" in (await row()).result
    assert server.asked == []


async def test_following_is_for_representatives_and_no_calendar_is_followed_twice(
    database: db.Engine, now: datetime, server: Server
) -> None:
    actor = await followed(server, now)
    stranger = await representative_of(await make_organisation("Other"))

    with pytest.raises(Conflict, match="already"):
        await actions.follow("centre", server.url(PATH), takes_new=True, actor=actor, now=now)
    with pytest.raises(NotAllowed):
        await actions.follow("centre", server.url("/x"), takes_new=True, actor=stranger, now=now)
    with pytest.raises(Invalid):
        await actions.follow("centre", "ftp://x.example/", takes_new=True, actor=actor, now=now)
    for number in range(4):
        await actions.follow("centre", server.url(f"/{number}"), takes_new=True, actor=actor, now=now)
    with pytest.raises(Conflict, match="5 calendars"):
        await actions.follow("centre", server.url("/more"), takes_new=True, actor=actor, now=now)


async def test_fetching_by_hand_is_at_most_every_five_minutes(
    database: db.Engine, now: datetime, server: Server
) -> None:
    actor = await followed(server, now)
    await keeping.fetch_due(now)
    number = (await row()).id

    soon = await actions.fetch_soon("centre", number, actor=actor, now=now + timedelta(minutes=1))

    assert soon == now + timedelta(minutes=5)
    assert await keeping.fetch_due(now + timedelta(minutes=4)) == 0
    assert await keeping.fetch_due(now + timedelta(minutes=5)) == 1


async def test_calendar_of_another_organisation_is_not_found(
    database: db.Engine, now: datetime, server: Server
) -> None:
    await followed(server, now)
    await make_organisation("Other", slug="other")

    with pytest.raises(NotFound):
        await actions.fetch_soon("other", (await row()).id, actor=OPERATOR, now=now)


async def test_calendar_of_which_nobody_could_be_asked_pauses_and_goes_on_when_somebody_is_there(
    database: db.Engine, now: datetime, server: Server
) -> None:
    actor = await followed(server, now, takes_new=True)
    await Role.update({Role.ended_at: now}, force=True)

    assert await keeping.fetch_due(now) == 0
    (told,) = [one for one in await waiting_list.for_secretariat(now) if "pauses" in one.sentence]
    assert "nobody represents the organisation any more" in told.sentence
    assert told.url == "/organisations/centre/people"
    await Role.update({Role.ended_at: None}, force=True)
    await Organisation.update({Organisation.standing: "former"}, force=True)
    assert await keeping.fetch_due(now) == 0
    (left,) = await queries.followed()
    assert left.why_paused == "the organisation is no longer a member"
    with pytest.raises(Conflict, match="no longer a member"):
        await actions.follow("centre", server.url("/more"), takes_new=True, actor=actor, now=now)
    await Organisation.update({Organisation.standing: "member"}, force=True)
    assert await keeping.fetch_due(now) == 1
    assert len(await summaries()) == 2


async def test_entries_wait_for_members_alone(database: db.Engine, now: datetime, server: Server) -> None:
    actor = await followed(server, now)
    await keeping.fetch_due(now)

    here = await waiting.for_member(actor, now=now)
    await Organisation.update({Organisation.standing: "former"}, force=True)
    person = await Person.objects().get(Person.id == actor.person_id)
    assert person is not None
    left = await members.actor_of(person, via="page")

    assert [one.sentence for one in here] == ["Your calendar at 127.0.0.1 has 2 entries to look at."]
    assert left.represents == actor.represents
    assert await waiting.for_member(left, now=now) == []


async def state() -> list[Any]:
    """Everything that a round could write."""
    return [
        await summaries(),
        (await row()).to_dict(),
        await FollowedEvent.count(),
        await EventChange.count(),
    ]


async def test_nothing_of_a_round_is_written_after_its_calendar_was_ended(
    database: db.Engine, now: datetime, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The end comes while the round is about to write: it waits for that, and what follows finds it."""
    actor = await followed(server, now, takes_new=True)
    held, writing, go_on = keeping._held, asyncio.Event(), asyncio.Event()

    async def paused(calendar: FollowedCalendar, *, now: datetime) -> FollowedCalendar:
        found = await held(calendar, now=now)
        writing.set()
        await go_on.wait()
        return found

    monkeypatch.setattr(keeping, "_held", paused)
    fetching = asyncio.create_task(keeping.fetch_due(now))
    await writing.wait()
    ending = asyncio.create_task(actions.stop("centre", (await row()).id, actor=actor, now=now))
    ending.add_done_callback(lambda _: go_on.set())
    # Where the row is locked the end cannot come first, and the round goes on after a moment.
    asyncio.get_running_loop().call_later(0.3, go_on.set)
    await ending
    at_the_end = await state()
    await fetching

    assert at_the_end == await state()
    assert ((await row()).ended_at, (await row()).body) == (now, "")


@pytest.mark.parametrize("leaves", [False, True])
async def test_calendar_that_ends_or_pauses_while_it_is_fetched_brings_nothing(
    database: db.Engine, now: datetime, server: Server, monkeypatch: pytest.MonkeyPatch, *, leaves: bool
) -> None:
    actor = await followed(server, now, takes_new=True)
    asked = keeping._asked

    async def ended(calendar: FollowedCalendar) -> Any:
        if leaves:
            await Role.update({Role.ended_at: now}, force=True)
        else:
            await actions.stop("centre", calendar.id, actor=actor, now=now)
        return await asked(calendar)

    monkeypatch.setattr(keeping, "_asked", ended)

    await keeping.fetch_due(now)

    assert len(server.asked) == 1
    assert await summaries() == []
    assert (await row()).result == ""
    assert (await row()).succeeded_at is None


async def test_choice_made_during_a_fetch_counts_from_the_next_one(
    database: db.Engine, now: datetime, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = await followed(server, now)
    asked = keeping._asked

    async def chosen(calendar: FollowedCalendar) -> Any:
        await actions.choose("centre", calendar.id, takes_new=True, actor=actor, now=now)
        return await asked(calendar)

    with monkeypatch.context() as patched:
        patched.setattr(keeping, "_asked", chosen)
        await keeping.fetch_due(now)
    assert await summaries() == []
    await keeping.fetch_due(now)

    assert len(await summaries()) == 2


async def test_one_bad_calendar_ends_the_round_for_no_other(
    database: db.Engine, now: datetime, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = await followed(server, now, takes_new=True)
    bad = await actions.follow("centre", server.url("/bad.ics"), takes_new=True, actor=actor, now=now)
    finish = keeping._finish

    async def failing(calendar: FollowedCalendar, *rest: Any, **named: Any) -> None:
        if calendar.id == bad.id:
            raise RuntimeError("the disk is full")
        await finish(calendar, *rest, **named)

    monkeypatch.setattr(keeping, "_finish", failing)
    with structlog.testing.capture_logs() as logged:
        assert await keeping.fetch_due(now) == 2

    assert len(await summaries()) == 2
    assert [one["calendar"] for one in logged if one["log_level"] == "error"] == [bad.id]


async def test_why_a_place_was_not_fetched_is_for_the_secretariat_alone(
    database: db.Engine, now: datetime, server: Server
) -> None:
    actor = await representative_of(await make_organisation(slug="centre"))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        closed = taken.getsockname()[1]
    address = f"http://127.0.0.1:{closed}/x.ics"
    await actions.follow("centre", address, takes_new=False, actor=actor, now=now)

    await keeping.fetch_due(now)

    assert "cannot be reached, or is no place that we fetch from" in (await row()).result
    assert str(closed) not in (await row()).result
    assert "ConnectError" in (await row()).detail
