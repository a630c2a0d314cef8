"""Dragging on the draft's grid in Chromium: what is dropped fills the form that typing would fill."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, Request

from tests.web.pages import chromium, shown

HTML = """<!doctype html><html lang="en"><title>Board</title>
<link rel="stylesheet" href="/static/board.css">
<table class="board" data-day="2026-09-14" data-first="480" data-step="15">
<thead><tr><td></td><th data-room="Great Hall">Great Hall</th><th data-room="Library / East">Library</th></tr></thead>
<tbody>
<tr><th>08:00</th><td class="slot" rowspan="2" data-id="a" data-seen="2026-09-14T08:05/2026-09-14T08:30/Great Hall">
<a href="/other">A</a></td><td></td></tr>
<tr><th>08:15</th><td></td></tr>
<tr><th>08:30</th><td></td><td></td></tr>
<tr><th>08:45</th><td></td><td></td></tr>
</tbody></table>
<form id="drop" method="post" action="/moved" hidden>
<input name="id"><input name="seen"><input name="day"><input name="start"><input name="minutes">
<input name="room"></form>
<script src="/static/board.js"></script></html>"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def test_a_session_dropped_on_a_row_and_a_room_is_sent_and_escape_drops_nothing(browser: Browser) -> None:
    with shown(browser, HTML) as page:
        sent: list[dict[str, list[str]]] = []

        def note(request: Request) -> None:
            if request.method == "POST":
                sent.append(parse_qs(request.post_data or "", keep_blank_values=True))

        page.on("request", note)
        grip = page.locator(".grip").bounding_box()
        row = page.locator("tbody tr:nth-child(4) th").bounding_box()
        room = page.locator("thead th:last-child").bounding_box()
        assert grip is not None
        assert row is not None
        assert room is not None
        to = (room["x"] + 20, row["y"] + row["height"] / 2)

        page.mouse.move(grip["x"] + 4, grip["y"] + 4)
        page.mouse.down()
        page.mouse.move(*to)
        page.keyboard.press("Escape")
        page.mouse.up()
        assert sent == []
        page.mouse.move(grip["x"] + 4, grip["y"] + 4)
        page.mouse.down()
        page.mouse.move(*to, steps=4)
        assert page.locator(".drop-place").is_visible()
        with page.expect_request("**/moved"):
            page.mouse.up()

    assert {name: value[0] for name, value in sent[0].items()} == {
        "id": "a",
        "seen": "2026-09-14T08:05/2026-09-14T08:30/Great Hall",
        "day": "2026-09-14",
        "start": "08:45",
        "minutes": "25",
        "room": "Library / East",
    }
