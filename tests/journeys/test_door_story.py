"""The door in Chromium: people are let in by name and by camera while the network is cut, and nobody counts twice."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.journeys.conftest import SECRETARY, Demo
from tests.web.pages import chromium

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
SEEN = (640, 480)
SPOIL_THE_FIRST = """() => new Promise((settle) => { const opening = indexedDB.open("door", 1);
    opening.onsuccess = () => { const work = opening.result.transaction("queue", "readwrite");
    const kept = work.objectStore("queue"), asked = kept.getAll();
    asked.onsuccess = () => { const [scan] = asked.result; kept.delete(scan.id); kept.put({ ...scan, id: "short" }); };
    work.oncomplete = settle; }; })"""
"""One of the check-ins that wait gets a mark that no service takes."""


@pytest.fixture(scope="module")
def before_the_camera(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the helper's camera sees: one picture, over and over."""
    return tmp_path_factory.mktemp("camera") / "seen.mjpeg"


@pytest.fixture(scope="module")
def browser(before_the_camera: Path) -> Iterator[Browser]:
    """Chromium with a camera of which its person has allowed the use."""
    switches = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    with chromium(*switches, f"--use-file-for-fake-video-capture={before_the_camera}") as started:
        yield started


@pytest.fixture
def desk(browser: Browser) -> Iterator[Page]:
    """The secretariat's laptop."""
    window = browser.new_context()
    yield window.new_page()
    window.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """A helper's phone."""
    window = browser.new_context(viewport={"width": 360, "height": 740})
    yield window
    window.close()


def test_door_goes_on_without_a_network_and_counts_once(
    desk: Page, phone: BrowserContext, demo: Demo
) -> None:
    demo.sign_in(desk, SECRETARY)
    first, second = (_open_door(desk, phone, demo, name) for name in ("Main entrance", "Side door"))
    names = first.evaluate("fetch(location.pathname + '/list.json').then((answer) => answer.json())")
    anna, ben, cleo, dora, erik, *_ = [one for one in names["people"] if one["attendance"] == "in_person"]

    phone.set_offline(True)
    _reload(first)
    expect(first.locator("#line")).to_contain_text("No network: this page goes on working.")
    _check_in(first, anna["name"])
    expect(first.locator("#answer")).to_contain_text(f"Welcome, {anna['name']}")
    _check_in(first, anna["name"])
    expect(first.locator("#answer")).to_contain_text(f"Already checked in: {anna['name']}")
    _check_in(second, anna["name"])
    _check_in(second, ben["name"])
    expect(second.locator("#answer")).to_contain_text(f"Welcome, {ben['name']}")
    _reload(first)
    expect(first.locator("#line")).to_contain_text("2 check-ins wait to be sent.")

    phone.set_offline(False)
    _reload(first)
    for page in (first, second):
        expect(page.locator("#line")).not_to_contain_text("to be sent", timeout=20_000)
    _check_in(second, anna["name"])
    expect(second.locator("#answer")).to_contain_text("Main entrance")
    desk.goto(f"{demo.base_url}/desk/summits/{demo.year}/doors")
    expect(desk.locator("#arrivals")).to_contain_text("2 people have come.")

    phone.route("**/uploads", lambda route: route.fulfill(status=422, body="{}"))
    _check_in(second, cleo["name"])
    expect(second.locator("#line")).to_contain_text(
        "does not take what this device sent (422). Nothing is lost"
    )
    phone.unroute("**/uploads")
    _reload(second)
    expect(second.locator("#line")).not_to_contain_text("to be sent")
    desk.reload()
    expect(desk.locator("#arrivals")).to_contain_text("3 people have come.")

    phone.set_offline(True)
    _reload(second)  # what left before the browser cut the network would be counted, and then spoilt here
    expect(second.locator("#line")).to_contain_text("No network: this page goes on working.")
    for one in (dora, erik):
        _check_in(second, one["name"])
    second.evaluate(SPOIL_THE_FIRST)
    _reload(second)
    expect(second.locator("#line")).to_contain_text("2 check-ins wait to be sent.")
    phone.route("**/uploads", _choke_on_the_spoilt)
    phone.set_offline(False)
    _reload(second)
    expect(second.locator("#line")).to_contain_text("(500). Nothing is lost")
    expect(second.locator("#line")).to_contain_text("1 check-in waits to be sent.")
    phone.unroute("**/uploads")
    _reload(second)
    expect(second.locator("#line")).to_contain_text("1 could not be taken: see below.")
    expect(second.locator("#line")).not_to_contain_text("to be sent")
    spoilt = second.locator("#refusals li")
    expect(spoilt).to_contain_text("It has no mark of 8 to 64 letters")
    desk.reload()
    expect(desk.locator("#arrivals")).to_contain_text("4 people have come.")
    _reload(second)
    spoilt.get_by_role("button", name="Try again").click()
    expect(spoilt).to_have_count(0)
    desk.reload()
    expect(desk.locator("#arrivals")).to_contain_text("5 people have come.")

    first.get_by_text("Leave this door").first.click()
    first.get_by_role("button", name="Leave this door").click()
    expect(first.get_by_role("heading", level=1)).to_have_text("You have left the door")
    kept = second.evaluate(
        """() => new Promise((settle) => { const opening = indexedDB.open("door", 1);
        opening.onsuccess = () => { const asked = opening.result.transaction("lists").objectStore("lists").getAllKeys();
        asked.onsuccess = () => settle(asked.result); }; })"""
    )
    assert kept == [second.evaluate("location.pathname")]


