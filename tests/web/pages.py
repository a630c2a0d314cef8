"""What tests of pages share: a page's elements, and a browser that is shown pages without a server."""

from __future__ import annotations

import mimetypes
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from playwright import async_api
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from summit_service import edge
from summit_service.web.layout import STATIC

AXE = Path(__file__).parent.parent / "vendor" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OF_SIZE_AND_COLOUR = ["color-contrast", "scrollable-region-focusable", "target-size"]
"""The rules whose answer depends on how wide the window is and on the scheme of colours; the others read the tree."""
ORIGIN = "http://pages.example"


@dataclass(frozen=True)
class Element:
    """A start tag as it was written."""

    tag: str
    attributes: dict[str, str]


class _Collector(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(Element(tag, {name: value or "" for name, value in attrs}))


def elements(html: str) -> list[Element]:
    """Every element of a page, in order."""
    collector = _Collector()
    collector.feed(html)
    return collector.found


@contextmanager
def chromium(*switches: str) -> Iterator[Browser]:
    """The system's Chromium where there is one, else the one that Playwright brings, with these switches.

    While it is open its event loop runs in this thread: keep async tests in another module.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_installed(), args=["--no-sandbox", *switches])
        yield browser
        browser.close()


@asynccontextmanager
async def chromium_beside() -> AsyncIterator[async_api.Browser]:
    """The same for async tests, which go on with their own work beside it."""
    async with async_api.async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=_installed(), args=["--no-sandbox"])
        yield browser
        await browser.close()


def _installed() -> str | None:
    return shutil.which("chromium") or shutil.which("google-chrome")


@contextmanager
def shown(browser: Browser, html: str, *, policy: bool = True, **context: Any) -> Iterator[Page]:
    """A page in a window of its own, with our static files and our content security policy."""
    window = browser.new_context(**context) if policy else with_axe(browser, **context)
    page = window.new_page()
    page.route("**/*", lambda route: _answer(route, html))
    page.goto(ORIGIN)
    yield page
    window.close()


def with_axe(browser: Browser, **context: Any) -> BrowserContext:
    """A window whose pages have no policy and bring axe with them: half a megabyte, sent once and not to each page."""
    window = browser.new_context(bypass_csp=True, **context)
    window.add_init_script(path=AXE)
    return window


def violations(page: Page, rules: list[str] = WCAG) -> list[str]:
    """What axe finds against WCAG 2.2 AA, or against these rules: rule and element; the window is one `with_axe`."""
    report = page.evaluate("rules => axe.run({runOnly: rules, resultTypes: ['violations']})", rules)
    return [f"{rule['id']}: {node['html']}" for rule in report["violations"] for node in rule["nodes"]]


def _answer(route: Route, html: str) -> None:
    path = route.request.url.removeprefix(ORIGIN).split("?")[0]
    if path.startswith("/static/"):
        kind = mimetypes.guess_type(path)[0] or "text/plain"
        route.fulfill(body=(STATIC / path.removeprefix("/static/")).read_bytes(), content_type=kind)
        return
    headers = {"Content-Security-Policy": edge.CSP}
    route.fulfill(body=html, content_type="text/html; charset=utf-8", headers=headers)
