"""What stands near an event that is being posted, so that nobody does twice what two could do together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from summit_service import zones
from summit_service.accounts.actor import Actor
from summit_service.events import rules
from summit_service.events.conditions import Condition, between, own, repeating, visible
from summit_service.events.details import Details, category_slug
from summit_service.events.likeness import NEAR, Facts, Shared, When, shared
from summit_service.events.occurrences import Occurrence, next_dates
from summit_service.events.queries import EventView, views
from summit_service.events.series_dates import dates_of_series
from summit_service.events.tables import Event
from summit_service.members.tables import Organisation
from summit_service.summits import queries as summits
from summit_service.summits.tables import Edition

DATES = 12
"""The next dates of a series that are compared."""
MOST_COMPARED = 1_000
MOST_OF_A_SERIES = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """What stands near: `key` names it among its like, `reasons` are the halves of a sentence."""

    key: str
    title: str
    url: str
    who: str
    when: str
    is_alike: bool
    reasons: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """What one has to know, for who reads no page."""
        who = f" ({self.who})" if self.who else ""
        return f"“{self.title}”{who}, {self.when}: {'; '.join(self.reasons)}."


async def neighbours_of(
    details: Details,
    *,
    host: Organisation | None,
    viewer: Actor,
    now: datetime,
    slug: str = "",
    uid: str = "",
) -> list[Neighbour]:
    """What this viewer may know of and stands near: like ones first, then by their start.

    `slug` or `uid` is the event itself, where it is there already. Raises Invalid for times that cannot be read.
    """
    zone = details.timezone or (host.timezone if host else "")
    checked, _ = rules.check_times(replace(details, timezone=zone))
    dates = next_dates(checked, now=now, limit=DATES)
    if not dates:
        return []
    whens = [_when(one, checked.timezone) for one in dates]
    where = (visible(viewer) | own(viewer)) & (Event.status != "CANCELLED")
    where = where & (Event.slug != slug) & (Event.uid != uid)
    facts = Facts(
        checked.summary,
        [slug for slug in map(category_slug, checked.categories) if slug],
        {*checked.hosts, host.slug if host else ""} - {""},
    )
    found = [*await _summits(whens), *await _events(where, facts, whens)]
    return [one for one, _ in sorted(found, key=lambda pair: (not pair[0].is_alike, pair[1]))]


def _when(one: Occurrence, zone: str) -> When:
    last = zones.at_wall(one.ends - timedelta(seconds=1), zone).date()
    return When(one.starts, one.ends, zones.day_start(one.day, zone), zones.day_end(last, zone))


async def _summits(whens: Sequence[When]) -> list[tuple[Neighbour, datetime]]:
    found = []
    for edition in await summits.editions():
        starts, ends = zones.day_start(edition.starts_on, edition.timezone), summits.ends_instant(edition)
        if any(one.starts < ends and one.ends > starts for one in whens):
            found.append((_summit(edition), starts))
    return found


def _summit(edition: Edition) -> Neighbour:
    return Neighbour(
        key=f"summit-{edition.year}",
        title=edition.title,
        url=f"/summits/{edition.year}",
        who="",
        when=zones.day_span(edition.starts_on, edition.ends_on),
        is_alike=False,
        reasons=("the network's summit is on these days",),
    )


async def _events(where: Condition, facts: Facts, whens: Sequence[When]) -> list[tuple[Neighbour, datetime]]:
    singles = await views(where & repeating(is_series=False) & _around(whens), limit=MOST_COMPARED)
    after, before = whens[0].days_start - NEAR, whens[-1].days_end + NEAR
    series = await dates_of_series(
        where & repeating(is_series=True) & between(after, before),
        after=after,
        before=before,
        limit=MOST_OF_A_SERIES,
    )
    read = await views(Event.id.is_in(sorted(series)), limit=len(series)) if series else []
    dated = [(one, [Occurrence(one.details.starts_at, one.starts, one.ends)]) for one in singles]
    dated += [(one, [date for date in series[one.id] if not date.is_cancelled]) for one in read]
    return [found for one, dates in dated if (found := _nearest(one, dates, facts, whens))]


def _around(whens: Sequence[When]) -> Condition:
    """Within a week of one of the dates."""
    first, *others = (between(one.days_start - NEAR, one.days_end + NEAR) for one in whens)
    return reduce(or_, others, first)


def _nearest(
    event: EventView, dates: Sequence[Occurrence], facts: Facts, whens: Sequence[When]
) -> tuple[Neighbour, datetime] | None:
    """The event under the date that shares most; None where it shares nothing."""
    theirs = Facts(
        event.details.summary, event.details.categories, {event.organisation.slug, *event.details.hosts}
    )
    zone = event.details.timezone
    found = [(what, one) for one in dates if (what := shared(facts, theirs, whens, _when(one, zone)))]
    if not found:
        return None
    what, one = max(found, key=lambda pair: _weight(pair[0]))
    return _neighbour(event, one, what), one.starts


def _weight(what: Shared) -> tuple[bool, int, int]:
    return what.is_alike, len(what.hosts), len(what.topics)


def _neighbour(event: EventView, one: Occurrence, what: Shared) -> Neighbour:
    zone, names = (
        event.details.timezone,
        {host.slug: host.name for host in (event.organisation, *event.hosts)},
    )
    days = (one.day, zones.at_wall(one.ends - timedelta(seconds=1), zone).date())
    reasons = (
        "its title is like yours" if what.is_alike else "",
        f"it has the same topic, {', '.join(what.topics)}" if what.topics else "",
        f"it is held at the same time by {', '.join(names.get(slug, slug) for slug in what.hosts)}"
        if what.hosts
        else "",
    )
    return Neighbour(
        key=event.slug,
        title=event.details.summary,
        url=f"/events/{event.slug}",
        who=event.organisation.name,
        when=zones.day_span(*days) if event.details.all_day else zones.long_span(one.starts, one.ends, zone),
        is_alike=what.is_alike,
        reasons=tuple(filter(None, reasons)),
    )
