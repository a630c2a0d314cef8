"""The desk's log: who did what, filtered, and the same list as CSV and JSON."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from summit_service import zones
from summit_service.accounts import queries as accounts
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.journal import queries, rules
from summit_service.journal.queries import Deed, Filter
from summit_service.members.sheet import cell
from summit_service.web.addresses import filtered
from summit_service.web.layout import page
from summit_service.web.reader_zone import zone_of

PAGE = 100
MOST = 50_000
COLUMNS = (
    "number", "at", "who", "sentence", "verb", "kind", "object", "face", "person", "subject", "seq",
    "entry_sha256",
)  # fmt: skip


async def filter_of(
    *, who: str, kind: str, of: str, first: str, last: str, zone: str, before: int | None = None
) -> Filter:
    """The filter as it stands in the address; a day that is none is no filter. Days are those of the reader's zone."""
    since, until = _day(first), _day(last)
    return Filter(
        people=await accounts.ids_of_people_called(who[:200]) if who.strip() else None,
        kind=kind if kind in rules.KINDS else "",
        of=of.strip()[:80],
        since=_start(since, zone) if since else None,
        until=_start(until + timedelta(days=1), zone) if until else None,
        before=before,
    )


def _day(text: str) -> date | None:
    """A day of those years in which there is a day before and after, wherever the reader is."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if date.min.year < day.year < date.max.year else None


def _start(day: date, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zones.zone(zone))


@get("/desk/log")
async def log(
    request: Request[Any, Any, Any],
    actor: NamedDependency[Actor],
    *,
    who: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    of: FromQuery[str] = "",
    first: FromQuery[str] = "",
    last: FromQuery[str] = "",
    before: FromQuery[int | None] = None,
) -> Response[str]:
    """The newest deeds first."""
    check_secretariat(actor)
    zone = zone_of(actor)
    given = {"who": who, "kind": kind, "of": of, "first": first, "last": last}
    wanted = await filter_of(**given, zone=zone, before=before)
    rows = await queries.deeds(wanted, limit=PAGE + 1)
    older = filtered("/desk/log", **given, before=rows[PAGE - 1].number) if len(rows) > PAGE else ""
    return page(
        request,
        "desk/log.html",
        actor=actor,
        rows=rows[:PAGE],
        older=older,
        given=given,
        kinds=[("", "Everything"), *((name, words[1]) for name, words in rules.KINDS.items())],
        faces=rules.FACES,
        as_csv=filtered("/desk/log.csv", **given),
        as_json=filtered("/desk/log.json", **given),
        zone=zone,
        noindex=True,
    )


@get("/desk/log.csv")
async def log_csv(
    actor: NamedDependency[Actor],
    *,
    who: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    of: FromQuery[str] = "",
    first: FromQuery[str] = "",
    last: FromQuery[str] = "",
) -> Response[bytes]:
    """The same list for a spreadsheet, up to 50,000 lines."""
    check_secretariat(actor)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in await _all(actor, who=who, kind=kind, of=of, first=first, last=last):
        writer.writerow([cell(str(value)) for value in _values(one).values()])
    return _file(f"\ufeff{out.getvalue()}".encode(), "text/csv", "log.csv")


@get("/desk/log.json")
async def log_json(
    actor: NamedDependency[Actor],
    *,
    who: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    of: FromQuery[str] = "",
    first: FromQuery[str] = "",
    last: FromQuery[str] = "",
) -> Response[bytes]:
    """The same list for programs."""
    check_secretariat(actor)
    found = await _all(actor, who=who, kind=kind, of=of, first=first, last=last)
    return _file(
        msgspec.json.encode({"items": [_values(one) for one in found]}), "application/json", "log.json"
    )


async def _all(actor: Actor, *, who: str, kind: str, of: str, first: str, last: str) -> list[Deed]:
    zone = zone_of(actor)
    wanted = await filter_of(who=who, kind=kind, of=of, first=first, last=last, zone=zone)
    found: list[Deed] = []
    while len(found) < MOST:
        rows = await queries.deeds(wanted, limit=1000)
        found += rows
        if len(rows) < 1000:
            break
        wanted = replace(wanted, before=rows[-1].number)
    return found


def _values(one: Deed) -> dict[str, object]:
    values = {name: getattr(one, name) for name in COLUMNS}
    return {
        **{name: "" if value is None else value for name, value in values.items()},
        "at": one.at.isoformat(timespec="milliseconds"),
    }


def _file(content: bytes, kind: str, name: str) -> Response[bytes]:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=kind, headers=headers)


ROUTES: list[Any] = [log, log_csv, log_json]
