"""The directory as CSV and as JSON, with the same filters in the address as its page."""

from __future__ import annotations

import csv
import io
from typing import Any

import msgspec
from litestar import Response, get
from litestar.params import FromQuery

from summit_service.members import directory
from summit_service.members.tables import Organisation

COLUMNS = ("slug", "name", "kind", "parent", "city", "country", "website", "timezone", "standing")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@get("/organisations.csv")
async def as_csv(
    *, q: FromQuery[str] = "", country: FromQuery[str] = "", kind: FromQuery[str] = ""
) -> Response[bytes]:
    """The directory for a spreadsheet; the mark in front lets it read the letters right."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in await directory.organisations(words=q, country=country, kind=kind):
        writer.writerow([cell(value) for value in _values(one).values()])
    return Response(
        f"\ufeff{out.getvalue()}".encode(),
        media_type="text/csv",
        headers={"Content-Disposition": 'attachment; filename="members.csv"', "Cache-Control": "no-store"},
    )


@get("/organisations.json")
async def as_json(
    *, q: FromQuery[str] = "", country: FromQuery[str] = "", kind: FromQuery[str] = ""
) -> Response[bytes]:
    """The directory for programs."""
    found = await directory.organisations(words=q, country=country, kind=kind)
    return Response(
        msgspec.json.encode({"items": [_values(one) for one in found]}),
        media_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


def _values(one: Organisation) -> dict[str, str]:
    return {name: getattr(one, name) for name in COLUMNS}


def cell(text: str) -> str:
    """What a spreadsheet could take for a formula begins with an apostrophe."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


ROUTES: list[Any] = [as_csv, as_json]
