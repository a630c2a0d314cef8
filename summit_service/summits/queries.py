"""Reads about editions, drafts and releases."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from summit_service import db, zones
from summit_service.errors import NotFound
from summit_service.summits.rules import editions as editions_rules
from summit_service.summits.rules import snapshot
from summit_service.summits.rules.changes import Change, changes_between
from summit_service.summits.rules.programme import Programme, RoomPlan, SessionPlan, SpeakerPlan
from summit_service.summits.rules.snapshot import Header, Snapshot
from summit_service.summits.rules.warnings import DraftWarning, warnings_of
from summit_service.summits.tables import Appearance, Edition, Release, Room, Session, Speaker, Track

FIRST_YEAR, LAST_YEAR = 1900, 9999
MOST_RELEASES = 1_000_000
JUST_OVER = timedelta(days=60)


async def edition_of(year: int) -> Edition | None:
    """The edition of that year, announced or not."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    return await Edition.objects().where(Edition.year == year).first()


async def found_edition(year: int, *, is_announced_only: bool = False) -> Edition:
    """The edition of that year; raises NotFound."""
    edition = await edition_of(year)
    if edition is None or (is_announced_only and edition.announced_at is None):
        raise NotFound(f"There is no summit of {year} here.")
    return edition


async def locked_edition(year: int) -> Edition:
    """The edition with its row locked until the commit, so that its draft has one writer; raises NotFound."""
    found = await db.for_update(Edition.objects().where(Edition.year == year))
    if not found:
        raise NotFound(f"There is no summit of {year} here.")
    edition: Edition = found[0]
    return edition


async def editions(*, is_announced_only: bool = True) -> list[Edition]:
    """All editions, the latest first."""
    found = Edition.objects().order_by(Edition.year, ascending=False)
    return list(await (found.where(Edition.announced_at.is_not_null()) if is_announced_only else found))


async def current_edition(now: datetime) -> Edition | None:
    """The announced edition that runs or comes next; where there is none ahead, the last one."""
    announced = await editions()
    ahead = [edition for edition in announced if ends_instant(edition) > now]
    return ahead[-1] if ahead else next(iter(announced), None)


async def just_over(now: datetime) -> Edition | None:
    """The edition that was over last, where that is not more than JUST_OVER ago."""
    ended = Edition.objects().where(Edition.ends_on <= now.date() + timedelta(days=1))
    found = [
        edition
        for edition in await ended.order_by(Edition.ends_on, ascending=False).limit(3)
        if ends_instant(edition) <= now < ends_instant(edition) + JUST_OVER
    ]
    return found[0] if found else None


def ends_instant(edition: Edition) -> datetime:
    """When the last day is over in the edition's zone."""
    return zones.day_end(edition.ends_on, edition.timezone)


def registration_state(edition: Edition, *, now: datetime) -> str:
    """Whether one can register at this moment: `not_yet`, `open` or `closed`."""
    return editions_rules.registration_state(
        announced_at=edition.announced_at,
        opens=edition.registration_opens_instant,
        closes=edition.registration_closes_instant or ends_instant(edition),
        now=now,
    )


@dataclass(frozen=True, slots=True)
class Draft:
    """A working draft and what to look at before it is released."""

    edition: Edition
    programme: Programme
    warnings: tuple[DraftWarning, ...]


class SessionRow(NamedTuple):
    """What is stored of a session, read without an object of the table for each: a draft has hundreds."""

    id: int
    slug: str
    uid: str
    title: str
    kind: str
    starts_at: str
    ends_at: str
    starts_fold: int | None
    ends_fold: int | None
    starts_instant: datetime
    ends_instant: datetime
    room: int | None
    track: int | None
    abstract: str
    objectives: str
    capacity: int | None
    is_cancelled: bool
    position: int
    removed_at: datetime | None


class Part(NamedTuple):
    """Who speaks or chairs in which session, by their ids, read in the same way."""

    id: int
    session: int
    speaker: int
    part: str


@dataclass(frozen=True, slots=True)
class DraftRows:
    """The rows of a draft, those of sessions that were taken out among them."""

    rooms: Sequence[Room]
    tracks: Sequence[Track]
    speakers: Sequence[Speaker]
    sessions: Sequence[SessionRow]
    appearances: Sequence[Part]


async def draft_of(edition: Edition) -> Draft:
    """The working draft with its warnings; as many queries for a thousand sessions as for one."""
    programme = programme_of(await draft_rows(edition.id))
    found = warnings_of(programme, starts_on=edition.starts_on, ends_on=edition.ends_on)
    return Draft(edition, programme, found)


async def draft_rows(edition_id: int) -> DraftRows:
    """Everything that is stored of a draft, in order."""
    sessions = (
        await Session.select(*SessionRow._fields)
        .where(Session.edition == edition_id)
        .order_by(Session.position, Session.id)
    )
    ids = [session["id"] for session in sessions]
    spoken = (
        Appearance.select(*Part._fields).where(Appearance.session.is_in(ids)).order_by(Appearance.position)
        if ids
        else None
    )
    return DraftRows(
        rooms=await Room.objects().where(Room.edition == edition_id).order_by(Room.position),
        tracks=await Track.objects().where(Track.edition == edition_id).order_by(Track.position),
        speakers=await Speaker.objects().where(Speaker.edition == edition_id).order_by(Speaker.position),
        sessions=[SessionRow(**row) for row in sessions],
        appearances=[Part(**row) for row in await spoken] if spoken is not None else [],
    )


