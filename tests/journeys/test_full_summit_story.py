"""The summit in Chromium: from a full one to a certificate that anybody checks; from a call to a released session."""

from __future__ import annotations

import io
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from tests.journeys.conftest import SECRETARY, Demo

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
FIRST, SECOND = ("Fay First", "fay.first@full.example"), ("Wim Waits", "wim.waits@full.example")


@pytest.fixture
def desk(browser: Browser) -> Iterator[Page]:
    """The secretariat's laptop."""
    window = browser.new_context()
    yield window.new_page()
    window.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A delegate's phone."""
    window = browser.new_context(viewport={"width": 360, "height": 740})
    yield window.new_page()
    window.close()


def test_from_a_full_summit_to_a_certificate_that_anybody_checks(desk: Page, phone: Page, demo: Demo) -> None:
    demo.sign_in(desk, SECRETARY)
    year = int(demo.year) + 31
    base, last = f"{demo.base_url}/desk/summits/{year}", demo.last_mail()
    _plan(desk, demo, year)
    main = phone.get_by_role("main")

    _register(phone, demo, year, *FIRST)
    expect(main).to_contain_text("Your place in person is confirmed")
    _register(phone, demo, year, *SECOND)
    expect(main).to_contain_text("waiting list")
    phone.goto(demo.newest_link(phone, FIRST[1], "/registrations/", after=last))
    phone.get_by_role("link", name="Cancel my registration").click()
    last = demo.last_mail()
    phone.get_by_role("button", name="Yes, cancel my registration").click()
    phone.goto(demo.newest_link(phone, SECOND[1], "/registrations/", after=last))
    expect(main).to_contain_text("A place in person is held for you")
    phone.get_by_role("button", name="Take the place").click()
    expect(main).to_contain_text("Your place in person is confirmed")
    expect(phone.get_by_alt_text("The QR code of your ticket")).to_be_visible()

    desk.goto(f"{base}/badges")
    desk.get_by_role("button", name="Print those that are new").click()
    sheet = desk.get_by_role("link", name="Open the sheets").first.get_attribute("href")
    badge = _text(desk, demo.base_url + str(sheet))
    assert SECOND[0] in badge
    assert FIRST[0] not in badge
    desk.goto(f"{base}/doors")
    desk.get_by_label("Name of a new door").fill("Main entrance")
    desk.get_by_role("button", name="Make this door").click()
    desk.goto(desk.get_by_label("The helper’s link").input_value())
    expect(desk.locator("#door")).to_have_attribute("data-kept", "yes")
    desk.get_by_label("Part of a name, or a number").fill("Wim")
    desk.locator("#found").get_by_role("button", name="Check in").click()
    expect(desk.locator("#answer")).to_contain_text(f"Welcome, {SECOND[0]}")
    expect(desk.locator("#line")).not_to_contain_text("to be sent")

    _let_it_be_over(demo, year)
    desk.goto(f"{base}/afterwards")
    last = demo.last_mail()
    desk.get_by_role("button", name="Send the mail to one person").click()
    expect(desk.get_by_role("main")).to_contain_text("The mails about certificates are on their way")
    certificate = _text(phone, demo.newest_link(phone, SECOND[1], "/registrations/", after=last))
    assert SECOND[0] in certificate
    check = re.search(rf"{re.escape(demo.base_url)}/certificates/\S+", certificate)
    assert check is not None
    phone.goto(check[0])
    expect(main).to_contain_text("This certificate is valid")
    expect(main).not_to_contain_text("Wim")
    phone.get_by_label("The name on the certificate").fill("wim waits")
    phone.get_by_role("button", name="Compare the name").click()
    expect(main).to_contain_text("It was made out to this name")


