"""A released programme as `schedule.json` and `schedule.xml`: made once for each, as a release never changes."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

import msgspec

from summit_service import settings
from summit_service.feeds.stored import StoredCalendar
from summit_service.summits import queries
from summit_service.summits.exchange import schedule_json, schedule_xml
from summit_service.summits.tables import Release

JSON, XML = "application/json", "application/xml"


def schedule(release: Release, media_type: str) -> StoredCalendar:
    """The document of that release; `media_type` is JSON or XML."""
    return _made(
        release.snapshot, release.number, release.released_at, media_type, settings.current().base_url
    )


@lru_cache(maxsize=16)
def _made(text: str, number: int, released_at: datetime, media_type: str, base_url: str) -> StoredCalendar:
    document = schedule_json.schedule_of(queries.snapshot_in(text), release=number, base_url=base_url)
    if media_type == XML:
        return StoredCalendar(schedule_xml.xml_of(document), released_at)
    return StoredCalendar(msgspec.json.format(msgspec.json.encode(document), indent=1), released_at)
