"""The look keeps what it promises: contrast, small files, no inline style, what was typed is kept."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from summit_service.templating import templates_dir
from summit_service.web.layout import STATIC, environment
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
    sizes = {script.name: script.stat().st_size for script in STATIC.glob("*.js")}

    # The verifier is loaded on one page alone, by those who check a bundle.
    assert sizes.pop("verify.js") < 36_000
    # The door works without a network, on one page alone.
    assert sizes.pop("door.js") < 20_000
    # Dragging on the grid of the programme, on one page of the desk.
    assert sizes.pop("board.js") < 4_000
    assert {name: size for name, size in sizes.items() if size >= 2_000} == {}


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
            is_data = element.attributes.get("type") == "application/ld+json"
            assert element.tag != "script" or "src" in element.attributes or is_data, path.name


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

    expected = (
        '<time datetime="2027-03-05T12:30+00:00" data-local>'
        'Friday 5 March 2027, <span class="unbroken">12:30 UTC</span></time>'
    )
    assert html.strip() == expected
