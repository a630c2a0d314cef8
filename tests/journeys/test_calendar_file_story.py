"""A member sends a calendar file in a browser, looks at its entries and takes two of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.conftest import MEMBER, Demo
from tests.web.pages import violations, with_axe

pytestmark = pytest.mark.browser

FILE = """BEGIN:VCALENDAR
X-WR-TIMEZONE:Europe/Berlin
BEGIN:VEVENT
UID:rounds@story.example
SUMMARY:Listening rounds
LOCATION:Charité, Berlin
DTSTART;TZID=Europe/Berlin:20300307T090000
DTEND;TZID=Europe/Berlin:20300307T100000
RRULE:FREQ=WEEKLY;COUNT=6
END:VEVENT
BEGIN:VEVENT
UID:rounds@story.example
RECURRENCE-ID;TZID=Europe/Berlin:20300314T090000
DTSTART;TZID=Europe/Berlin:20300315T110000
END:VEVENT
BEGIN:VEVENT
UID:day@story.example
SUMMARY:A day of listening
DTSTART;VALUE=DATE:20300401
END:VEVENT
BEGIN:VEVENT
UID:old@story.example
SUMMARY:Long ago
DTSTART:20100401T090000Z
END:VEVENT
BEGIN:VEVENT
UID:mars@story.example
SUMMARY:On Mars
DTSTART;TZID=Mars/Phobos:20300401T090000
END:VEVENT
END:VCALENDAR
"""


@pytest.mark.timeout(180)
def test_calendar_file_is_looked_at_and_taken(browser: Browser, demo: Demo, tmp_path: Path) -> None:
    file = tmp_path / "our calendar.ics"
    window = with_axe(browser, viewport={"width": 360, "height": 740}, color_scheme="dark")
    page = window.new_page()
    demo.sign_in(page, MEMBER)

    file.write_text(FILE)
    page.goto(f"{demo.base_url}/events/new")
    page.get_by_role("link", name="Send a calendar file").click()
    page.get_by_label("The calendar file").set_input_files(file)
    page.get_by_role("button", name="Show what is in it").click()
    lead = page.locator(".lead").inner_text()
    ticked = [box.is_checked() for box in page.get_by_role("checkbox").all()]
    faults = violations(page)
    width = page.evaluate("document.documentElement.scrollWidth")
    page.get_by_role("checkbox", name="A day of listening").uncheck()
    page.get_by_role("button", name="Take what is ticked").click()
    notice = page.get_by_role("main").inner_text()
    file.write_text(FILE.replace("Charité, Berlin", "Museum, Berlin"))
    page.goto(f"{demo.base_url}/events/import")
    page.get_by_label("The calendar file").set_input_files(file)
    page.get_by_role("button", name="Show what is in it").click()
    again = page.get_by_role("main").inner_text()
    faults += violations(page)
    window.close()

    assert "3 new, 0 changed, 0 known already, 1 that cannot be taken" in lead
    assert ticked == [True, True, False]
    assert "1 new, 0 changed" in notice
    assert "“Mars/Phobos” is not one that we know" in notice
    assert "2 new, 1 changed" in again
    assert "Museum, Berlin" in again
    assert faults == []
    assert width <= 360
