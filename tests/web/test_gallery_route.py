"""Who is shown the gallery; apart from the tests in a browser, whose event loop would be in the way."""

from __future__ import annotations

import httpx
import pytest

from summit_service import settings


async def test_gallery_is_shown_in_the_demo_alone(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await client.get("/gallery")
    monkeypatch.setenv("SUMMIT_DEMO", "yes")
    settings.current.cache_clear()

    answer = await client.get("/gallery")

    assert before.status_code == 404
    assert answer.status_code == 200
    assert "How the pages are made" in answer.text
