"""Every page of the demo: axe finds nothing, it weighs under 100 kB, loads nothing from elsewhere, fits 360 px."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, Response

from tests.journeys.conftest import MEMBER, SECRETARY, Demo
from tests.web.pages import violations

pytestmark = pytest.mark.browser

PUBLIC = [
    "/",
    "/events",
    "/events?category=teaching",
    "/events/lunchtime-learning",
    "/calendar",
    "/calendar?category=teaching",
    "/calendar?summit=YEAR",
    "/events?q=nothing-like-it",
    "/summits",
    "/summits/2026",
    "/summits/2026/programme",
    "/summits/YEAR",
    "/summits/YEAR/programme",
    "/summits/YEAR/register",
    "/statements",
    "/statements/demonstration-empathy-can-be-taught",
    "/statements/demonstration-five-minutes-to-be-heard",
    "/statements/demonstration-empathy-can-be-taught/verify",
    "/organisations",
    "/organisations/the-stoneygate-centre-for-empathic-healthcare",
    "/join",
    "/join/wrong",
    "/sign-in",
    "/mailbox",
    "/mailbox/1",
    "/mailbox/1?view=text",
    "/mailbox/1?view=headers",
    "/api/docs",
    "/no-such-page",
    "/sign/wrong",
    "/registrations/wrong",
]
MEMBERS = [
    "/me",
    "/events/new",
    "/events/lunchtime-learning/edit",
    "/events/lunchtime-learning/cancellation",
    "/organisations/the-stoneygate-centre-for-empathic-healthcare/people",
    "/organisations/the-stoneygate-centre-for-empathic-healthcare/edit",
]
DESK = [
    "/desk",
    "/desk/enquiries",
    "/desk/mails",
    "/desk/mails/1",
    "/desk/statements",
    "/desk/statements/new",
    "/desk/statements/demonstration-five-minutes-to-be-heard",
    "/desk/statements/demonstration-five-minutes-to-be-heard/reminders",
    "/desk/statements/demonstration-empathy-can-be-taught",
    "/desk/summits",
    "/desk/summits/new",
    "/desk/summits/YEAR",
    "/desk/summits/YEAR/sessions/new",
    "/organisations/new",
    "/desk/summits/YEAR/programme",
    "/desk/summits/YEAR/registrations",
]
HEAVIEST = 100_000
PHONE, WIDE = (360, 740), (1280, 900)
# Of what needs a login each size is looked at in one scheme: the colours are the same on all pages.
VIEWS = [
    ("public", PHONE, "light"),
    ("public", PHONE, "dark"),
    ("public", WIDE, "light"),
    ("public", WIDE, "dark"),
    ("member", PHONE, "dark"),
    ("member", WIDE, "light"),
    ("secretariat", PHONE, "dark"),
    ("secretariat", WIDE, "light"),
]


@pytest.mark.parametrize(("reader", "size", "scheme"), VIEWS)
def test_pages_are_accessible_and_light(
    browser: Browser, demo: Demo, reader: str, size: tuple[int, int], scheme: str
) -> None:
    faults: list[str] = []

    with _window(browser, demo, size, scheme) as page:
        for path in _paths_of(reader, demo, page):
            faults += [f"{path}: {fault}" for fault in _look_at(page, demo, path)]

    assert faults == []


def _paths_of(reader: str, demo: Demo, page: Page) -> list[str]:
    if reader == "public":
        letter = demo.newest_link(page, "lena.example@people.example", "/sign/")
        place = demo.newest_link(page, "people.example", "/registrations/")
        return [*PUBLIC, letter.removeprefix(demo.base_url), place.removeprefix(demo.base_url)]
    demo.sign_in(page, MEMBER if reader == "member" else SECRETARY)
    return MEMBERS if reader == "member" else DESK


def _look_at(page: Page, demo: Demo, path: str) -> Iterator[str]:
    loaded: list[Response] = []

    def note(answer: Response) -> None:
        loaded.append(answer)

    page.goto("about:blank")
    page.on("response", note)
    page.goto(demo.base_url + path.replace("YEAR", demo.year), wait_until="load")
    page.remove_listener("response", note)
    weight = sum(len(answer.body()) for answer in loaded if answer.status == 200)
    elsewhere = [answer.url for answer in loaded if not answer.url.startswith((demo.base_url, "data:"))]
    sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

    if weight > HEAVIEST:
        yield f"weighs {weight:,} bytes"
    if elsewhere:
        yield f"loads {elsewhere}"
    if sideways > 0:
        yield f"is {sideways} px too wide"
    yield from violations(page)


@contextmanager
def _window(browser: Browser, demo: Demo, size: tuple[int, int], scheme: str) -> Iterator[Page]:
    width, height = size
    window = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
        bypass_csp=True,
    )
    page = window.new_page()
    try:
        yield page
    finally:
        window.close()
