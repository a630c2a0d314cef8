"""An event as search engines read it: schema.org's Event as JSON-LD, in a script element that nothing can leave."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from markupsafe import Markup

from summit_service import markup, settings, zones
from summit_service.events.listing import Dated
from summit_service.events.queries import EventView, Host
from summit_service.web.event_schedule import schedule

SCHEMA = "https://schema.org"
ATTENDANCE = {
    "in_person": "OfflineEventAttendanceMode",
    "online": "OnlineEventAttendanceMode",
    "hybrid": "MixedEventAttendanceMode",
}
ESCAPES = {
    ord("<"): "\\u003c",
    ord(">"): "\\u003e",
    ord("&"): "\\u0026",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}
LONGEST = 5_000


def event_data(event: EventView, dates: list[Dated]) -> Markup:
    """The JSON of an event under its next date, safe inside `<script>`: no `<` is left in it."""
    text = json.dumps(event_object(event, dates), ensure_ascii=False)
    return Markup(text.translate(ESCAPES))  # noqa: S704 - every mark that HTML reads is escaped


def event_object(event: EventView, dates: list[Dated]) -> dict[str, Any]:
    """The event as schema.org names things; a date that was moved or cancelled says so."""
    details, base = event.details, settings.current().base_url
    shown = next((one for one in dates if not one.is_cancelled), dates[0] if dates else None)
    found: dict[str, Any] = {
        "@context": SCHEMA,
        "@type": "Event",
        "@id": f"{base}/events/{event.slug}",
        "url": f"{base}/events/{event.slug}",
        "name": shown.title if shown else details.summary,
        "description": markup.to_text(details.description)[:LONGEST],
        "inLanguage": details.language,
        "keywords": list(details.categories),
        "eventAttendanceMode": f"{SCHEMA}/{ATTENDANCE[details.mode]}",
        "eventStatus": f"{SCHEMA}/{_status(event, shown)}",
        "location": _location(event, shown),
        "organizer": [_organizer(host) for host in (event.organisation, *event.hosts)],
    }
    if shown is not None:
        found |= {"startDate": _moment(shown.starts, shown), "endDate": _moment(shown.ends, shown)}
        found |= _previous(shown)
    found["eventSchedule"] = {} if event.is_cancelled else schedule(details, event.overrides)
    return {name: value for name, value in found.items() if value}


def _status(event: EventView, shown: Dated | None) -> str:
    if event.is_cancelled or (shown is not None and shown.is_cancelled):
        return "EventCancelled"
    return "EventRescheduled" if shown is not None and shown.is_moved else "EventScheduled"


def _moment(moment: datetime, shown: Dated) -> str:
    """With its offset; a day alone for whole days, the last one included."""
    if shown.event.details.all_day:
        return (shown.first_day if moment == shown.starts else shown.last_day).isoformat()
    return zones.at_wall(moment, shown.event.details.timezone).isoformat(timespec="seconds")


def _previous(shown: Dated) -> dict[str, str]:
    """Where the series had the date before it was moved."""
    if not shown.is_moved or shown.own_day is None:
        return {}
    own: date = shown.own_day
    return {"previousStartDate": own.isoformat()}


def _location(event: EventView, shown: Dated | None) -> list[dict[str, Any]]:
    details, base = event.details, settings.current().base_url
    place = (shown.location if shown else "") or details.location
    found: list[dict[str, Any]] = []
    if details.mode != "online":
        name = place or event.organisation.name
        found.append({"@type": "Place", "name": name, "address": place or event.organisation.country or name})
    if details.mode != "in_person":
        found.append({"@type": "VirtualLocation", "url": details.online_url or f"{base}/events/{event.slug}"})
    return found


def _organizer(host: Host) -> dict[str, str]:
    base = settings.current().base_url
    return {"@type": "Organization", "name": host.name, "url": f"{base}/organisations/{host.slug}"}
