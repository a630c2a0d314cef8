"""The calendar of somebody's starred sessions, behind a secret address of its own."""

from __future__ import annotations

from datetime import datetime

from summit_service import ical, settings
from summit_service.agendas import actions, queries, rules
from summit_service.agendas.tables import Agenda, AgendaKey
from summit_service.feeds import calendars, ended, programme
from summit_service.feeds.kept import kept_calendar
from summit_service.feeds.stored import StoredCalendar
from summit_service.summits import queries as summits
from summit_service.summits.tables import Edition


async def agenda_calendar(token: str, *, app: str | None, now: datetime) -> StoredCalendar | None:
    """What the app behind a secret address gets, noted as a fetch; None where no agenda has this secret.

    Without an `app` nobody takes it and nothing is noted. An address that was replaced is a calendar with one
    entry that says so.
    """
    key = await queries.key_of_calendar(token)
    if key is None:
        return None
    return await calendar_of(key, app=app, now=now)


async def calendar_of(key: AgendaKey, *, app: str | None, now: datetime) -> StoredCalendar | None:
    """What is given out for this secret; as `agenda_calendar`."""
    edition = await Edition.objects().get(Edition.id == key.agenda.edition)
    if edition is None:
        return None
    if key.ended_at is not None:
        return _ended(key, edition)
    if app is not None:
        await actions.note_fetch(key, app=app, now=now)
    return await _calendar(key.agenda, edition, now=now)


async def starred_sessions(holder: str, edition: Edition, *, midnight: datetime) -> tuple[list[bytes], str]:
    """The VEVENTs of what a holder has starred in the last release, and their zone; none without an agenda."""
    agenda = await queries.agenda_held_by(holder)
    released = await summits.last_release(edition.id) if agenda is not None else None
    if agenda is None or released is None:
        return [], edition.timezone
    snapshot = summits.snapshot_of(released)
    items = rules.entries_of(snapshot, await queries.stars_of(agenda.id))
    return list(programme.vevents(items, snapshot.header, midnight)), snapshot.header.timezone


async def _calendar(agenda: Agenda, edition: Edition, *, now: datetime) -> StoredCalendar:
    released = await summits.shown_release(edition.id, None)
    snapshot = summits.snapshot_of(released)
    items = rules.entries_of(snapshot, await queries.stars_of(agenda.id))
    midnight = calendars.start_of_day(now)
    body = ical.calendar(
        list(programme.vevents(items, snapshot.header, midnight)),
        zones={snapshot.header.timezone} if items else (),
        name=f"My sessions: {edition.title}",
        description=f"The sessions of {edition.title} that you starred.",
    )
    changed_at = max(agenda.changed_at, released.released_at)
    return kept_calendar(body, programme.latest_change(items, changed_at, midnight))


def _ended(key: AgendaKey, edition: Edition) -> StoredCalendar:
    page = _page(edition)
    body = ended.calendar(
        f"agenda-{key.id}",
        f"My sessions: {edition.title}",
        ended_at=key.ended_at,
        then=f"The new address is on your agenda: {page}",
        url=page,
    )
    return kept_calendar(body, key.ended_at.replace(microsecond=0))


def _page(edition: Edition) -> str:
    return f"{settings.current().base_url}/summits/{edition.year}/agenda"
