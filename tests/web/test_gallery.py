"""Every part in every state, as markup and in a browser: names, WCAG 2.2 AA, policy, targets, scripts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser

from summit_service.web.layout import STATIC, environment
from tests.web import pages

CONTROLS = (
    "button, .button, summary, select, textarea, label.tick, .site-links a, .tabs a, .jump a, .card h3 a, "
    "input:not([type=hidden], [type=radio], [type=checkbox])"
)
TOO_SMALL = """selector => [...document.querySelectorAll(selector)]
    .filter(e => e.checkVisibility())
    .filter(e => e.getBoundingClientRect().height < 43.5)
    .map(e => e.outerHTML)"""


def render(template: str, **context: object) -> str:
    known: dict[str, object] = {
        "actor": SimpleNamespace(is_signed_in=True, name="Ana Ruiz", is_secretariat=True),
        "network": "A network of organisations that work on empathy in healthcare",
        "motto": "We share events, meet every second year, and speak with one voice.",
        "imprint": "",
        "path": "/events",
        "csrf": "token",
        "base_url": "https://network.example",
        "demo": True,
        "noindex": True,
    }
    return environment().get_template(template).render(known | context)


@pytest.fixture
def gallery() -> str:
    return render("gallery.html", now=datetime(2027, 3, 1, tzinfo=UTC))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with pages.chromium() as opened:
        yield opened


def test_gallery_names_each_element_once(gallery: str) -> None:
    counts = Counter(
        element.attributes["id"] for element in pages.elements(gallery) if "id" in element.attributes
    )

    assert [name for name, count in counts.items() if count > 1] == []


def test_gallery_ties_labels_hints_and_faults_to_their_controls(gallery: str) -> None:
    found = pages.elements(gallery)
    ids = {element.attributes["id"] for element in found if "id" in element.attributes}
    named = [
        name
        for element in found
        for attribute in ("for", "aria-describedby", "aria-labelledby")
        for name in element.attributes.get(attribute, "").split()
    ]

    assert len(named) > 20
    assert set(named) <= ids


def test_fault_summary_leads_to_the_fields(gallery: str) -> None:
    found = pages.elements(gallery)
    ids = {element.attributes["id"]: element for element in found if "id" in element.attributes}
    links = {element.attributes.get("href") for element in found}

    assert {"#email", "#attendance"} <= links
    assert ids["email"].attributes["aria-invalid"] == "true"
    assert ids["attendance"].attributes["type"] == "radio"


def test_error_page_offers_the_way_in_to_a_stranger() -> None:
    stranger = SimpleNamespace(is_signed_in=False, name="", is_secretariat=False)

    html = render("error.html", actor=stranger, title="Sign in first", sentence="Sign in.", status_code=401)

    main = html.split("<main")[1].split("</main>")[0]
    assert 'class="button main" href="/sign-in"' in main


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_gallery_meets_wcag(browser: Browser, gallery: str, scheme: str, width: int) -> None:
    size = {"width": width, "height": 800}

    with pages.shown(browser, gallery, policy=False, color_scheme=scheme, viewport=size) as page:
        assert pages.violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
def test_gallery_breaks_no_policy(browser: Browser, gallery: str) -> None:
    with pages.shown(browser, gallery) as page:
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))

        page.reload()

        # The focus may be moved by our script before the browser comes to its own `autofocus`.
        assert [words for words in said if "Autofocus" not in words] == []


@pytest.mark.browser
def test_htmx_starts_under_the_policy(browser: Browser) -> None:
    html = environment().from_string('<!doctype html><title>x</title>{% include "_htmx.html" %}').render()

    with pages.shown(browser, html) as page:
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.reload()

        assert page.evaluate("[htmx.version, htmx.config.allowEval, htmx.config.includeIndicatorStyles]") == [
            "2.0.11",
            False,
            False,
        ]
        assert said == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
def test_controls_are_large_enough_to_hit(browser: Browser, gallery: str, width: int) -> None:
    with pages.shown(browser, gallery, viewport={"width": width, "height": 800}) as page:
        assert page.evaluate(TOO_SMALL, CONTROLS) == []


@pytest.mark.browser
def test_fault_summary_is_focused_when_the_page_opens(browser: Browser, gallery: str) -> None:
    with pages.shown(browser, gallery) as page:
        assert page.evaluate("document.activeElement.getAttribute('aria-labelledby')") == "fault-summary"


@pytest.mark.browser
@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/Paris", ["(your time 13:30–14:30, Europe/Paris)"]),
        ("Pacific/Auckland", ["(your time Saturday 6 March, 01:30–02:30, Pacific/Auckland)"]),
        ("Africa/Accra", []),
    ],
)
def test_readers_time_stands_beside_the_events(
    browser: Browser, gallery: str, zone: str, words: list[str]
) -> None:
    with pages.shown(browser, gallery, timezone_id=zone) as page:
        assert page.locator(".card .local").all_inner_texts() == words


@pytest.mark.browser
def test_menu_on_a_phone_opens_without_script(browser: Browser, gallery: str) -> None:
    phone = {"width": 360, "height": 640}

    with pages.shown(browser, gallery, viewport=phone, java_script_enabled=False) as page:
        assert not page.get_by_role("banner").get_by_role("link", name="Statements").is_visible()

        page.get_by_text("Menu").click()

        assert page.get_by_role("banner").get_by_role("link", name="Statements").is_visible()
        assert page.get_by_role("link", name="My page").is_visible()


@pytest.mark.browser
def test_skip_link_leads_to_the_text(browser: Browser) -> None:
    html = render("error.html", title="There is no such page", sentence="It may be old.", status_code=404)

    with pages.shown(browser, html) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"

        page.keyboard.press("Enter")

        assert page.evaluate("document.activeElement.id") == "main"


def test_frame_leaves_room_for_a_letter_under_30_kilobytes() -> None:
    html = render("error.html", title="A page without a text", sentence="It is empty.", status_code=404)

    sheets = [element.attributes["href"] for element in pages.elements(html) if element.tag == "link"]
    files = [STATIC / address.removeprefix("/static/").split("?")[0] for address in sheets]
    weight = len(html.encode()) + sum(file.stat().st_size for file in files)

    assert len(files) == 3
    assert weight < 30_000
