"""What the JSON face of events takes and gives."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec

from summit_service import settings, zones
from summit_service.events.details import FIELDS
from summit_service.events.hours import Hours
from summit_service.events.queries import EventView
from summit_service.neighbours import Neighbour

Text = Annotated[str, msgspec.Meta(max_length=100_000)]
Texts = Annotated[tuple[str, ...], msgspec.Meta(max_length=1_000)]


class EventBody(msgspec.Struct, forbid_unknown_fields=True):
    """A new event. Times are wall times in `timezone`; whole days name the last day that is included.

    `all_day` may be left out: `2027-03-04` is a whole day, `2027-03-04T09:00` is not. Who represents one
    organisation alone may leave `organisation` out. `repeated_hour` (first, second) is asked for where the clocks
    show a time twice. `hosts` are the addresses of other organisations that hold it too. A `draft` is seen by its
    organisation and the secretariat.
    """

    summary: Text
    starts_at: Text
    organisation: Text = ""
    description: Text = ""
    ends_at: Text = ""
    timezone: Text = ""
    all_day: bool | None = None
    repeated_hour: Text = ""
    recurrence: Text = ""
    excluded: Texts = ()
    location: Text = ""
    mode: Text = "in_person"
    online_url: Text = ""
    url: Text = ""
    categories: Texts = ()
    language: Text = "en"
    visibility: Text = "public"
    hosts: Texts = ()
    draft: bool = False


class EventChange(msgspec.Struct, forbid_unknown_fields=True):
    """The fields that change; the others stay."""

    summary: Text | msgspec.UnsetType = msgspec.UNSET
    starts_at: Text | msgspec.UnsetType = msgspec.UNSET
    ends_at: Text | msgspec.UnsetType = msgspec.UNSET
    timezone: Text | msgspec.UnsetType = msgspec.UNSET
    all_day: bool | msgspec.UnsetType = msgspec.UNSET
    repeated_hour: Text | msgspec.UnsetType = msgspec.UNSET
    description: Text | msgspec.UnsetType = msgspec.UNSET
    recurrence: Text | msgspec.UnsetType = msgspec.UNSET
    excluded: Texts | msgspec.UnsetType = msgspec.UNSET
    location: Text | msgspec.UnsetType = msgspec.UNSET
    mode: Text | msgspec.UnsetType = msgspec.UNSET
    online_url: Text | msgspec.UnsetType = msgspec.UNSET
    url: Text | msgspec.UnsetType = msgspec.UNSET
    categories: Texts | msgspec.UnsetType = msgspec.UNSET
    language: Text | msgspec.UnsetType = msgspec.UNSET
    visibility: Text | msgspec.UnsetType = msgspec.UNSET
    hosts: Texts | msgspec.UnsetType = msgspec.UNSET


class CancellationBody(msgspec.Struct, forbid_unknown_fields=True):
    """Why an event is called off; everybody can read it."""

    reason: Text = ""


class EventOut(msgspec.Struct):
    """An event as it is kept."""

    slug: str
    uid: str
    sequence: int
    status: str
    state: str
    organisation: str
    summary: str
    description: str
    starts_at: str
    ends_at: str
    timezone: str
    all_day: bool
    repeated_hour: str
    starts_instant: datetime
    ends_instant: datetime
    recurrence: str
    excluded: tuple[str, ...]
    location: str
    mode: str
    online_url: str
    url: str
    categories: tuple[str, ...]
    language: str
    visibility: str
    hosts: tuple[str, ...]
    created_at: datetime
    changed_at: datetime
    cancelled_at: datetime | None
    page: str
    calendar: str


class NeighbourOut(msgspec.Struct):
    """Something that stands near the event: a like one, one of its topic or hosts, a summit. It never blocks."""

    key: str
    sentence: str
    page: str
    is_alike: bool


class EventPosted(EventOut, omit_defaults=True):
    """An event as it is kept, and what stands near it; without `warnings` where nothing does."""

    warnings: tuple[NeighbourOut, ...] = ()


class ZoneOut(msgspec.Struct):
    """The members of one zone, and when the event begins there."""

    timezone: str
    members: int
    starts_at: str
    is_awake: bool


class HourOut(msgspec.Struct):
    """An hour of the same day, by the event's clock, at which more members are awake."""

    starts_at: str
    awake: int


class HoursOut(msgspec.Struct):
    """For how many of all members its first date is between 07:00 and 21:00; `least` on its next dates."""

    awake: int
    least: int
    members: int
    zones: tuple[ZoneOut, ...]
    better: tuple[HourOut, ...]


class Neighbourhood(msgspec.Struct):
    """What would be told of an event if it were posted; `hours` for one that is online and has hours."""

    warnings: tuple[NeighbourOut, ...]
    hours: HoursOut | None


class EventList(msgspec.Struct):
    """A part of a list; `next` is the cursor for the rest, or null at the end."""

    items: list[EventOut]
    next: str | None


def event_out(view: EventView) -> EventOut:
    """The event as the API writes it."""
    return EventOut(**_values(view))


def event_posted(view: EventView, near: Sequence[Neighbour]) -> EventPosted:
    """The event with what stands near it."""
    return EventPosted(**_values(view), warnings=neighbours_out(near))


def neighbours_out(near: Sequence[Neighbour]) -> tuple[NeighbourOut, ...]:
    """What stands near an event, as the API writes it."""
    base = settings.current().base_url
    return tuple(NeighbourOut(one.key, one.sentence, base + one.url, one.is_alike) for one in near)


def hours_out(hours: Hours | None) -> HoursOut | None:
    """The hours elsewhere, as the API writes them."""
    if hours is None:
        return None
    first, wall = hours.first, zones.wall_text
    lines = tuple(ZoneOut(one.zone, one.members, wall(one.starts), one.is_awake) for one in first.lines)
    better = tuple(HourOut(wall(zones.at_wall(one.starts, hours.zone)), one.awake) for one in first.better)
    return HoursOut(first.awake, hours.least, first.members, lines, better)


def _values(view: EventView) -> dict[str, Any]:
    base = settings.current().base_url
    return dict(
        **{name: getattr(view.details, name) for name in FIELDS},
        **{name: getattr(view, name) for name in ("slug", "uid", "sequence", "status", "state")},
        **{name: getattr(view, name) for name in ("created_at", "changed_at", "cancelled_at")},
        organisation=view.organisation.slug,
        starts_instant=view.starts,
        ends_instant=view.ends,
        page=f"{base}/events/{view.slug}",
        calendar=f"{base}/events/{view.slug}.ics",
    )
