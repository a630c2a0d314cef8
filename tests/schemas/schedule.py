"""What c3voc's first schema of `schedule.json` (JSON Schema draft 6) asks: members, patterns, closed objects."""

from __future__ import annotations

from typing import Any

TEXT = {"type": "string"}
TEXT_OR_NULL = {"type": ["string", "null"]}
UUID = {"type": "string", "format": "uuid"}
URI = {"type": "string", "format": "uri"}
MOMENT = {"type": "string", "format": "date-time"}
DAY = {"type": "string", "format": "date"}


def closed(required: str, **properties: Any) -> dict[str, Any]:
    """An object with these members, the required ones among them, and no others."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required.split(),
        "properties": properties,
    }


EVENT = closed(
    "abstract date duration guid id language links persons room slug start subtitle title track type url",
    id={"type": "integer", "minimum": 1},
    guid=UUID,
    logo=URI,
    date=MOMENT,
    start={"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$"},
    duration={"type": "string", "pattern": "^[0-9]+:[0-9]{2}$"},
    room=TEXT,
    slug={"type": "string", "pattern": "^[a-z0-9_-]+[a-z0-9]$"},
    url=URI,
    title=TEXT,
    subtitle=TEXT_OR_NULL,
    track=TEXT_OR_NULL,
    type=TEXT,
    language=TEXT,
    abstract=TEXT_OR_NULL,
    description=TEXT_OR_NULL,
    recording_license=TEXT,
    do_not_record=TEXT_OR_NULL,
    do_not_stream=TEXT_OR_NULL,
    persons={"type": "array", "items": {"$ref": "#/definitions/person"}},
    links={"type": "array"},
    attachments={"type": "array"},
    answers={"type": "array"},
)
DAYS = closed(
    "date day_end day_start index rooms",
    index={"type": "integer"},
    date=DAY,
    day_start=MOMENT,
    day_end=MOMENT,
    rooms={"type": "object", "additionalProperties": {"type": "array", "items": EVENT}},
)
ROOM = closed(
    "guid name", name=TEXT, guid=UUID, description=TEXT_OR_NULL, capacity={"type": ["number", "null"]}
)
CONFERENCE = closed(
    "title acronym days daysCount start end timeslot_duration",
    acronym={"type": "string", "pattern": "^[a-z0-9_-][a-z0-9_]{3,}(-2[0-9]{3}-[a-z]+)?$"},
    title=TEXT,
    description=TEXT,
    start=TEXT,
    end=DAY,
    daysCount={"type": "integer"},
    timeslot_duration=TEXT,
    time_zone_name={"type": "string", "pattern": "^([A-Z][a-z]+/[A-Z][a-z]+)|UTC$"},
    logo=URI,
    colors={"type": "object"},
    keywords={"type": "array", "items": TEXT},
    url=URI,
    tracks={"type": "array", "items": {"type": "object", "properties": {"name": TEXT, "color": TEXT}}},
    rooms={"type": "array", "items": ROOM},
    meta={"type": "object"},
    days={"type": "array", "items": DAYS},
)
SCHEMA: dict[str, Any] = {
    **closed(
        "schedule",
        **{
            "$schema": TEXT,
            "generator": {"type": "object", "properties": {"name": TEXT, "version": TEXT, "url": URI}},
            "schedule": {
                "type": "object",
                "required": ["conference", "version"],
                "properties": {"version": TEXT, "base_url": URI, "conference": CONFERENCE, "rooms": False},
            },
        },
    ),
    "$schema": "http://json-schema.org/draft-06/schema#",
    "definitions": {
        "person": {
            "type": "object",
            "properties": {"name": TEXT, "guid": UUID, "id": {"type": "integer"}},
            "oneOf": [
                {"required": ["public_name", "id"], "properties": {"public_name": TEXT}},
                {
                    "required": ["name"],
                    "properties": {"code": {"type": "string", "pattern": "^[A-Z0-9]+$"}, "biography": TEXT},
                },
            ],
        }
    },
}