def test_from_a_call_to_a_session_that_is_released_moved_and_moved_back(
    desk: Page, phone: Page, demo: Demo
) -> None:
    demo.sign_in(desk, SECRETARY)
    year = int(demo.year) + 36
    base, public, day = (
        f"{demo.base_url}/desk/summits/{year}",
        f"{demo.base_url}/summits/{year}",
        f"{year}-06-01",
    )
    _plan(desk, demo, year)
    desk.locator("textarea[name=rooms]").fill("Hall; 40\nLibrary; 20")
    desk.get_by_role("button", name="Save these lists").click()
    desk.goto(f"{base}/call")
    _type(desk, intro="Tell us.", kinds="Talk; 20", limit_per_person="1", most_words="50",
          closes_at=f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%dT12:00}")  # fmt: skip
    desk.get_by_role("button", name="Save the call").click()
    phone.goto(f"{public}/call")
    phone.locator("[name=kind]").select_option("Talk")
    _type(
        phone,
        title="Listening at night",
        abstract="Who sits there?",
        name="Ana Ruiz",
        email="ana@full.example",
    )
    phone.get_by_role("button", name="Propose it").click()
    expect(phone.get_by_role("main")).to_contain_text("“Listening at night” is number 1.")

    _let_the_call_close(demo, year)
    desk.goto(f"{base}/contributions/1")
    desk.locator("input[value=accepted]").check()
    desk.get_by_role("button", name="Keep the decision").click()
    desk.locator("[name=starts_at]").fill(f"{day}T09:00")
    desk.locator("[name=room]").select_option("Hall")
    desk.get_by_role("button", name="Put it into the draft").click()
    expect(desk.get_by_role("main")).to_contain_text("It is in the draft")
    desk.goto(f"{base}/programme")
    desk.get_by_role("button", name="Release the programme").click()
    phone.goto(f"{public}/programme")
    expect(phone.get_by_role("main")).to_contain_text("Listening at night")

    desk.goto(f"{base}/grid?day={day}")
    _move(desk, "Listening at night", start="11:00", room="Library")
    expect(desk.get_by_role("main")).to_contain_text("is at 11:00–11:20, Library now")
    desk.get_by_role("button", name="Undo").click()
    expect(desk.get_by_role("main")).to_contain_text("is at 09:00–09:20, Hall now")
    desk.goto(f"{base}/grid?day={day}")
    _move(desk, "Listening at night", start="11:00", room="Library")
    expect(desk.get_by_role("main")).to_contain_text("is at 11:00–11:20, Library now")
    phone.reload()
    expect(phone.get_by_role("main")).to_contain_text("09:00")
    desk.goto(f"{base}/programme")
    desk.locator("textarea[name=note]").fill("Another room.")
    desk.get_by_role("button", name="Release the changes").click()
    phone.reload()
    expect(phone.get_by_role("main")).to_contain_text("11:00")
    phone.goto(f"{public}/programme/changes")
    expect(phone.get_by_role("main")).to_contain_text("Another room.")
    expect(phone.get_by_role("main")).to_contain_text("Library")
    phone.goto(f"{public}/programme?release=1")
    expect(phone.get_by_role("main")).to_contain_text("09:00")


def _plan(desk: Page, demo: Demo, year: int) -> None:
    """One place in person; the year is none that the other stories look at."""
    desk.goto(f"{demo.base_url}/desk/summits/new")
    day = f"{year}-06-01"
    typed = {
        "year": str(year),
        "title": "A full summit",
        "starts_on": day,
        "ends_on": day,
        "timezone": "Etc/UTC",
    }
    _type(desk, **typed, venue="A small hall", in_person_capacity="1")
    desk.get_by_role("button", name="Make the summit").click()
    desk.get_by_label("It is meant to be off the cycle of two years").check()
    desk.get_by_role("button", name="Make the summit").click()
    desk.wait_for_url(re.compile(rf"/desk/summits/{year}"))


def _type(page: Page, **fields: str) -> None:
    """Into the fields of these names."""
    for name, value in fields.items():
        page.locator(f"[name={name}]").first.fill(value)


def _move(desk: Page, title: str, *, start: str, room: str) -> None:
    """Choose it on the grid, and type where it goes."""
    desk.locator("table.board").get_by_role("link", name=title).click()
    form = desk.locator("form.move")
    form.locator("[name=start]").fill(start)
    form.locator("[name=room]").select_option(room)
    form.get_by_role("button", name="Move it").click()


def _register(phone: Page, demo: Demo, year: int, name: str, email: str) -> None:
    phone.goto(f"{demo.base_url}/summits/{year}/register")
    phone.get_by_label("Your name").fill(name)
    phone.get_by_label("Your e-mail address").fill(email)
    phone.locator("input[value=in_person]").check()
    phone.get_by_role("button", name="Register").click()


def _text(page: Page, address: str) -> str:
    """What stands on a PDF."""
    pages = PdfReader(io.BytesIO(page.request.get(address).body())).pages
    return " ".join(" ".join(one.extract_text() for one in pages).split())


def _let_it_be_over(demo: Demo, year: int) -> None:
    """Nobody waits for the day: it is put into the past, where the service looks for it."""
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    _write(demo, "UPDATE edition SET starts_on = ?, ends_on = ? WHERE year = ?", yesterday, yesterday, year)


def _let_the_call_close(demo: Demo, year: int) -> None:
    """In the same way."""
    before = (datetime.now(UTC) - timedelta(hours=1)).isoformat(" ")
    of_year = "edition = (SELECT id FROM edition WHERE year = ?)"
    _write(demo, f"UPDATE contribution_call SET closes_instant = ? WHERE {of_year}", before, year)


def _write(demo: Demo, statement: str, *values: str | int) -> None:
    with closing(sqlite3.connect(demo.folder / "summit.sqlite")) as stored, stored:
        assert stored.execute(statement, values).rowcount == 1