def programme_of(rows: DraftRows) -> Programme:
    """The draft as one value, without what was taken out."""
    plans = session_plans(rows)
    return Programme(
        rooms=tuple(RoomPlan(room.name, room.capacity) for room in rows.rooms),
        tracks=tuple(track.name for track in rows.tracks),
        speakers=tuple(SpeakerPlan(speaker.name, speaker.affiliation) for speaker in rows.speakers),
        sessions=tuple(
            plan for plan, row in zip(plans, rows.sessions, strict=True) if row.removed_at is None
        ),
    )


def session_plans(rows: DraftRows) -> list[SessionPlan]:
    """A plan for each session row, in the order of the rows."""
    rooms: dict[int | None, str] = {room.id: room.name for room in rows.rooms}
    tracks: dict[int | None, str] = {track.id: track.name for track in rows.tracks}
    speakers = {speaker.id: speaker.name for speaker in rows.speakers}
    people: dict[tuple[int, str], list[str]] = {}
    for one in rows.appearances:
        people.setdefault((one.session, one.part), []).append(speakers[one.speaker])
    return [
        _plan(
            row,
            room=rooms.get(row.room, ""),
            track=tracks.get(row.track, ""),
            speakers=tuple(people.get((row.id, "speaker"), ())),
            chairs=tuple(people.get((row.id, "chair"), ())),
        )
        for row in rows.sessions
    ]


def _plan(
    row: SessionRow, *, room: str, track: str, speakers: tuple[str, ...], chairs: tuple[str, ...]
) -> SessionPlan:
    return SessionPlan(
        id=row.slug,
        uid=row.uid,
        title=row.title,
        kind=row.kind,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        starts=row.starts_instant,
        ends=row.ends_instant,
        starts_fold=row.starts_fold,
        ends_fold=row.ends_fold,
        room=room,
        track=track,
        speakers=speakers,
        chairs=chairs,
        abstract=row.abstract,
        objectives=tuple(row.objectives.split("\n")) if row.objectives else (),
        capacity=row.capacity,
        is_cancelled=row.is_cancelled,
    )


@dataclass(frozen=True, slots=True)
class ReleaseLine:
    """A release without what it froze."""

    number: int
    note: str
    released_at: datetime


async def releases_of(edition_id: int) -> list[ReleaseLine]:
    """All releases of an edition, the last one first."""
    found = Release.select(Release.number, Release.note, Release.released_at).where(
        Release.edition == edition_id
    )
    return [ReleaseLine(**row) for row in await found.order_by(Release.number, ascending=False)]


@dataclass(frozen=True, slots=True)
class ReleaseChanges:
    """A release with what it changed for its readers."""

    line: ReleaseLine
    changes: tuple[Change, ...]


async def release_changes(edition_id: int, *, most: int) -> list[ReleaseChanges]:
    """The last releases with their changes, the newest first, in one query."""
    found = Release.objects().where(Release.edition == edition_id)
    rows = await found.order_by(Release.number, ascending=False).limit(most + 1)
    before = [snapshot_of(row) for row in rows[1:]] + [None]
    lines = [ReleaseLine(row.number, row.note, row.released_at) for row in rows]
    return [
        ReleaseChanges(line, changes_between(old, snapshot_of(row)))
        for row, line, old in zip(rows, lines, before, strict=True)
    ][:most]


async def last_release(edition_id: int) -> Release | None:
    """What the public sees."""
    found = Release.objects().where(Release.edition == edition_id)
    return await found.order_by(Release.number, ascending=False).first()


async def shown_release(edition_id: int, number: int | None) -> Release:
    """The release of that number, or the last one; raises NotFound."""
    if number is not None:
        return await release_of(edition_id, number)
    last = await last_release(edition_id)
    if last is None:
        raise NotFound("The programme has not been released yet.")
    return last


async def release_of(edition_id: int, number: int) -> Release:
    """The release of that number; raises NotFound."""
    released, _ = await release_and_before(edition_id, number)
    return released


async def release_and_before(edition_id: int, number: int) -> tuple[Release, Release | None]:
    """The release of that number and the one before it; raises NotFound."""
    wanted = [number - 1, number] if 0 < number < MOST_RELEASES else [0]
    rows = await Release.objects().where((Release.edition == edition_id) & Release.number.is_in(wanted))
    found = {row.number: row for row in rows}
    if number not in found:
        raise NotFound(f"The programme has no release {number}.")
    return found[number], found.get(number - 1)


def header_of(edition: Edition) -> Header:
    """What a release keeps of the edition."""
    return Header(
        year=edition.year,
        title=edition.title,
        theme=edition.theme,
        venue=edition.venue,
        timezone=edition.timezone,
        starts_on=edition.starts_on,
        ends_on=edition.ends_on,
    )


def changes_since(last: Release | None, draft: Draft, *, now: datetime) -> tuple[Change, ...]:
    """What a release of the draft would change for its readers."""
    before = snapshot_of(last) if last else None
    after = snapshot.take(header_of(draft.edition), draft.programme, before=before, now=now)
    return changes_between(before, after)


def snapshot_of(release: Release) -> Snapshot:
    """What the release froze. Kept while it is in use, as a release never changes."""
    return snapshot_in(release.snapshot)


@lru_cache(maxsize=16)
def snapshot_in(text: str) -> Snapshot:
    """What a release's text says."""
    return snapshot.from_values(json.loads(text))
