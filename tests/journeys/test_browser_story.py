"""The whole story of the main job in Chromium, with scripts and without: what a newcomer to the demo clicks through."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.conftest import MEMBER, SECRETARY, Demo

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A phone; every message in its console is kept as a fault."""
    window = browser.new_context(java_script_enabled=request.param, viewport={"width": 360, "height": 740})
    opened, faults = window.new_page(), []
    opened.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: faults.append(str(error)))
    yield opened
    window.close()
    assert [fault for fault in faults if "status of 4" not in fault] == []


def test_member_posts_an_event_that_stands_in_the_feed(
    page: Page, demo: Demo, request: pytest.FixtureRequest
) -> None:
    title = f"Story of {request.node.callspec.id}"
    day = 8 if request.node.callspec.id.startswith("no") else 1  # far apart, so that nothing is asked
    demo.sign_in(page, MEMBER, is_story=True)

    page.goto(f"{demo.base_url}/events/new")
    page.get_by_label("Title").fill(title)
    page.get_by_role("textbox", name="First day").fill(f"2027-07-0{day}")
    page.get_by_label("Begins at").fill("18:00")
    page.get_by_label("Ends at").fill("17:00")
    page.locator("input[name=mode][value=online]").check()
    page.get_by_role("button", name="Publish this event").click()
    expect(page.get_by_label("Title")).to_have_value(title)
    page.get_by_label("Ends at").fill("19:30")
    page.get_by_role("button", name="Publish this event").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.get_by_role("main")).to_contain_text(f"Thursday {day} July 2027")
    feed = httpx.get(f"{demo.base_url}/calendar.ics").text
    assert f"SUMMARY:{title}" in feed
    entry = next(part for part in feed.split("BEGIN:VEVENT") if title in part)
    assert f"DTSTART;TZID=Europe/London:2027070{day}T180000" in entry


def test_delegate_registers_and_cancels_by_the_link(
    page: Page, demo: Demo, request: pytest.FixtureRequest
) -> None:
    name = f"Delegate {request.node.callspec.id.title()}"
    email = f"{request.node.callspec.id}@story.example"

    page.goto(f"{demo.base_url}/summits/{demo.year}/programme")
    expect(page.get_by_role("main")).to_contain_text("ROE: Return on Empathy")
    page.goto(f"{demo.base_url}/summits/{demo.year}")
    page.get_by_role("main").get_by_role("link", name="Register").first.click()
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("main")).to_contain_text("Your name is missing")
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Your e-mail address").fill(email)
    page.locator("input[value=in_person]").check()
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("main")).to_contain_text("Your place in person is confirmed")

    page.goto(demo.newest_link(page, email, "/registrations/"))
    expect(page.get_by_role("main")).to_contain_text(name)
    page.get_by_role("link", name="Cancel my registration").click()
    page.get_by_role("button", name="Yes, cancel my registration").click()
    expect(page.get_by_role("main")).to_contain_text("This registration is cancelled")


@pytest.mark.parametrize("page", [False], ids=["no-scripts"], indirect=True)
def test_statement_is_drafted_signed_and_published_without_scripts(
    page: Page, browser: Browser, demo: Demo
) -> None:
    """Each page of it once; with scripts forty members do it all, in test_evidence_browser_story.py."""
    title = "Story without scripts"
    closes = datetime.now(UTC) + timedelta(days=9)
    demo.sign_in(page, SECRETARY, is_story=True)

    page.goto(f"{demo.base_url}/desk/statements/new")
    page.get_by_label("Title").fill(title)
    page.locator("textarea[name=text]").fill("# Time\n\nListen first.\n\nAsk afterwards.")
    page.locator("input[value=sign_on]").check()
    page.get_by_role("button", name="Save the draft").click()
    board = page.url.split("?")[0]
    _round_of_comments(page, demo, board, "# Time\n\nListen first, always.\n\nThen ask.")
    page.goto(board)
    _step(page, "Freeze")
    page.goto(board)
    page.get_by_role("link", name=re.compile("signing", re.IGNORECASE)).first.click()
    page.get_by_label("Until when?").fill(f"{closes:%Y-%m-%dT17:00}")
    page.get_by_label("Zone").fill("Europe/London")
    page.get_by_label("After how many days may you end signing").fill("0")
    last = demo.last_mail()
    page.get_by_role("main").get_by_role("button").last.click()
    expect(page.get_by_role("main")).to_contain_text("Answers are taken until")

    _sign_in_a_mail_program(
        browser, demo.newest_link(page, "ada.example@people.example", "/sign/", after=last)
    )
    _hand_on(page, demo, "deputy@people.example", after=last)
    page.goto(demo.newest_link(page, "chidi.example@people.example", "/sign/", after=last))
    page.get_by_role("button", name="Decline", exact=True).click()
    page.locator("textarea[name=reason]").fill("It promises too much.")
    _confirm(page, "Decline now")

    page.goto(board)
    page.get_by_role("link", name=re.compile("^End signing")).click()
    page.get_by_label("Why?").fill("The board meets tomorrow.")
    page.get_by_role("main").get_by_role("button").last.click()
    page.goto(board)
    page.get_by_role("link", name=re.compile("^Publish")).click()
    page.get_by_role("main").get_by_role("button").last.click()
    page.goto(f"{demo.base_url}/statements")
    page.get_by_role("link", name=title).click()
    expect(page.get_by_role("main")).to_contain_text("Ada Example")
    expect(page.get_by_role("main")).to_contain_text("signed by The Deputy")
    expect(page.get_by_role("main")).not_to_contain_text("Chidi Example")
    page.get_by_role("link", name="Check it yourself").click()
    expect(page.get_by_role("main")).to_contain_text("Without JavaScript, check by hand")


