"""Files of a bundle that are kept with their manifest as they were made: reading copies, a timestamp."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime

from summit_service.statements.tables import Manifest, ManifestFile

STAMP, AUTHORITY = "manifest.json.sig.tsr", "timestamp-authority.pem"


async def kept_with(manifest: Manifest) -> dict[str, bytes]:
    """Every such file by its name."""
    rows = await ManifestFile.objects().where(ManifestFile.manifest == manifest.id)
    return {row.name: base64.b64decode(row.data) for row in rows}


async def keep(manifest: Manifest, made: Mapping[str, bytes], *, now: datetime) -> None:
    """Keep these for ever; raises where the database has one of that name already."""
    rows = [
        ManifestFile(
            manifest=manifest.id, name=name, data=base64.b64encode(data).decode("ascii"), created_at=now
        )
        for name, data in made.items()
    ]
    if rows:
        await ManifestFile.insert(*rows)
