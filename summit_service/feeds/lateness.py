"""“Your calendar has not seen this yet”: who follows by a personal feed that was not fetched since is told by mail.

Somebody with a feed for each of two apps is told when one of both has not come: it may be the one that they look at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from summit_service import db
from summit_service.accounts.tables import Person
from summit_service.events import changelog, history, occurrences, overrides, queries
from summit_service.events.details import FIELDS, Details
from summit_service.events.history import Change
from summit_service.events.overrides import Override
from summit_service.events.queries import EventView
from summit_service.events.rules import SEEN_IN_CALENDARS
from summit_service.events.tables import Event
from summit_service.feeds import mails
from summit_service.feeds.rules import SETTLES_IN, all_have_seen
from summit_service.feeds.tables import PersonalFeed
from summit_service.mail import outbox
from summit_service.members.rules import MEMBERS, SECRETARIAT
from summit_service.members.tables import Role

SOON = timedelta(hours=48)
TOLD = frozenset({"changed", "date", "undone", "cancelled"})
AT_ONCE = 200
"""Events that are read together; a file may change more of them."""


@dataclass(frozen=True, slots=True)
class Follower:
    """Somebody with a personal feed that an app has fetched; until `seen_at` all of theirs in use have seen all."""

    person: int
    seen_at: datetime
    organisations: frozenset[str]
    is_member: bool
    """Whether what is for members alone stands in their feed."""


async def tell_late(now: datetime) -> int:
    """Queue a mail to each follower whose calendar has not seen a change of what is near; how many.

    Right when it runs late, twice, or in two processes: one event in one state (SEQUENCE) is told a person once.
    """
    events = await _changed(now)
    if not events:
        return 0
    followers = await _followers()
    people = await _people([one.person for one in followers])
    told = 0
    for event in events:
        near = [one for one in await changelog.changes_of(event.id) if one.kind in TOLD]
        for follower in followers:
            since = [one for one in near if one.at > follower.seen_at]
            person = people.get(follower.person)
            if person is None or not _concerns(event, follower, since):
                continue
            async with db.transaction():
                told += (
                    await outbox.add(mails.calendar_late(event, person, _words(since)), now=now) is not None
                )
    return told


async def _changed(now: datetime) -> list[EventView]:
    """Events that calendars have to look at again, changed some minutes ago and not longer than two days."""
    then = (Event.changed_at <= now - SETTLES_IN) & (Event.changed_at > now - SOON)
    where = then & (Event.sequence > 0) & Event.state.is_in(["published", "cancelled"])
    lasting = Event.last_instant.is_null() | (Event.last_instant > now)
    found = await Event.select(Event.id).where(where & lasting).order_by(Event.id)
    ids = [row["id"] for row in found]
    portions = [ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE)]
    return [one for some in portions for one in await queries.views(Event.id.is_in(some), limit=AT_ONCE)]


async def _followers() -> list[Follower]:
    """By what an app came for last; a feed that nobody has fetched is followed by nobody."""
    live = PersonalFeed.ended_at.is_null() & PersonalFeed.fetched_at.is_not_null()
    rows = await PersonalFeed.select(PersonalFeed.person, PersonalFeed.fetched_at).where(live)
    fetches: dict[int, list[datetime]] = {}
    for row in rows:
        fetches.setdefault(row["person"], []).append(row["fetched_at"])
    if not fetches:
        return []
    seen = {person: all_have_seen(each) for person, each in fetches.items()}
    held = Role.person.is_in(list(seen)) & Role.ended_at.is_null() & Role.is_proposed.eq(False)
    slug, standing = Role.organisation.slug.as_alias("slug"), Role.organisation.standing.as_alias("standing")
    roles = await Role.select(Role.person, Role.kind, slug, standing).where(held)
    slugs: dict[int, set[str]] = {}
    for role in roles:
        if role["slug"]:
            slugs.setdefault(role["person"], set()).add(role["slug"])
    members = {role["person"] for role in roles if role["kind"] == SECRETARIAT or role["standing"] in MEMBERS}
    return [
        Follower(person, seen[person], frozenset(found), person in members)
        for person, found in sorted(slugs.items())
    ]


async def _people(ids: Sequence[int]) -> dict[int, Person]:
    if not ids:
        return {}
    rows = await Person.objects().where(Person.id.is_in(list(ids)))
    return {row.id: row for row in rows if row.email}


def _concerns(event: EventView, follower: Follower, since: Sequence[Change]) -> bool:
    """Whether the event is in the follower's feed, and a change that calendars show touches the next two days."""
    is_shown = event.details.visibility == "public" or follower.is_member
    hosts = {event.organisation.slug, *(host.slug for host in event.hosts)}
    seen = [one for one in since if one.kind == "cancelled" or _shown(one)]
    in_feed = is_shown and bool(hosts & follower.organisations)
    return in_feed and any(_is_near(event, since, one.at) for one in seen)


def _shown(change: Change) -> bool:
    return any(name in SEEN_IN_CALENDARS or name not in FIELDS for name in change.after)


def _is_near(event: EventView, since: Sequence[Change], at: datetime) -> bool:
    """Whether it takes place, or would have before the change, within two days of it."""
    was = _before(event.details, since)
    for details, known in (
        (event.details, event.overrides),
        (was, _overrides_before(event.overrides, since)),
    ):
        if overrides.dates(details, known, after=at, before=at + SOON, limit=1):
            return True
    return any(_had(was, name, at) for one in since for name in one.before if name not in FIELDS)


def _before(details: Details, since: Sequence[Change]) -> Details:
    """What the event said before these changes, the newest first."""
    for one in since:
        old: Mapping[str, Any] = {name: _kept(one.before[name]) for name in one.before if name in FIELDS}
        details = replace(details, **old)
    return details


def _overrides_before(known: Sequence[Override], since: Sequence[Change]) -> list[Override]:
    days = {one.day.isoformat(): one for one in known}
    for change in since:
        for name, value in change.before.items():
            if name not in FIELDS:
                days.pop(name, None)
                if value:
                    days[name] = msgspec.convert(value, Override)
    return list(days.values())


def _had(details: Details, day: str, at: datetime) -> bool:
    """Whether the series had a date there within two days."""
    starts = occurrences.on_day(details, date.fromisoformat(day)).starts
    return at < starts <= at + SOON


def _kept(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _words(since: Sequence[Change]) -> list[tuple[str, str, str]]:
    """What differs in the end, of what calendars show."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for one in reversed(since):
        for name in {*one.before, *one.after}:
            if name in SEEN_IN_CALENDARS or name not in FIELDS:
                before.setdefault(name, one.before.get(name))
                after[name] = one.after.get(name)
    differs = [name for name in before if before[name] != after[name]]
    return history.words({name: before[name] for name in differs}, {name: after[name] for name in differs})
