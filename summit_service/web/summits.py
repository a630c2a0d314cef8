"""Pages: the list of summits, one summit, and its programme as released."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from summit_service import zones
from summit_service.accounts.actor import Actor
from summit_service.agendas import queries as agendas
from summit_service.contributions import queries as contributions
from summit_service.feeds import programme as feeds
from summit_service.registrations import sign_ups
from summit_service.registrations.sign_ups import Listed
from summit_service.summits import queries
from summit_service.summits.rules import grid
from summit_service.summits.rules.changes import changes_between
from summit_service.summits.rules.grid import Grid
from summit_service.summits.rules.programme import SessionPlan
from summit_service.summits.rules.snapshot import Item, Snapshot
from summit_service.summits.stages import standing
from summit_service.summits.tables import Edition, Release
from summit_service.web import (
    agenda,
    feeds_http,
)
from summit_service.web.layout import page, see_other

Asked = Request[Any, Any, Any]
ALL_DAYS = "all"


@get("/summits")
async def editions(
    request: Asked, actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """The list, or the one summit where there is only one."""
    found = await queries.editions()
    if len(found) == 1:
        return see_other(f"/summits/{found[0].year}")
    current = await queries.current_edition(now)
    shown = [(edition, standing(edition, now=now)) for edition in found]
    return page(request, "summits/list.html", actor=actor, editions=shown, current=current)


@get("/summits/{year:int}")
async def edition(
    request: Asked, year: FromPath[int], actor: NamedDependency[Actor], now: NamedDependency[datetime]
) -> Response[Any]:
    """What the summit is, when, where, what places are left, and what one can do next."""
    found = await queries.found_edition(year, is_announced_only=not actor.is_secretariat)
    release = await queries.last_release(found.id)
    others = [other for other in await queries.editions() if other.year != year]
    return page(
        request,
        "summits/edition.html",
        actor=actor,
        edition=found,
        places=places_of(found),
        registration=queries.registration_state(found, now=now),
        standing=standing(found, now=now),
        snapshot=queries.snapshot_of(release) if release else None,
        release=release,
        call=await contributions.call_of(found),
        now=now,
        others=others,
    )


@get("/summits/{year:int}/programme")
async def programme(
    request: Asked,
    year: FromPath[int],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    *,
    day: FromQuery[str] = "",
    release: FromQuery[int | None] = None,
) -> Response[Any]:
    """The programme of a day (or of all), of the last release or an older one."""
    found = await queries.found_edition(year, is_announced_only=not actor.is_secretariat)
    lines = await queries.releases_of(found.id)
    if not lines:
        return page(request, "summits/no_programme.html", actor=actor, edition=found)
    number = lines[0].number if release is None else release
    shown, before = await queries.release_and_before(found.id, number)
    snapshot = queries.snapshot_of(shown)
    is_last = number == lines[0].number
    can_star = is_last and now < queries.ends_instant(found)
    starred = await agendas.starred_with(agenda.secret_of(request, year), edition_id=found.id)
    listed = await sign_ups.sign_ups_of(found.id) if can_star else []
    view = view_of(
        snapshot,
        asked_day=day,
        now=now,
        starred=starred if can_star else None,
        sign_ups={one.row.session_uid: one for one in listed if not one.is_off},
    )
    earlier = queries.snapshot_of(before) if before else None
    return page(
        request,
        "summits/programme.html",
        actor=actor,
        edition=found,
        view=view,
        release=shown,
        is_last=is_last,
        releases=lines,
        changes=changes_between(earlier, snapshot),
        tabs=_tabs(shown, view, year, is_last=is_last),
        noindex=not is_last,
    )


@get("/summits/{year:int}/programme.ics")
async def programme_feed(
    request: Asked, year: FromPath[int], now: NamedDependency[datetime]
) -> Response[bytes]:
    """The last release as a calendar, for everybody."""
    calendar = await feeds.programme_calendar(year, now=now)
    return await feeds_http.calendar_response(request, calendar, now=now, name=f"summit-{year}")


@dataclass(frozen=True, slots=True)
class ProgrammeView:
    """A programme as its page shows it: the days, the tables of those asked for, and what runs now."""

    snapshot: Snapshot
    days: tuple[date, ...]
    grids: tuple[Grid, ...]
    day: str
    running: frozenset[str]
    affiliations: dict[str, str]
    starred: frozenset[str] | None
    """The UIDs in the reader's agenda; None where nothing can be starred."""
    sign_ups: Mapping[str, Listed] = field(default_factory=dict)
    """How sign-up stands, by the UID of a session that takes it."""

    def can_star(self, session: SessionPlan) -> bool:
        """Whether the session has a button for the agenda."""
        if self.starred is None:
            return False
        return session.uid in self.starred or not (session.is_cancelled or session.kind == "break")

    def wall(self, moment: datetime) -> datetime:
        """The hall's clock at that instant."""
        return zones.at_wall(moment, self.snapshot.header.timezone)

    def has_more(self, session: SessionPlan) -> bool:
        """Whether there is something to fold out under the session."""
        told = session.abstract or session.objectives or session.chairs or session.capacity
        told = told or session.uid in self.sign_ups
        return bool(told) or any(self.affiliations.get(name) for name in session.speakers)

    def people(self, names: tuple[str, ...]) -> list[tuple[str, str]]:
        """Names with their affiliations."""
        return [(name, self.affiliations.get(name, "")) for name in names]


