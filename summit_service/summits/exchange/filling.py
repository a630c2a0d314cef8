"""What a sheet or an XML file has no place for, and the draft knows: seats, affiliations, the order of the lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from summit_service.summits.rules.programme import Programme

T = TypeVar("T")


def filled(read: Programme, draft: Programme) -> Programme:
    """What was read, with what the draft knows of the rooms and people in it; who and what is new comes last."""
    seats = {room.name: room.capacity for room in draft.rooms}
    places = {speaker.name: speaker.affiliation for speaker in draft.speakers}
    rooms = [replace(room, capacity=room.capacity or seats.get(room.name)) for room in read.rooms]
    people = [replace(one, affiliation=one.affiliation or places.get(one.name, "")) for one in read.speakers]
    return replace(
        read,
        rooms=_ordered(rooms, seats, lambda room: room.name),
        tracks=_ordered(read.tracks, draft.tracks, lambda track: track),
        speakers=_ordered(people, places, lambda speaker: speaker.name),
    )


def _ordered(found: Sequence[T], known: Iterable[str], name: Callable[[T], str]) -> tuple[T, ...]:
    order = {one: index for index, one in enumerate(known)}
    return tuple(sorted(found, key=lambda one: order.get(name(one), len(order))))
