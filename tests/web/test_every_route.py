"""Every route of the running application: whom the desk lets in, and which form is believed."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from datetime import datetime

import httpx
from litestar.routes import HTTPRoute

from summit_service.app import create_app
from tests.clients import Clock, sign_in
from tests.factories import make_organisation, representative_of


def routes(clock: Clock) -> Iterator[tuple[str, str, bool]]:
    """Method, an address, and whether the handler asks who acts."""
    for route in create_app(clock=clock).routes:
        for handler in route.route_handlers if isinstance(route, HTTPRoute) else ():
            for method in handler.http_methods - {"OPTIONS", "HEAD"}:
                address = re.sub(r"\{\w+:\w+\}", "2026", route.path)
                yield str(method), address, "actor" in inspect.signature(handler.fn).parameters


async def test_desk_is_for_the_secretariat_alone(
    client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    desk = [(method, path) for method, path, _ in routes(clock) if path.startswith("/desk")]
    strangers = {(await client.request(method, path)).status_code for method, path in desk}
    csrf = await sign_in(client, await representative_of(await make_organisation()), now=now)

    members = {
        (await client.request(method, path, headers={"X-CSRF-Token": csrf})).status_code
        for method, path in desk
    }

    assert len(desk) > 20
    assert strangers <= {303, 401, 403}
    assert members == {403}


async def test_form_that_rides_on_the_cookie_needs_its_secret(
    client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    await sign_in(client, await representative_of(await make_organisation()), now=now)
    forms = [
        path for method, path, asks in routes(clock) if method == "POST" and asks and "/api/" not in path
    ]

    answers = {path: (await client.post(path)).status_code for path in forms}

    assert len(forms) > 20
    assert {path: status for path, status in answers.items() if status != 403} == {}


async def test_no_other_site_presses_a_button_of_ours(client: httpx.AsyncClient, clock: Clock) -> None:
    forms = [path for method, path, _ in routes(clock) if method == "POST" and "/api/" not in path]

    answers = {
        path: (await client.post(path, headers={"Sec-Fetch-Site": "cross-site"})).status_code
        for path in forms
    }

    assert len(forms) > 30
    assert {path: status for path, status in answers.items() if status != 403} == {}
