"""Releases: numbered without gaps, never changed, and what they do to calendars' numbers."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from summit_service import db
from summit_service.accounts.actor import OPERATOR, PUBLIC
from summit_service.errors import Conflict, Invalid, NotAllowed, NotSignedIn
from summit_service.summits import queries
from summit_service.summits.actions import drafts, releases, replacing
from summit_service.summits.rules.snapshot import Item
from summit_service.summits.tables import Edition, Release
from tests.factories import make_organisation, representative_of, secretariat
from tests.factories_summits import make_edition, programme, release, session


async def items(*, year: int = 2026) -> dict[str, Item]:
    """The sessions of the last release by title, those that are gone among them."""
    last = await queries.last_release((await queries.found_edition(year)).id)
    assert last is not None
    snapshot = queries.snapshot_of(last)
    return {item.session.title: item for item in (*snapshot.items, *snapshot.removed)}


async def test_release_freezes_the_draft_with_a_note(database: db.Engine, now: datetime) -> None:
    await make_edition()
    actor = await secretariat()
    await replacing.replace_programme(2026, programme(), actor=actor, now=now)

    done = await releases.release_programme(2026, note=" First. ", actor=actor, now=now)

    stored = await Release.objects().first()
    assert stored is not None
    assert (stored.number, stored.note, stored.released_at, stored.released_by) == (
        1,
        "First.",
        now,
        actor.person_id,
    )
    assert done.changes == ()
    [item] = (await items()).values()
    assert (item.sequence, item.created_at, item.changed_at, item.cancelled_at) == (0, now, now, None)


async def test_release_announces_the_edition(database: db.Engine, now: datetime) -> None:
    await make_edition(is_announced=False)

    await release(programme(), now=now)

    assert (await queries.found_edition(2026)).announced_at == now


async def test_release_of_an_empty_draft_is_refused(database: db.Engine, now: datetime) -> None:
    await make_edition()

    with pytest.raises(Conflict, match="no sessions yet"):
        await releases.release_programme(2026, note="", actor=OPERATOR, now=now)

    assert await Release.count() == 0


async def test_release_is_for_the_secretariat(database: db.Engine, now: datetime) -> None:
    await make_edition()
    representative = await representative_of(await make_organisation())

    with pytest.raises(NotSignedIn):
        await releases.release_programme(2026, note="", actor=PUBLIC, now=now)
    with pytest.raises(NotAllowed):
        await releases.release_programme(2026, note="", actor=representative, now=now)


async def test_release_with_a_note_that_is_too_long(database: db.Engine, now: datetime) -> None:
    await make_edition()

    with pytest.raises(Invalid) as refused:
        await releases.release_programme(2026, note="x" * 2001, actor=OPERATOR, now=now)

    assert refused.value.by_field() == {
        "note": "The note has 2,001 characters; 2,000 is the most it can have."
    }


async def test_release_after_another_that_was_not_seen_is_refused(database: db.Engine, now: datetime) -> None:
    await make_edition()
    await release(programme(), now=now)

    with pytest.raises(Conflict, match="Release 1 was made since"):
        await releases.release_programme(2026, note="", actor=OPERATOR, now=now, after=0)

    assert await Release.count() == 1


@pytest.mark.parametrize(
    ("changed", "sequence"),
    [
        ({}, 0),
        ({"abstract": "More words."}, 0),
        ({"starts_at": "2026-09-14T08:30"}, 1),
        ({"ends_at": "2026-09-14T10:30"}, 1),
        ({"room": "Library"}, 1),
        ({"cancelled": True}, 1),
    ],
)
async def test_release_raises_sequence_when_hours_room_or_state_change(
    database: db.Engine, now: datetime, changed: dict[str, Any], sequence: int
) -> None:
    await make_edition()
    await release(programme(session("ROE")), now=now)
    uid = (await items())["ROE"].session.uid
    later = now + timedelta(days=1)

    await release(programme(session("ROE", **changed)), now=later)

    item = (await items())["ROE"]
    assert (item.session.uid, item.sequence, item.created_at) == (uid, sequence, now)
    assert item.changed_at == (later if changed else now)


async def test_release_keeps_a_removed_session_as_cancelled_and_brings_it_back(
    database: db.Engine, now: datetime
) -> None:
    await make_edition()
    both = programme(session("ROE"), session("Posters", room="Library"))
    uid = (await release(both, now=now)) and (await items())["ROE"].session.uid
    gone_at, untouched_at, back_at = (now + timedelta(days=days) for days in (1, 2, 200))

    gone = await release(programme(session("Posters", room="Library")), now=gone_at)
    removed = (await items())["ROE"]
    await release(programme(session("Posters", room="Library", abstract="x")), now=untouched_at)
    still = (await items())["ROE"]
    await release(both, now=back_at)
    back = (await items())["ROE"]

    assert [change.kind for change in gone.changes] == ["removed"]
    assert (removed.is_removed, removed.sequence, removed.cancelled_at) == (True, 1, gone_at)
    assert still == removed
    assert (back.session.uid, back.sequence, back.is_removed, back.cancelled_at) == (uid, 2, False, None)


async def test_release_with_another_venue_raises_every_sequence(database: db.Engine, now: datetime) -> None:
    await make_edition()
    await release(programme(), now=now)
    await Edition.update({Edition.venue: "Town Hall, Leicester"}).where(Edition.year == 2026)

    await releases.release_programme(2026, note="", actor=OPERATOR, now=now + timedelta(days=1))

    assert [item.sequence for item in (await items()).values()] == [1]


async def test_releases_at_once_get_numbers_of_their_own(database: db.Engine, now: datetime) -> None:
    await make_edition()
    await replacing.replace_programme(2026, programme(), actor=OPERATOR, now=now)

    done = await asyncio.gather(
        *(releases.release_programme(2026, note=str(n), actor=OPERATOR, now=now) for n in range(8))
    )

    assert sorted(one.release.number for one in done) == list(range(1, 9))


async def test_sessions_added_at_once_share_one_draft(database: db.Engine, now: datetime) -> None:
    await make_edition()
    given = [session(f"Talk {number}", room="", speakers=["Ana Ruiz"]) for number in range(8)]

    await asyncio.gather(*(drafts.put_session(2026, one, actor=OPERATOR, now=now) for one in given))

    draft = (await queries.draft_of(await queries.found_edition(2026))).programme
    assert sorted(one.title for one in draft.sessions) == [f"Talk {number}" for number in range(8)]
    assert [speaker.name for speaker in draft.speakers] == ["Ana Ruiz"]


async def test_release_is_never_changed_by_what_follows(database: db.Engine, now: datetime) -> None:
    await make_edition()
    await release(programme(session("ROE")), now=now)
    first = await Release.select().where(Release.number == 1)

    await release(programme(session("Other")), now=now + timedelta(days=1))
    await drafts.change_lists(2026, {"speakers": [{"name": "New"}]}, actor=OPERATOR, now=now)

    assert await Release.select().where(Release.number == 1) == first


async def test_release_is_guarded_by_the_database(database: db.Engine, now: datetime) -> None:
    await make_edition()
    await release(programme(), now=now)

    with pytest.raises(Exception, match="never changed or deleted"):
        await Release.update({Release.note: "rewritten"}).where(Release.number == 1)
    with pytest.raises(Exception, match="never changed or deleted"):
        await Release.delete().where(Release.number == 1)

    assert await Release.select(Release.note) == [{"note": ""}]