def test_camera_reads_the_ticket_from_a_delegates_page_without_a_network(
    desk: Page, phone: BrowserContext, demo: Demo, before_the_camera: Path
) -> None:
    demo.sign_in(desk, SECRETARY)
    door = _open_door(desk, phone, demo, "Camera door")
    desk.goto(demo.newest_link(desk, "oskar.sample@people.example", "/registrations/"))
    shown = desk.get_by_alt_text("The QR code of your ticket").screenshot()
    held_out = Image.new("RGB", SEEN, "#777")
    held_out.paste(Image.open(io.BytesIO(shown)).convert("RGB").resize((300, 300)), (170, 90))
    held_out.rotate(8, fillcolor="#777").save(before_the_camera, "JPEG", quality=80)

    phone.set_offline(True)
    door.get_by_role("button", name="Scan with the camera").click()

    expect(door.locator("#answer")).to_contain_text(
        re.compile("(Welcome,|Already checked in:) Oskar Sample"), timeout=20_000
    )
    door.get_by_role("button", name="Stop the camera").click()
    expect(door.locator("#camera")).to_be_hidden()
    phone.set_offline(False)


def _open_door(desk: Page, phone: BrowserContext, demo: Demo, name: str) -> Page:
    desk.goto(f"{demo.base_url}/desk/summits/{demo.year}/doors")
    desk.get_by_label("Name of a new door").fill(name)
    desk.get_by_role("button", name="Make this door").click()
    page = phone.new_page()
    page.goto(desk.get_by_label("The helper’s link").input_value())
    expect(page.locator("#door")).to_have_attribute("data-kept", "yes")
    return page


def _reload(page: Page) -> None:
    """Opened anew, and the script has shown what it kept and tried to send it: before that its line is empty."""
    page.reload()
    expect(page.locator("#door")).to_have_attribute("data-ready", "yes", timeout=20_000)


def _choke_on_the_spoilt(route: Route) -> None:
    """A service that fails at that one line."""
    if '"short"' in (route.request.post_data or ""):
        route.fulfill(status=500)
    else:
        route.continue_()


def _check_in(page: Page, name: str) -> None:
    page.get_by_label("Part of a name, or a number").fill(name)
    line = page.locator("#found li").filter(has=page.get_by_text(name, exact=True))
    line.get_by_role("button", name="Check in").click()
    expect(page.locator("#answer")).to_contain_text(name)
