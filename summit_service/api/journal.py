"""JSON: the log of who did what, for the secretariat."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter
from msgspec import Struct

from summit_service import settings, zones
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.journal import queries
from summit_service.journal.queries import Deed, Filter

Limit = Annotated[int, QueryParameter(ge=1, le=200)]
Number = Annotated[int | None, QueryParameter(ge=1, le=2_147_483_647)]


class DeedShown(Struct, kw_only=True):
    """One line; `seq` and `entry_sha256` once it is sealed. `person` did it, `subject` is whom it is about."""

    number: int
    at: datetime
    who: str
    sentence: str
    verb: str
    kind: str
    object: str
    face: str
    person: int | None
    subject: int | None
    seq: int | None
    entry_sha256: str


class DeedPage(Struct):
    """A part of the log; `next` is the cursor of the older part that follows, null at the end."""

    items: list[DeedShown]
    next: str | None


@get("/log", tags=["Log"], summary="Who did what, the newest first")
async def list_deeds(
    actor: NamedDependency[Actor],
    *,
    person: Number = None,
    kind: FromQuery[str] = "",
    object: FromQuery[str] = "",  # noqa: A002 - the name of the field
    first: FromQuery[str] = "",
    last: FromQuery[str] = "",
    timezone: FromQuery[str] = "",
    cursor: Number = None,
    limit: Limit = 50,
) -> DeedPage:
    """For the secretariat. From the day `first` to the day `last` (`2026-03-02`), that one too.

    They are days of `timezone`, or else of your own.
    """
    check_secretariat(actor)
    zone = zones.zone(timezone or actor.timezone or settings.current().timezone).key
    wanted = Filter(
        people=None if person is None else [person],
        kind=kind,
        of=object,
        since=zones.day_start(zones.parse_day(first, field="first"), zone) if first else None,
        until=zones.day_end(zones.parse_day(last, field="last"), zone) if last else None,
        before=cursor,
    )
    found = await queries.deeds(wanted, limit=limit + 1)
    items = [_shown(one) for one in found[:limit]]
    return DeedPage(items, str(items[-1].number) if len(found) > limit else None)


def _shown(one: Deed) -> DeedShown:
    return DeedShown(**{name: getattr(one, name) for name in DeedShown.__struct_fields__})


ROUTES: list[Any] = [list_deeds]
