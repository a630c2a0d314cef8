"""Calendars read by programs that did not write them: ical.js, vobject, and icalendar itself."""

from __future__ import annotations

import json
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import icalendar
import vobject
from playwright.sync_api import sync_playwright

VENDOR = Path(__file__).parent / "vendor" / "ical.js" / "ical.min.mjs"
CHROMIUM = "/usr/bin/chromium"
READ = """
(ICAL, text) => {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const time = (value) => value.isDate ? value.toString() : value.toJSDate().toISOString();
  return calendar.getAllSubcomponents("vevent").map((component) => {
    const event = new ICAL.Event(component);
    const times = [], dates = event.isRecurring() ? event.iterator() : null;
    for (let next = dates && dates.next(); next && times.length < 24; next = dates.next()) {
      times.push(time(event.getOccurrenceDetails(next).startDate));
    }
    return {
      uid: event.uid, sequence: event.sequence, status: component.getFirstPropertyValue("status"),
      summary: event.summary, description: event.description || "", location: event.location || "",
      start: time(event.startDate), end: time(event.endDate), times, isOneDate: event.isRecurrenceException(),
    };
  });
}
"""


@dataclass(frozen=True, slots=True)
class Read:
    """What a parser saw of one entry; instants in UTC, or days with the end excluded."""

    uid: str
    sequence: int
    status: str
    summary: str
    description: str
    location: str
    start: datetime | date
    end: datetime | date


def by_icalendar(body: bytes) -> list[Read]:
    """As the library reads it that wrote it."""
    calendar: Any = icalendar.Calendar.from_ical(body)
    return [
        Read(
            str(event["UID"]),
            int(event["SEQUENCE"]),
            str(event["STATUS"]),
            str(event["SUMMARY"]),
            str(event.get("DESCRIPTION", "")),
            str(event.get("LOCATION", "")),
            _utc(event.start),
            _utc(event.end),
        )
        for event in calendar.walk("VEVENT")
    ]


def by_vobject(body: bytes) -> list[Read]:
    """As vobject reads it: its zones are made from our VTIMEZONEs."""
    calendar = vobject.readOne(body.decode())
    return [
        Read(
            event.uid.value,
            int(event.sequence.value),
            event.status.value,
            event.summary.value,
            event.description.value if hasattr(event, "description") else "",
            event.location.value if hasattr(event, "location") else "",
            _utc(event.dtstart.value),
            _utc(event.dtend.value),
        )
        for event in calendar.contents.get("vevent", [])
    ]


def by_ical_js(body: bytes) -> list[Read]:
    """As ical.js reads it."""
    return [
        Read(
            item["uid"],
            item["sequence"],
            item["status"],
            item["summary"],
            item["description"],
            item["location"],
            _moment(item["start"]),
            _moment(item["end"]),
        )
        for item in read_by_ical_js(body)
    ]


def times_by_ical_js(body: bytes) -> list[list[datetime | date]]:
    """The first 24 dates of each series, each where its own entry has it."""
    return [
        [_moment(text) for text in item["times"]] for item in read_by_ical_js(body) if not item["isOneDate"]
    ]


def read_by_ical_js(body: bytes) -> list[dict[str, Any]]:
    """Runs ical.js in Node.js, or in Chromium where there is none."""
    node = shutil.which("node")
    if node is None:
        return _in_chromium(body.decode())
    script = f"""
        import ICAL from {json.dumps(VENDOR.as_uri())};
        import {{ readFileSync }} from "node:fs";
        console.log(JSON.stringify(({READ})(ICAL, readFileSync(0, "utf8"))));
    """
    command = [node, "--input-type=module", "-e", script]
    done = subprocess.run(command, input=body, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def _in_chromium(text: str) -> list[dict[str, Any]]:
    # Playwright's plain interface refuses to run where an event loop does.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(_evaluate, text).result()


def _evaluate(text: str) -> list[dict[str, Any]]:
    with sync_playwright() as playwright:
        path = CHROMIUM if Path(CHROMIUM).exists() else None
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page()
        source = json.dumps("data:text/javascript;charset=utf-8," + quote(VENDOR.read_text()))
        found: list[dict[str, Any]] = page.evaluate(
            f"async (text) => ({READ})((await import({source})).default, text)", text
        )
        browser.close()
    return found


def _moment(text: str) -> datetime | date:
    if len(text) == 10:
        return date.fromisoformat(text)
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _utc(value: datetime | date) -> datetime | date:
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def unfolded(body: bytes) -> list[str]:
    """The lines of a calendar as they were before folding."""
    return body.replace(b"\r\n ", b"").decode().split("\r\n")
