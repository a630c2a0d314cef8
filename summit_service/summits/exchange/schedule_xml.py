"""The same document as `schedule.xml` (frab's form, c3voc's schema), made from and read into the JSON form.

XML has no place for a chair's part, a session's capacity or its objectives as a list: chairs stand among the persons
and objectives in the description. Who wants everything back takes the JSON form.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element, ParseError, SubElement, indent, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from summit_service.errors import Invalid

_TEXTS = ("room", "title", "subtitle", "type", "date", "start", "duration", "abstract", "slug", "track")
_MORE_TEXTS = ("language", "description", "url")


def xml_of(document: Mapping[str, Any]) -> bytes:
    """UTF-8 with its declaration; from what `schedule_json.schedule_of` returns."""
    schedule, conference = document["schedule"], document["schedule"]["conference"]
    root = Element("schedule")
    SubElement(root, "generator", document["generator"])
    SubElement(root, "url").text = conference["url"]
    SubElement(root, "version").text = schedule["version"]
    _add_conference(root, conference, schedule["base_url"])
    guids = {room["name"]: room["guid"] for room in conference["rooms"]}
    for day in conference["days"]:
        _add_day(root, day, guids)
    indent(root)
    body: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return body + b"\n"


def _add_conference(root: Element, conference: Mapping[str, Any], base_url: str) -> None:
    found = SubElement(root, "conference")
    for name in ("acronym", "title", "start", "end"):
        SubElement(found, name).text = conference[name]
    SubElement(found, "days").text = str(conference["daysCount"])
    SubElement(found, "timeslot_duration").text = conference["timeslot_duration"]
    SubElement(found, "base_url").text = base_url
    if "time_zone_name" in conference:
        SubElement(found, "time_zone_name").text = conference["time_zone_name"]
    for track in conference["tracks"]:
        SubElement(found, "track", name=track["name"])


def _add_day(root: Element, day: Mapping[str, Any], guids: Mapping[str, str]) -> None:
    found = SubElement(
        root, "day", index=str(day["index"]), date=day["date"], start=day["day_start"], end=day["day_end"]
    )
    for name, events in day["rooms"].items():
        room = SubElement(found, "room", name=name)
        if name in guids:
            room.set("guid", guids[name])
        for event in events:
            _add_event(room, event)


def _add_event(room: Element, event: Mapping[str, Any]) -> None:
    found = SubElement(room, "event", id=str(event["id"]), guid=event["guid"])
    for name in (*_TEXTS, *_MORE_TEXTS):
        SubElement(found, name).text = event[name] or ""
    persons = SubElement(found, "persons")
    for person in event["persons"]:
        SubElement(persons, "person", guid=person["guid"]).text = person["name"]


def schedule_from(data: bytes) -> dict[str, Any]:
    """The document in the JSON form, ready for `reading.values_of_schedule`.

    Raises Invalid where it is not XML, has entities or a document type (nothing of that kind is expanded), or is not
    a schedule.
    """
    try:
        root = fromstring(data, forbid_dtd=True)
    except DefusedXmlException as fault:
        sentence = "The file has a document type or entities (DOCTYPE, ENTITY), which are not taken here."
        raise Invalid.one("", sentence) from fault
    except (ParseError, ValueError, LookupError) as fault:
        raise Invalid.one("", f"The file is not XML that can be used here: {fault}.") from fault
    if root.tag != "schedule":
        raise Invalid.one("", "The file is XML, but not a schedule: its first element has another name.")
    conference: dict[str, Any] = {"days": [_day(day) for day in root.findall("day")]}
    names = dict.fromkeys(room for day in conference["days"] for room in day["rooms"] if room)
    conference["rooms"] = [{"name": name} for name in names]
    found = root.find("conference")
    if found is not None:
        conference["tracks"] = [{"name": track.get("name", "")} for track in found.findall("track")]
    return {"schedule": {"conference": conference}}


def _day(day: Element) -> dict[str, Any]:
    rooms: dict[str, list[dict[str, Any]]] = {}
    for room in day.findall("room"):
        rooms.setdefault(room.get("name", ""), []).extend(map(_event, room.findall("event")))
    return {"rooms": rooms}


def _event(event: Element) -> dict[str, Any]:
    texts = {name: (event.findtext(name) or "").strip() for name in (*_TEXTS, *_MORE_TEXTS)}
    persons = [{"name": (one.text or "").strip()} for one in event.findall("persons/person")]
    return {**texts, "room": texts["room"] or None, "persons": persons}
