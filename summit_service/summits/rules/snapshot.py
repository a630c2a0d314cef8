"""What a release freezes, computed from the draft and the release before, and its plain form for storing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from summit_service import zones
from summit_service.summits.rules.programme import (
    Programme,
    RoomPlan,
    SessionPlan,
    SpeakerPlan,
    session_values,
)

VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The edition as it was at the release."""

    year: int
    title: str
    theme: str
    venue: str
    timezone: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A released session with what calendars need: SEQUENCE, CREATED, LAST-MODIFIED, when it was cancelled.

    `is_removed`: it is in the programme no more and lives on as a cancellation alone.
    """

    session: SessionPlan
    sequence: int
    created_at: datetime
    changed_at: datetime
    cancelled_at: datetime | None = None
    is_removed: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A programme as the public sees it."""

    header: Header
    rooms: tuple[RoomPlan, ...]
    tracks: tuple[str, ...]
    speakers: tuple[SpeakerPlan, ...]
    items: tuple[Item, ...]
    removed: tuple[Item, ...] = ()


def take(header: Header, draft: Programme, *, before: Snapshot | None, now: datetime) -> Snapshot:
    """Freeze the draft. Every session that was ever released keeps its UID and never loses in SEQUENCE."""
    known = {item.session.uid: item for item in (*before.items, *before.removed)} if before else {}
    place = before.header if before else header
    items = tuple(_item(s, known.get(s.uid), header=header, place=place, now=now) for s in draft.sessions)
    present = {item.session.uid for item in items}
    gone = tuple(_gone(item, now) for uid, item in known.items() if uid not in present)
    return Snapshot(header, draft.rooms, draft.tracks, draft.speakers, items, gone)


def _item(session: SessionPlan, before: Item | None, *, header: Header, place: Header, now: datetime) -> Item:
    cancelled = now if session.is_cancelled else None
    if before is None:
        return Item(session=session, sequence=0, created_at=now, changed_at=now, cancelled_at=cancelled)
    was_off = before.cancelled_at is not None
    same_place = (header.venue, header.timezone) == (place.venue, place.timezone)
    if before.session == session and same_place and not before.is_removed:
        return before
    moved = _when_and_where(before.session, place) != _when_and_where(session, header)
    is_new_revision = moved or was_off != session.is_cancelled
    return replace(
        before,
        session=session,
        sequence=before.sequence + is_new_revision,
        changed_at=now,
        cancelled_at=(before.cancelled_at or cancelled) if session.is_cancelled else None,
        is_removed=False,
    )


def _when_and_where(session: SessionPlan, header: Header) -> tuple[object, ...]:
    wall = (session.starts_at, session.ends_at, header.timezone)
    return (*wall, session.starts, session.ends, session.room, header.venue)


def _gone(item: Item, now: datetime) -> Item:
    if item.is_removed:
        return item
    if item.cancelled_at is not None:
        return replace(item, is_removed=True)
    return replace(item, is_removed=True, cancelled_at=now, changed_at=now, sequence=item.sequence + 1)


def to_values(snapshot: Snapshot) -> dict[str, Any]:
    """The snapshot as plain values; instants follow from wall time, zone and fold and are not stored."""
    header = snapshot.header
    return {
        "version": VERSION,
        "year": header.year,
        "title": header.title,
        "theme": header.theme,
        "venue": header.venue,
        "timezone": header.timezone,
        "starts_on": header.starts_on.isoformat(),
        "ends_on": header.ends_on.isoformat(),
        "rooms": [{"name": room.name, "capacity": room.capacity} for room in snapshot.rooms],
        "tracks": list(snapshot.tracks),
        "speakers": [{"name": one.name, "affiliation": one.affiliation} for one in snapshot.speakers],
        "sessions": [_item_values(item) for item in snapshot.items],
        "removed": [_item_values(item) for item in snapshot.removed],
    }


def _item_values(item: Item) -> dict[str, Any]:
    return {
        **session_values(item.session),
        "sequence": item.sequence,
        "created_at": _stamp(item.created_at),
        "changed_at": _stamp(item.changed_at),
        "cancelled_at": _stamp(item.cancelled_at) if item.cancelled_at else None,
    }


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def from_values(values: Mapping[str, Any]) -> Snapshot:
    """A stored snapshot read back."""
    header = Header(
        **{name: values[name] for name in ("year", "title", "theme", "venue", "timezone")},
        starts_on=date.fromisoformat(values["starts_on"]),
        ends_on=date.fromisoformat(values["ends_on"]),
    )
    return Snapshot(
        header,
        tuple(RoomPlan(room["name"], room["capacity"]) for room in values["rooms"]),
        tuple(values["tracks"]),
        tuple(SpeakerPlan(one["name"], one["affiliation"]) for one in values["speakers"]),
        tuple(_items(values["sessions"], header.timezone, is_removed=False)),
        tuple(_items(values["removed"], header.timezone, is_removed=True)),
    )


def _items(values: Iterable[Mapping[str, Any]], timezone: str, *, is_removed: bool) -> Iterable[Item]:
    for one in values:
        cancelled_at = one["cancelled_at"]
        yield Item(
            session=_session(one, timezone),
            sequence=one["sequence"],
            created_at=datetime.fromisoformat(one["created_at"]),
            changed_at=datetime.fromisoformat(one["changed_at"]),
            cancelled_at=datetime.fromisoformat(cancelled_at) if cancelled_at else None,
            is_removed=is_removed,
        )


def _session(one: Mapping[str, Any], timezone: str) -> SessionPlan:
    lists: dict[str, Any] = {name: tuple(one[name]) for name in ("speakers", "chairs", "objectives")}
    derived = {"cancelled", "sequence", "created_at", "changed_at", "cancelled_at", *lists}
    plain: dict[str, Any] = {name: value for name, value in one.items() if name not in derived}
    return SessionPlan(
        **plain,
        **lists,
        starts=_instant(one["starts_at"], one["starts_fold"], timezone),
        ends=_instant(one["ends_at"], one["ends_fold"], timezone),
        is_cancelled=one["cancelled"],
    )


def _instant(wall: str, fold: int | None, timezone: str) -> datetime:
    """By the zone's rules of today; an hour that they skip by now is read all the same."""
    return datetime.fromisoformat(wall).replace(tzinfo=zones.zone(timezone), fold=fold or 0).astimezone(UTC)
