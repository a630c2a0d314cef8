"""Events on the sites of others: framed anywhere, without script, cookie or anything of the reader's."""

from __future__ import annotations

import html
import re

import httpx
import pytest

from tests.clients import Clock, sign_in
from tests.factories import make_organisation, representative_of
from tests.factories_events import make_event


async def test_widget_alone_may_be_framed(client: httpx.AsyncClient) -> None:
    framed, other, fragment = [
        (await client.get(path)).headers for path in ("/widget/events", "/events", "/widget/events.html")
    ]

    assert "frame-ancestors *" in framed["content-security-policy"]
    assert "script-src" not in framed["content-security-policy"]
    assert "x-frame-options" not in framed
    assert other["x-frame-options"] == fragment["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in other["content-security-policy"]
    assert fragment["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in other


async def test_widget_is_the_same_for_everybody(client: httpx.AsyncClient, clock: Clock) -> None:
    organisation = await make_organisation()
    await make_event(organisation, summary="For all")
    await make_event(organisation, summary="Hidden", visibility="members")
    before = await client.get("/widget/events")
    await sign_in(client, await representative_of(organisation), now=clock.now)
    await client.get("/zones")
    client.cookies.set("summit_zone", "Asia/Tokyo")

    after = await client.get("/widget/events")

    assert after.text == before.text
    assert "For all" in after.text
    assert "Hidden" not in after.text
    assert "<script" not in after.text
    assert "set-cookie" not in after.headers
    assert after.headers["cache-control"] == "public, max-age=300"


async def test_widget_has_the_filters_of_the_list(client: httpx.AsyncClient) -> None:
    await make_event(await make_organisation(slug="centre"), summary="Ours <b>", categories=("teaching",))
    await make_event(await make_organisation("Other house"), summary="Theirs")

    texts = [
        (await client.get(f"/widget/events{ending}?organisation=centre&zone=Asia/Tokyo")).text
        for ending in ("", ".html")
    ]

    assert all("Ours &lt;b&gt;" in text and "Theirs" not in text for text in texts)
    assert all("17:00" in text and "http://127.0.0.1:8000/events/" in text for text in texts)
    assert ("<html" in texts[0], "<html" in texts[1]) == (True, False)


@pytest.mark.parametrize(
    ("query", "number", "theme"),
    [
        ("", 5, "auto"),
        ("?number=2&theme=dark", 2, "dark"),
        ("?number=0", 1, "auto"),
        ("?number=9999&theme=<b>", 7, "auto"),
        ("?number=x", 5, "auto"),
    ],
)
async def test_widget_takes_number_and_theme_within_bounds(
    client: httpx.AsyncClient, query: str, number: int, theme: str
) -> None:
    await make_event(await make_organisation(), recurrence="FREQ=WEEKLY;COUNT=7")

    text = (await client.get(f"/widget/events{query}")).text

    assert text.count("<li>") == number
    assert f'<html lang="en" class="{theme}">' in text


async def test_lines_to_copy_show_the_events_that_were_chosen(client: httpx.AsyncClient) -> None:
    await make_event(await make_organisation(), summary="Taught", categories=("teaching",))

    text = (await client.get('/calendar/widget?category=teaching&theme=dark&q="><script>')).text
    chosen = (await client.get("/calendar/widget?category=teaching")).text

    lines = html.unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", chosen, re.DOTALL).group(1))  # type: ignore[union-attr]
    address = html.unescape(re.search(r'src="http://127.0.0.1:8000([^"]+)"', lines).group(1))  # type: ignore[union-attr]
    assert "Taught" in (await client.get(address)).text
    assert "<script>" not in text.partition("<main")[2].partition("</main")[0]
