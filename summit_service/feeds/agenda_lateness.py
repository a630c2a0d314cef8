"""“Your calendar has not seen this yet” at a summit: who starred a session is told by mail what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from summit_service import db
from summit_service.agendas.tables import AgendaKey, Star
from summit_service.feeds import mails
from summit_service.feeds.lateness import SOON
from summit_service.feeds.mails import Late
from summit_service.feeds.rules import SETTLES_IN
from summit_service.mail import outbox
from summit_service.registrations import queries as registrations
from summit_service.registrations import seating, sign_ups
from summit_service.registrations.actions import seats
from summit_service.registrations.tables import Registration
from summit_service.summits import queries as summits
from summit_service.summits.rules.snapshot import Header, Item, Snapshot
from summit_service.summits.tables import Release


@dataclass(frozen=True, slots=True)
class Step:
    """A release: its number, when it was made, and its sessions by UID, those taken out among them."""

    number: int
    at: datetime
    header: Header
    items: Mapping[str, Item]


@dataclass(frozen=True, slots=True)
class Follower:
    """An agenda that belongs to a registration: when each session was starred, when an app came last."""

    registration: Registration
    seen_at: datetime | None
    stars: dict[str, datetime] = field(default_factory=dict)


async def tell_late_sessions(now: datetime) -> int:
    """Queue a mail to each delegate whose agenda no app has fetched since a near session of it changed; how many.

    Right when it runs late, twice, or in two processes: a person is told once of each release. Sessions that
    they signed up for are left out, for the release itself tells of those.
    """
    recent = await Release.select(Release.edition).where(Release.released_at > now - SOON)
    told = 0
    for edition_id in sorted({row["edition"] for row in recent}):
        steps = await _steps(edition_id, since=now - SOON)
        if steps[-1].at <= now - SETTLES_IN and (changed := changed_in(steps)):
            told += await _tell(edition_id, steps, changed, now=now)
    return told


async def _steps(edition_id: int, *, since: datetime) -> list[Step]:
    """The releases since then, and the one before them."""
    of_it = Release.objects().where(Release.edition == edition_id)
    rows = await of_it.where(Release.released_at > since).order_by(Release.number)
    first = rows[0].number - 1
    earlier = await Release.objects().where((Release.edition == edition_id) & (Release.number == first))
    return [step_of(row.number, row.released_at, summits.snapshot_of(row)) for row in (*earlier, *rows)]


def step_of(number: int, at: datetime, snapshot: Snapshot) -> Step:
    """A release as it is compared here."""
    return Step(number, at, snapshot.header, seating.by_uid(snapshot))


def changed_in(steps: Sequence[Step]) -> list[str]:
    """The UIDs of sessions whose time, room or taking place is another than in the first of these releases."""
    before = steps[0].items
    return [
        uid
        for uid, item in steps[-1].items.items()
        if uid in before and before[uid].sequence != item.sequence
    ]


async def _tell(edition_id: int, steps: Sequence[Step], changed: Sequence[str], *, now: datetime) -> int:
    told = 0
    for follower in await _followers(edition_id, changed):
        late = late_for(follower.stars, follower.seen_at, steps)
        chosen = await sign_ups.chosen_by(follower.registration.id, edition_id) if late else {}
        late = [one for one in late if one.uid not in chosen]
        if late:
            is_followed = follower.seen_at is not None
            mail = mails.agenda_late(follower.registration, steps[-1].header, late, is_followed=is_followed)
            async with db.transaction():
                told += await outbox.add(mail, now=now) is not None
    return told


async def _followers(edition_id: int, changed: Sequence[str]) -> list[Follower]:
    """Delegates with a confirmed place in whose agenda one of these sessions stands."""
    of_it = (Star.agenda.edition == edition_id) & (Star.agenda.holder != "")
    rows = await Star.select(
        Star.agenda, Star.agenda.holder.as_alias("holder"), Star.session_uid, Star.created_at
    ).where(of_it & Star.session_uid.is_in(list(changed)))
    if not rows:
        return []
    people = await _people(edition_id)
    seen = await _seen(edition_id)
    found: dict[str, Follower] = {}
    for row in rows:
        holder = row["holder"]
        if holder in people:
            follower = found.setdefault(holder, Follower(people[holder], seen.get(row["agenda"])))
            follower.stars[row["session_uid"]] = row["created_at"]
    return list(found.values())


async def _people(edition_id: int) -> dict[str, Registration]:
    """Who has a confirmed place and an address, by the holder of their agenda."""
    held = [place.registration for place in await registrations.confirmed_places(edition_id)]
    live = Registration.cancelled_at.is_null() & (Registration.email != "")
    rows = await Registration.objects().where((Registration.edition == edition_id) & live)
    return {seats.holder(row.id): row for row in rows if row.id in set(held)}


async def _seen(edition_id: int) -> dict[int, datetime]:
    """When an app last came for each agenda, by any of its addresses."""
    live = AgendaKey.ended_at.is_null() & AgendaKey.fetched_at.is_not_null()
    rows = await AgendaKey.select(AgendaKey.agenda, AgendaKey.fetched_at).where(
        (AgendaKey.agenda.edition == edition_id) & live
    )
    found: dict[int, datetime] = {}
    for row in rows:
        found[row["agenda"]] = max(row["fetched_at"], found.get(row["agenda"], row["fetched_at"]))
    return found


def late_for(stars: Mapping[str, datetime], seen_at: datetime | None, steps: Sequence[Step]) -> list[Late]:
    """The starred sessions (UIDs, with when each was starred) that stand otherwise than their reader knows, by hour.

    What was changed before it was starred is known, and so is what an app has fetched. Only what takes place, or
    would have, within two days of its change.
    """
    found = []
    for uid, starred_at in stars.items():
        late = _late(uid, max(starred_at, seen_at or starred_at), steps)
        if late is not None:
            found.append(late)
    return sorted(found, key=lambda one: (one.ends, one.told.title))


def _late(uid: str, since: datetime, steps: Sequence[Step]) -> Late | None:
    last = steps[-1]
    item = last.items.get(uid)
    known = next((step for step in reversed(steps) if step.at <= since), steps[0])
    before = known.items.get(uid)
    if item is None or before is None:
        return None
    told = seating.told_by(
        {uid: before}, {uid: item}, zone=last.header.timezone, earlier=known.header.timezone
    ).get(uid)
    by = next(step for step in steps if uid in step.items and step.items[uid].sequence == item.sequence)
    sessions = (before.session, item.session)
    if told is None or not any(one.starts <= by.at + SOON and one.ends > by.at for one in sessions):
        return None
    return Late(uid, by.number, told, max(one.ends for one in sessions))
