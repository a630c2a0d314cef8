"""What lists of events can be filtered by."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from summit_service import db
from summit_service.events.changes import Version
from summit_service.events.conditions import PUBLISHED
from summit_service.events.tables import Event
from summit_service.events.watching import watch

_kept: WeakKeyDictionary[db.Engine, tuple[Version, dict[str, list[tuple[str, str]]]]] = WeakKeyDictionary()


async def choices() -> dict[str, list[tuple[str, str]]]:
    """What public events can be filtered by: `organisation` as (slug, name), the others as (value, value).

    Read once for each version of the events.
    """
    version = await watch().current()
    kept = _kept.get(db.engine())
    if kept is None or kept[0] != version:
        kept = _kept[db.engine()] = (version, await _read())
    return kept[1]


async def _read() -> dict[str, list[tuple[str, str]]]:
    where = (Event.visibility == "public") & Event.state.is_in(list(PUBLISHED))
    sets = await Event.select(Event.categories).where(where).distinct()
    languages = await Event.select(Event.language).where(where).distinct()
    rows = (
        await Event.select(
            Event.organisation.slug.as_alias("slug"),
            Event.organisation.name.as_alias("name"),
            Event.organisation.country.as_alias("country"),
        )
        .where(where)
        .distinct()
    )
    categories = {name for row in sets for name in row["categories"].split(",") if name}
    return {
        "category": [(name, name) for name in sorted(categories)],
        "organisation": sorted(
            {(row["slug"], row["name"]) for row in rows}, key=lambda pair: pair[1].casefold()
        ),
        "country": [(code, code) for code in sorted({row["country"] for row in rows if row["country"]})],
        "language": [(code, code) for code in sorted({row["language"] for row in languages})],
    }
