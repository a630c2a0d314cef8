"""The letter in the hands of a scanner that opens it in a browser, runs whatever runs and presses nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

import httpx
import pytest
from playwright.async_api import Browser, Route

from tests.clients import BASE_URL
from tests.factories import secretariat
from tests.factories_statements import dump_tables, link_to, make_member, make_open
from tests.journeys.world import hidden_fields
from tests.web.pages import chromium_beside

pytestmark = pytest.mark.browser

HALF_A_MINUTE = 30_000
Change = Callable[[str], str]


async def scanned(
    browser: Browser, client: httpx.AsyncClient, path: str, *, change: Change = str
) -> list[tuple[str, str]]:
    """What Chromium asks for in half a minute of its own time, which passes as fast as it can: methods and paths.

    It looks no further once the page has led to another. Our policy for scripts is put aside, so that nothing is kept
    from running. Requests to another host are told too. `change` is what somebody did to our page on the way.
    """
    window = await browser.new_context(bypass_csp=True)
    page, asked, is_over = await window.new_page(), list[tuple[str, str]](), asyncio.Event()

    async def answer(route: Route) -> None:
        request = route.request
        asked.append((request.method, request.url.removeprefix(BASE_URL)))
        if request.is_navigation_request() and len(asked) > 1:
            is_over.set()
        told = await client.request(
            request.method, request.url, headers=await request.all_headers(), content=request.post_data_buffer
        )
        is_page = "html" in told.headers.get("Content-Type", "")
        body = change(told.text) if is_page else told.content
        kept = ("Content-Type", "Location", "Refresh", "Link")
        headers = {name: told.headers[name] for name in kept if name in told.headers}
        await route.fulfill(status=told.status_code, headers=headers, body=body)

    await page.route("**/*", answer)
    await page.goto(f"{BASE_URL}{path}")
    clock = await window.new_cdp_session(page)
    clock.on("Emulation.virtualTimeBudgetExpired", lambda _event: is_over.set())
    policy = {"policy": "pauseIfNetworkFetchesPending", "budget": HALF_A_MINUTE}
    await clock.send("Emulation.setVirtualTimePolicy", policy)
    async with asyncio.timeout(20):
        await is_over.wait()
    await page.unroute_all(behavior="ignoreErrors")
    await window.close()
    return asked


async def letter(now: datetime) -> str:
    """The path of a link in a mail."""
    member = await make_member("Centre for Kindness", signatory="Ana Ruiz")
    statement = await make_open(await secretariat(), now=now)
    return f"/sign/{await link_to(statement, member, now=now)}"


async def test_link_1_scanner_that_runs_all_scripts_changes_nothing(
    client: httpx.AsyncClient, now: datetime
) -> None:
    path = await letter(now)
    before = await dump_tables()

    async with chromium_beside() as browser:
        asked = await scanned(browser, client, path)

    after = await dump_tables()
    first = await client.get(path)
    second = await client.post(f"{path}/review", data=hidden_fields(first.text) | {"choice": "signed"})
    assert asked[0] == ("GET", path)
    assert {method for method, _ in asked} == {"GET"}
    assert {where.split("/")[1] for _, where in asked} <= {"sign", "static", "favicon.ico"}
    assert after == before
    assert "You are about to sign" in second.text


PRESSES = "<script>setTimeout(() => document.querySelector('[name=choice]').click(), 29000)</script>"
LEAVES = '<meta http-equiv="refresh" content="29; url=/sign-in">'


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("added", "last"),
    [
        pytest.param(PRESSES, ("POST", "/review"), id="presses"),
        pytest.param(LEAVES, ("GET", "/sign-in"), id="leaves"),
    ],
)
async def test_scanner_finds_out_what_a_page_does_after_29_seconds(
    client: httpx.AsyncClient, now: datetime, added: str, last: tuple[str, str]
) -> None:
    path = await letter(now)

    async with chromium_beside() as browser:
        asked = await scanned(
            browser, client, path, change=lambda html: html.replace("</body>", f"{added}</body>")
        )

    assert ("GET", path) == asked[0]
    method, where = asked[-1]
    assert (method, where.removeprefix(path)) == last
