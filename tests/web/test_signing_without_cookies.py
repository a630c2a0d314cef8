"""Signing in a browser that keeps no cookie, as those of mail programs, and runs no script: to the receipt."""

from __future__ import annotations

from datetime import datetime

import httpx
import pytest
from playwright.async_api import Route, expect

from summit_service.statements.tables import Response
from tests.clients import BASE_URL
from tests.factories import secretariat
from tests.factories_statements import link_to, make_member, make_open
from tests.web.pages import chromium_beside

pytestmark = pytest.mark.browser


async def test_link_2_is_signed_in_a_browser_that_keeps_no_cookie(
    client: httpx.AsyncClient, now: datetime
) -> None:
    member = await make_member("Centre for Kindness", signatory="Ana Ruiz")
    statement = await make_open(await secretariat(), now=now)
    path = f"/sign/{await link_to(statement, member, now=now)}"
    taken: list[tuple[str, str]] = []

    async def answer(route: Route) -> None:
        """The service's answer; cookies are dropped on both ways."""
        sent = {
            name: value for name, value in (await route.request.all_headers()).items() if name != "cookie"
        }
        told = await client.request(
            route.request.method, route.request.url, headers=sent, content=route.request.post_data_buffer
        )
        client.cookies.clear()
        taken.append((route.request.method, httpx.URL(route.request.url).path.removeprefix(path)))
        headers = {name: told.headers[name] for name in ("Content-Type", "Location") if name in told.headers}
        await route.fulfill(status=told.status_code, headers=headers, body=told.content)

    async with chromium_beside() as browser:
        page = await browser.new_page(java_script_enabled=False, viewport={"width": 360, "height": 740})
        await page.route("**/*", answer)
        await page.goto(f"{BASE_URL}{path}")
        await page.get_by_role("button", name="Sign", exact=True).click()
        await page.locator("input[name=capacity][value=organisation]").check()
        await page.get_by_label("Type your name").fill("Ana Ruiz")
        await page.locator("input[name=attested]").check()
        await page.get_by_role("button", name="Sign now").click()
        await expect(page.get_by_role("main")).to_contain_text("Fingerprint of the record")

    assert [where for method, where in taken if method == "POST"] == ["/review", "/answer"]
    assert [one.kind for one in await Response.objects()] == ["signed"]
