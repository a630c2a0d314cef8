"""The directory as CSV and as JSON, with the same filters in the address as its page."""

from __future__ import annotations

import csv
import io
from typing import Any

import msgspec
from litestar import Response, get
from litestar.params import FromQuery

from summit_service import settings
from summit_service.members import directory, logos
from summit_service.members.logos import Logo
from summit_service.members.sheet import cell
from summit_service.members.tables import Organisation

COLUMNS = ("slug", "name", "kind", "parent", "city", "country", "website", "timezone", "standing")
"""Besides these, the address of the logo; empty where there is none."""


@get("/organisations.csv")
async def as_csv(
    *, q: FromQuery[str] = "", country: FromQuery[str] = "", kind: FromQuery[str] = ""
) -> Response[bytes]:
    """The directory for a spreadsheet; the mark in front lets it read the letters right."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*COLUMNS, "logo"])
    for values in await _listed(q, country, kind):
        writer.writerow([cell(value) for value in values.values()])
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
    return Response(
        msgspec.json.encode({"items": await _listed(q, country, kind)}),
        media_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


async def _listed(words: str, country: str, kind: str) -> list[dict[str, str]]:
    found = await directory.organisations(words=words, country=country, kind=kind)
    shown = await logos.logos_of([one.id for one in found])
    return [_values(one, shown.get(one.id)) for one in found]


def _values(one: Organisation, logo: Logo | None) -> dict[str, str]:
    known = {name: getattr(one, name) for name in COLUMNS}
    return {**known, "logo": f"{settings.current().base_url}{logo.url}" if logo else ""}


ROUTES: list[Any] = [as_csv, as_json]
