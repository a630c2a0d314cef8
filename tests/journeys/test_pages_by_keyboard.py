"""Pages walked with the tab key alone, on a phone's width: nothing is left out, hidden, out of order or a trap."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import MEMBER, SECRETARY, Demo

pytestmark = pytest.mark.browser

PAGES = [
    ("public", "/"),
    ("public", "/events?category=teaching"),
    ("public", "/events?view=month"),
    ("public", "/summits/YEAR/programme"),
    ("public", "/summits/YEAR/call"),
    ("public", "/calendar?category=teaching"),
    ("public", "/sign/LINK to lena.example@people.example"),
    ("public", "/registrations/LINK to oskar.sample@people.example"),
    ("member", "/me"),
    ("member", "/statements/demonstration-five-minutes-to-be-heard/comments"),
    ("secretariat", "/desk"),
    ("secretariat", "/desk/summits/YEAR/grid"),
    ("secretariat", "/desk/statements/demonstration-five-minutes-to-be-heard"),
]
"""Of each kind of page one, without fields of date and time: a browser gives each of their parts a stop of its own."""
STOPS = """() => {
    const shown = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
        .filter(one => !one.disabled && one.tabIndex >= 0 && one.checkVisibility({visibilityProperty: true}));
    const rest = shown.filter(one => one.type !== "radio");
    const groups = new Set(shown.filter(one => one.type === "radio").map(one => one.name));
    return rest.length + groups.size;
}"""
STOP = """() => {
    const one = document.activeElement;
    if (one === null || one === document.body) return null;
    const at = one.getClientRects()[0];
    const y = (Math.max(at.top, 0) + Math.min(at.bottom, innerHeight)) / 2;  // of what is in the window
    const x = (Math.max(at.left, 0) + Math.min(at.right, innerWidth)) / 2;
    const upper = document.elementFromPoint(x, y);
    const style = getComputedStyle(one);
    return {
        place: [...document.querySelectorAll("*")].indexOf(one),
        name: `${one.localName} ${(one.innerText || one.name).slice(0, 40)}`,
        isRinged: style.outlineStyle !== "none" && style.outlineWidth !== "0px",
        isOnTop: upper !== null && (one.contains(upper) || upper.contains(one)
            || [...(one.labels ?? [])].some(label => label.contains(upper))),
    };
}"""
MOST = 300


@pytest.mark.parametrize(("reader", "path"), PAGES)
def test_page_is_walked_by_keyboard(browser: Browser, demo: Demo, reader: str, path: str) -> None:
    with browser.new_context(viewport={"width": 360, "height": 740}, reduced_motion="reduce") as context:
        page = context.new_page()
        if reader != "public":
            demo.sign_in(page, MEMBER if reader == "member" else SECRETARY)
        page.goto(demo.address(path, page))
        stops = list(_walk(page))
        expected = page.evaluate(STOPS)

    assert [stop["name"] for stop in stops if not stop["isRinged"]] == []
    assert [stop["name"] for stop in stops if not stop["isOnTop"]] == []
    assert [stop["place"] for stop in stops] == sorted({stop["place"] for stop in stops})
    assert len(stops) == expected


def _walk(page: Page) -> Iterator[dict[str, Any]]:
    """Every stop of the tab key, until it leaves the page."""
    for _ in range(MOST):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None:
            return
        yield stop
    raise AssertionError(f"The tab key never leaves {page.url}.")
