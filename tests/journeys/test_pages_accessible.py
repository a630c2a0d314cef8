"""Every page of the demo: axe finds nothing, it weighs under 100 kB, loads nothing from elsewhere, fits 360 px."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from summit_service.members import sheet
from summit_service.members.rules import Details
from tests.journeys.conftest import MEMBER, SECRETARY, Demo
from tests.web.pages import OF_SIZE_AND_COLOUR, violations, with_axe

pytestmark = pytest.mark.browser

PUBLIC = [
    "/",
    "/events",
    "/events?category=teaching",
    "/events?view=month",
    "/events?view=month&zone=Asia/Tokyo",
    "/events/lunchtime-learning",
    "/events/lunchtime-learning/occurrences",
    "/calendar",
    "/calendar?category=teaching",
    "/calendar?summit=YEAR",
    "/calendar/widget?category=teaching",
    "/widget/events",
    "/widget/events?theme=dark",
    "/events?q=nothing-like-it",
    "/summits",
    "/summits/2026",
    "/summits/2026/programme",
    "/summits/YEAR",
    "/summits/YEAR/programme",
    "/summits/YEAR/programme/changes",
    "/summits/YEAR/now",
    "/summits/YEAR/agenda",
    "/agendas/wrong/YEAR",
    "/summits/YEAR/register",
    "/summits/YEAR/call",
    "/contributions/wrong",
    "/contributions/LINK to people.example",
    "/contributions/LINK to people.example then /erasure",
    "/statements",
    "/statements/demonstration-empathy-can-be-taught",
    "/statements/demonstration-five-minutes-to-be-heard",
    "/statements/demonstration-empathy-can-be-taught?beside=fr",
    "/statements/demonstration-empathy-can-be-taught/verify",
    "/organisations",
    "/organisations/the-stoneygate-centre-for-empathic-healthcare",
    "/who-we-are",
    "/resources",
    "/resources?q=nothing-like-it",
    "/resources/ten-questions-for-the-first-five-minutes",
    "/join",
    "/join/wrong",
    "/sign-in",
    "/zones",
    "/mailbox",
    "/mailbox/1",
    "/mailbox/1?view=text",
    "/mailbox/1?view=headers",
    "/api/docs",
    "/api/docs/summits",
    "/api/docs/statements",
    "/no-such-page",
    "/sign/wrong",
    "/registrations/wrong",
    "/doors/wrong",
    "/invitations/wrong",
    "/invitations/LINK to ines.guest@people.example",
    "/invitations/LINK to ines.guest@people.example then /data",
    "/invitations/LINK to ines.guest@people.example then /erasure",
    "/speakers/wrong",
    "/speakers/LINK to speaker@people.example",
    "/speakers/LINK to speaker@people.example then /erasure",
    "/unsubscribe/wrong",
    "/sign/LINK to lena.example@people.example",
    "/sign/LINK to lena.example@people.example then /others",
    "/sign/FIRST LINK to lena.example@people.example",  # of the statement that is published: a link that has ended
    "/disputes/wrong",
    "/disputes/LINK to people.example",
    "/delegations/wrong",
    "/registrations/LINK to oskar.sample@people.example",
    "/registrations/LINK to oskar.sample@people.example then /delegates",
    "/registrations/LINK to oskar.sample@people.example then /sessions",
    "/registrations/LINK to oskar.sample@people.example then /letter",
    "/registrations/LINK to eda.exemple@people.example",
    "/certificates/wrong",
    "/certificates/CODE to eda.exemple@people.example then /certificate.pdf",
    "/letters/wrong",
    "/letters/CODE to priya.sample@people.example then .pdf",
]
MEMBERS = [
    "/me",
    "/me/data",
    "/me/erasure",
    "/me/erasure/confirmation",
    "/statements/demonstration-five-minutes-to-be-heard/comments",
    "/statements/demonstration-empathy-can-be-taught/comments?beside=fr",
    "/statements/demonstration-five-minutes-to-be-heard/versions",
    "/organisations/the-stoneygate-centre-for-empathic-healthcare/handover",
    "/organisations/the-stoneygate-centre-for-empathic-healthcare/registrations/YEAR",
    "/funding",
    "/unpublished",
    "/consortia",
    "/funding/kind-hospitals-together/consortia/new",
    "/funding/kind-hospitals-together",
    "/funding/new",
    "/resources",
    "/resources/new",
    "/events/new",
    "/events/import",
    "/events/lunchtime-learning/edit",
    "/events/lunchtime-learning/cancellation",
    "/events/lunchtime-learning/occurrences",
    "/events/lunchtime-learning/occurrences/2027-05-06/edit",
    "/events/lunchtime-learning/occurrences/2027-05-06/cancellation",
    "/events/lunchtime-learning/history",
    "/organisations/the-stoneygate-centre-for-empathic-healthcare/logo",
    "/organisations/the-stoneygate-centre-for-empathic-healthcare/people",
    "/organisations/the-stoneygate-centre-for-empathic-healthcare/calendars",
    "/organisations/the-stoneygate-centre-for-empathic-healthcare/calendars/1",
    "/organisations/the-stoneygate-centre-for-empathic-healthcare/edit",
]
DESK = [
    "/consortia/1",
    "/consortia/1/outline",
    "/consortia/1/outline/versions",
    "/consortia/1/outline/versions/1",
    "/consortia/1/outline/versions/1/changes/2",
    "/consortia/1/outcome",
    "/funding/kind-hospitals-together/withdrawal",
    "/funding/kind-hospitals-together/edit",
    "/desk",
    "/desk/ahead",
    "/desk/import",
    "/desk/calendars",
    "/desk/feed-check",
    "/desk/people/1/calendars",
    "/resources/ten-questions-for-the-first-five-minutes/edit",
    "/resources/ten-questions-for-the-first-five-minutes/file",
    "/resources/ten-questions-for-the-first-five-minutes/withdrawal",
    "/resources/ten-questions-for-the-first-five-minutes/history",
    "/desk/announcements",
    "/desk/announcements/new",
    "/desk/announcements/1",
    "/desk/announcements/1/edit",
    "/desk/announcements/1/deletion",
    "/desk/enquiries",
    "/desk/organisations/the-stoneygate-centre-for-empathic-healthcare",
    "/desk/log",
    "/desk/settings",
    "/desk/officers/new",
    "/desk/officers/3",
    "/desk/log?kind=event&who=a",
    "/desk/mails",
    "/desk/mails/1",
    "/desk/mails/received",
    "/desk/mails/1?view=text",
    "/desk/mails/copies?mail=1&mail=2",
    "/desk/statements",
    "/desk/statements/new",
    "/desk/statements/demonstration-five-minutes-to-be-heard",
    "/desk/statements/demonstration-five-minutes-to-be-heard/reminders",
    "/desk/statements/demonstration-five-minutes-to-be-heard/title",
    "/desk/statements/demonstration-five-minutes-to-be-heard/asked/the-empathy-place",
    "/desk/statements/demonstration-empathy-can-be-taught",
    "/desk/statements/demonstration-five-minutes-to-be-heard/comments",
    "/desk/summits",
    "/desk/summits/new",
    "/desk/summits/YEAR",
    "/desk/summits/YEAR/next",
    "/desk/summits/YEAR/grid",
    "/desk/summits/YEAR/speakers",
    "/desk/summits/YEAR/sessions/new",
    "/organisations/new",
    "/desk/summits/YEAR/programme",
    "/desk/summits/YEAR/registrations",
    "/desk/summits/YEAR/doors",
    "/desk/summits/YEAR/sign-ups",
    "/desk/summits/YEAR/sign-ups/adapting-empathico-e-learning-for-use-in-medical-stu",
    "/desk/summits/YEAR/badges",
    "/desk/summits/YEAR/needs",
    "/desk/summits/YEAR/letters",
    "/desk/summits/YEAR/afterwards",
    "/desk/summits/YEAR/invitations",
    "/desk/summits/YEAR/questions",
    "/desk/summits/YEAR/questions/new",
    "/desk/summits/YEAR/questions/menu",
    "/desk/summits/YEAR/call",
    "/desk/summits/YEAR/contributions",
    "/desk/summits/YEAR/contributions/1",
]
HEAVIEST = 100_000
NEWCOMER = Details(name="House of Listening", kind="charity", contact_email="new@people.example")
LOADED = """[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
    .map(entry => [entry.name, entry.decodedBodySize])"""
PHONE: ViewportSize = {"width": 360, "height": 740}
WIDE: ViewportSize = {"width": 1280, "height": 900}
PAGES = [
    *(("public", path) for path in PUBLIC),
    *(("member", path) for path in MEMBERS),
    *(("secretariat", path) for path in DESK),
]


@pytest.fixture(scope="module")
def windows(browser: Browser, demo: Demo) -> Iterator[Callable[[str], Page]]:
    """A window for each reader, opened when first asked for and kept for all their pages: a new one takes long."""
    opened: dict[str, BrowserContext] = {}

    def window(reader: str) -> Page:
        if reader not in opened:
            # with less motion no colour is on its way to another while axe measures
            opened[reader] = with_axe(browser, color_scheme="dark", reduced_motion="reduce")
            page = opened[reader].new_page()
            if reader != "public":
                demo.sign_in(page, MEMBER if reader == "member" else SECRETARY)
        return opened[reader].pages[0]

    yield window
    for context in opened.values():
        context.close()


@pytest.mark.parametrize(("reader", "path"), PAGES)
def test_page_is_accessible_and_light(
    windows: Callable[[str], Page], demo: Demo, reader: str, path: str
) -> None:
    page = windows(reader)
    _as_on_a_phone(page)
    page.goto(demo.address(path, page), wait_until="load")

    assert list(_faults_of(page, demo)) == []


@pytest.mark.parametrize(
    ("path", "label", "name", "content", "button"),
    [
        ("/desk/summits/YEAR/programme", "The file", "another.json", '{"sessions": []}', "Replace the draft"),
        ("/desk/import", "CSV file", "more.csv", sheet.written([NEWCOMER]), "Take it in"),
    ],
)
def test_page_of_a_sent_file_is_accessible_and_light(
    windows: Callable[[str], Page],
    demo: Demo,
    path: str,
    label: str,
    name: str,
    content: str | bytes,
    button: str,
) -> None:
    page = windows("secretariat")
    _as_on_a_phone(page)
    page.goto(demo.address(path, page), wait_until="load")
    data = content if isinstance(content, bytes) else content.encode()
    page.get_by_label(label).set_input_files({"name": name, "mimeType": "text/plain", "buffer": data})
    page.get_by_role("button", name="Say what it would do").click()

    assert page.get_by_role("button", name=button).is_visible()
    assert list(_faults_of(page, demo)) == []


def _as_on_a_phone(page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="dark")


def _faults_of(page: Page, demo: Demo) -> Iterator[str]:
    """As a phone in the dark shows it, then a wide window in the light: the schemes are the same on all pages."""
    yield from (*_weighed(page, demo), *_too_wide(page), *violations(page))
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")
    yield from (*_too_wide(page), *violations(page, OF_SIZE_AND_COLOUR))


def _weighed(page: Page, demo: Demo) -> Iterator[str]:
    """All that the browser holds of the page, as it counts it before any compression."""
    parts = page.evaluate(LOADED)
    weight = sum(size for _url, size in parts)
    elsewhere = [url for url, _size in parts if not url.startswith((demo.base_url, "data:"))]

    assert weight > 0
    if weight > HEAVIEST:
        yield f"weighs {weight:,} bytes"
    if elsewhere:
        yield f"loads {elsewhere}"


def _too_wide(page: Page) -> Iterator[str]:
    sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if sideways > 0:
        yield f"is {sideways} px too wide at {page.viewport_size}"