def _sign_in_a_mail_program(browser: Browser, letter: str) -> None:
    """In a browser without a cookie, which gets none."""
    window = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = window.new_page()
    page.goto(letter)
    page.get_by_role("button", name="Sign", exact=True).click()
    page.get_by_role("button", name="Sign now").click()
    expect(page.get_by_role("main")).to_contain_text("need")
    page.locator("input[name=capacity][value=organisation]").check()
    page.get_by_label("Type your name").fill("Ada Example")
    page.locator("input[name=attested]").check()
    page.get_by_role("button", name="Sign now").click()
    expect(page.get_by_role("main")).to_contain_text("Fingerprint of the record")
    assert window.cookies() == []
    window.close()


def _round_of_comments(page: Page, demo: Demo, board: str, text: str) -> None:
    """Members are asked; one says something by the link in the mail; it is answered, and the text is changed."""
    last = demo.last_mail()
    closes = datetime.now(UTC) + timedelta(days=20)
    page.goto(f"{board}/consultation")
    page.get_by_label("Until when?").fill(f"{closes:%Y-%m-%dT17:00}")
    page.get_by_label("For how many days").fill("0")
    page.get_by_role("main").get_by_role("button").last.click()
    page.goto(demo.newest_link(page, MEMBER, "/comments/", after=last))
    page.get_by_label("Why, or what else?").fill("Say when.")
    page.get_by_role("button", name="Send the comment").click()
    expect(page.get_by_role("main")).to_contain_text("Say when.")
    page.goto(f"{board}/freeze")
    page.get_by_role("main").get_by_role("button", name="Freeze the text").click()
    expect(page.get_by_role("main")).to_contain_text("has no answer yet")
    page.goto(f"{board}/comments")
    unanswered = page.locator("article details[open]")
    unanswered.get_by_label("What becomes of it?").select_option("accepted")
    unanswered.get_by_label("Why?").fill("It is in the next text.")
    unanswered.get_by_role("button", name="Keep the answer").click()
    page.goto(f"{board}/versions")
    page.locator("textarea[name=text]").fill(text)
    page.get_by_role("button", name="Save this version").click()


def _hand_on(page: Page, demo: Demo, deputy: str, *, after: int) -> None:
    """Bo names somebody new, the main contact confirms, and the deputy signs by a link of their own."""
    page.goto(demo.newest_link(page, "bo.example@people.example", "/sign/", after=after))
    page.get_by_role("link", name="Somebody else should answer").click()
    page.get_by_label("Their name").fill("The Deputy")
    page.get_by_label("Their address").fill(deputy)
    page.get_by_role("button", name="Ask the main contact").click()
    page.goto(demo.newest_link(page, "@members.example", "/delegations/", after=after))
    page.locator("input[name=sure]").check()
    page.get_by_role("button", name="Let them answer").click()
    page.goto(demo.newest_link(page, deputy, "/sign/", after=after))
    page.get_by_role("button", name="Sign", exact=True).click()
    page.locator("input[name=capacity][value=organisation]").check()
    _confirm(page, "Sign now")


def _confirm(page: Page, button: str) -> None:
    page.get_by_label("Type your name").fill("My Name")
    page.locator("input[name=attested]").check()
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("main")).to_contain_text("Fingerprint of the record")


def _step(page: Page, words: str) -> None:
    page.get_by_role("link", name=re.compile(f"^{words}")).click()
    page.get_by_role("main").get_by_role("button").last.click()