def view_of(
    snapshot: Snapshot,
    *,
    asked_day: str,
    now: datetime,
    starred: frozenset[str] | None,
    sign_ups: Mapping[str, Listed] | None = None,
) -> ProgrammeView:
    """The day that was asked for; else today while the summit runs, else its first day."""
    days = grid.days_of(snapshot.items)
    today = zones.at_wall(now, snapshot.header.timezone).date()
    chosen = {day.isoformat(): day for day in days}.get(asked_day) or (today if today in days else days[0])
    shown = days if asked_day == ALL_DAYS else (chosen,)
    return ProgrammeView(
        snapshot=snapshot,
        days=days,
        grids=tuple(grid.grid_of(snapshot.items, day=day, rooms=snapshot.rooms) for day in shown),
        day=ALL_DAYS if asked_day == ALL_DAYS else chosen.isoformat(),
        running=frozenset(item.session.uid for item in snapshot.items if _is_running(item, now)),
        affiliations={speaker.name: speaker.affiliation for speaker in snapshot.speakers},
        starred=starred,
        sign_ups=sign_ups or {},
    )


def _is_running(item: Item, now: datetime) -> bool:
    return not item.session.is_cancelled and item.session.starts <= now < item.session.ends


def _tabs(release: Release, view: ProgrammeView, year: int, *, is_last: bool) -> list[tuple[str, str, bool]]:
    suffix = "" if is_last else f"&release={release.number}"
    address = f"/summits/{year}/programme?day="
    days = [(_tab(day), day.isoformat()) for day in view.days]
    if len(days) > 1:
        days.append(("All days", ALL_DAYS))
    return [(words, f"{address}{value}{suffix}", value == view.day) for words, value in days]


def _tab(day: date) -> str:
    return zones.long_day(day).rsplit(" ", 1)[0]


def places_of(edition: Edition) -> list[tuple[str, str]]:
    """The places of each kind that is offered, and how many are left, in words."""
    kinds = (
        ("In person", edition.in_person_capacity, edition.in_person_taken),
        ("Online", edition.online_capacity, edition.online_taken),
    )
    return [(name, _left(capacity, taken)) for name, capacity, taken in kinds if capacity]


def _left(capacity: int, taken: int) -> str:
    left = capacity - taken
    if left <= 0:
        return f"all {capacity:,} places are taken; there is a waiting list"
    return f"1 place of {capacity:,} is left" if left == 1 else f"{left:,} of {capacity:,} places are left"


ROUTES: list[Any] = [
    editions,
    edition,
    programme,
    programme_feed,
]
