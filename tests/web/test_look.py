"""The look keeps what it promises: contrast, size, names of controls, policy, and the small scripts."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser

from summit_service.web.layout import STATIC, environment, templates_dir
from tests.web import pages

SHEET = (STATIC / "site.css").read_text()
TESTS = Path(__file__).parent.parent
GROUNDS = ("paper", "surface")
TEXTS = ("ink", "muted", "accent", "warm", "danger")
READABLE = [
    *((text, ground) for text in TEXTS for ground in GROUNDS),
    *((text, "accent-soft") for text in ("ink", "muted", "accent")),
    *((text, "warning") for text in ("ink", "muted", "accent", "warm", "danger")),
    ("on-accent", "accent"),
]
VISIBLE = [(line, ground) for line in ("line", "accent", "warm", "danger") for ground in GROUNDS]
SCHEMES = ("light", "dark")
WIDTHS = (320, 360, 1280)


def tokens(scheme: str) -> dict[str, str]:
    """The colours of a scheme; the dark block overrides the light one."""
    light, dark = re.findall(r":root \{(.*?)\n\s*\}", SHEET, re.DOTALL)[:2]
    blocks = light if scheme == "light" else light + dark
    return dict(re.findall(r"--([a-z-]+): (#[0-9A-F]{6});", blocks))


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def render(template: str, **context: object) -> str:
    known: dict[str, object] = {
        "actor": SimpleNamespace(is_signed_in=True, name="Ana Ruiz", is_secretariat=True),
        "network": "A network of organisations that work on empathy in healthcare",
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


def test_contrast_of_the_measure_itself() -> None:
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("text", "ground"), READABLE)
def test_text_on_its_ground_is_readable(scheme: str, text: str, ground: str) -> None:
    colours = tokens(scheme)

    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("line", "ground"), VISIBLE)
def test_line_of_a_control_is_visible(scheme: str, line: str, ground: str) -> None:
    colours = tokens(scheme)

    assert contrast(colours[line], colours[ground]) >= 3


def test_schemes_name_the_same_colours() -> None:
    assert len(set(tokens("light").values()) & set(tokens("dark").values())) == 0


def test_every_property_that_is_used_is_defined() -> None:
    sheets = SHEET + (STATIC / "grids.css").read_text()
    defined = set(re.findall(r"^\s*(--[a-z0-9-]+):", SHEET, re.MULTILINE))

    assert set(re.findall(r"var\((--[a-z0-9-]+)\)", sheets)) <= defined


def test_sheets_are_small_and_load_nothing() -> None:
    for name in ("site.css", "grids.css"):
        text = (STATIC / name).read_text()

        assert len(text.encode()) <= 25_000
        assert not re.findall(r"@import|@font-face|url\(|gradient\(", text)


def test_scripts_of_ours_are_small() -> None:
    for script in STATIC.glob("*.js"):
        assert script.stat().st_size < 2_000, script.name


@pytest.mark.parametrize("folder", [STATIC / "vendor", TESTS / "vendor"], ids=["pages", "tests"])
def test_vendored_files_are_the_published_ones(folder: Path) -> None:
    rows = re.findall(
        r"^\| (\S+) \| .* \| ([0-9a-f]{64}) \|$", (folder / "VENDORED.md").read_text(), re.MULTILINE
    )

    assert rows
    for name, checksum in rows:
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == checksum, name


def test_templates_hold_no_inline_style_or_script() -> None:
    own_pages = [path for path in templates_dir().rglob("*.html") if "email" not in path.parts]

    for path in own_pages:
        for element in pages.elements(path.read_text()):
            assert "style" not in element.attributes, f"{path.name}: {element}"
            assert not [name for name in element.attributes if name.startswith("on")], (
                f"{path.name}: {element}"
            )
            assert element.tag != "style", path.name
            assert element.tag != "script" or "src" in element.attributes, path.name


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


def test_field_keeps_and_escapes_what_was_typed() -> None:
    typed = '"><script>alert(1)</script>'
    source = (
        '{% import "_parts.html" as parts %}{{ parts.field("name", "Name", typed) }}'
        '{{ parts.textarea("note", "Note", typed) }}'
    )

    html = environment().from_string(source).render(typed=typed)

    assert "<script" not in html
    assert html.count("&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;") == 2


def test_button_shows_its_words_as_text() -> None:
    source = '{% import "_parts.html" as parts %}{{ parts.button("A & B", url="/x?a=1&b=2") }}'

    html = environment().from_string(source).render()

    assert html.strip() == '<a class="button outline" href="/x?a=1&amp;b=2">A &amp; B</a>'


def test_when_without_a_zone_keeps_that_of_the_moment() -> None:
    source = '{% import "_parts.html" as parts %}{{ parts.when(moment) }}'

    html = environment().from_string(source).render(moment=datetime(2027, 3, 5, 12, 30, tzinfo=UTC))

    expected = '<time datetime="2027-03-05T12:30+00:00" data-local>Friday 5 March 2027, 12:30 UTC</time>'
    assert html.strip() == expected


def test_error_page_offers_the_way_in_to_a_stranger() -> None:
    stranger = SimpleNamespace(is_signed_in=False, name="", is_secretariat=False)

    html = render("error.html", actor=stranger, title="Sign in first", sentence="Sign in.", status_code=401)

    main = html.split("<main")[1].split("</main>")[0]
    assert 'class="button main" href="/sign-in"' in main


@pytest.mark.browser
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
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

        assert said == []


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
    script = """() => [...document.querySelectorAll("button, .button, summary, select, textarea, label.tick,"
        + " input:not([type=hidden], [type=radio], [type=checkbox]), .site-links a, .tabs a, .jump a, .card h3 a")]
        .filter(e => e.checkVisibility())
        .filter(e => e.getBoundingClientRect().height < 43.5)
        .map(e => e.outerHTML)"""

    with pages.shown(browser, gallery, viewport={"width": width, "height": 800}) as page:
        assert page.evaluate(script) == []


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
        assert not page.get_by_role("link", name="Statements").is_visible()

        page.get_by_text("Menu").click()

        assert page.get_by_role("link", name="Statements").is_visible()
        assert page.get_by_role("link", name="My page").is_visible()


@pytest.mark.browser
def test_skip_link_leads_to_the_text(browser: Browser) -> None:
    html = render("error.html", title="There is no such page", sentence="It may be old.", status_code=404)

    with pages.shown(browser, html) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"

        page.keyboard.press("Enter")

        assert page.evaluate("document.activeElement.id") == "main"
