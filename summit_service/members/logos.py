"""Reads of logos; the picture itself only where it is sent."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from summit_service.errors import NotFound
from summit_service.members.tables import OrganisationLogo


@dataclass(frozen=True, slots=True)
class Logo:
    """How a page shows a logo; sizes in pixels."""

    url: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Sent:
    """The picture as it is sent."""

    data: bytes
    media_type: str


async def logos_of(organisation_ids: Sequence[int]) -> dict[int, Logo]:
    """The logos of these organisations, by their ids; one query."""
    if not organisation_ids:
        return {}
    table = OrganisationLogo
    rows = await table.select(table.organisation, table.digest, table.alt, table.width, table.height).where(
        table.organisation.is_in(list(organisation_ids))
    )
    return {
        row["organisation"]: Logo(f"/logos/{row['digest']}", row["alt"], row["width"], row["height"])
        for row in rows
    }


async def logo_of(organisation_id: int) -> Logo | None:
    """The logo of one organisation."""
    return (await logos_of([organisation_id])).get(organisation_id)


async def picture(digest: str) -> Sent:
    """The picture of that digest; raises NotFound, also when it was taken away or replaced."""
    row = await OrganisationLogo.objects().where(OrganisationLogo.digest == digest).first()
    if row is None:
        raise NotFound("There is no such picture any more.")
    return Sent(base64.b64decode(row.body), row.media_type)
