"""The pages of one's own data, and what the form says about it."""

from __future__ import annotations

from datetime import datetime

import httpx

from tests.factories_registrations import link_of, make_edition, register, states


async def test_form_says_what_each_field_is_for_and_when_it_is_erased(
    client: httpx.AsyncClient, now: datetime
) -> None:
    await make_edition()

    form = (await client.get("/summits/2026/register")).text

    assert "The kitchen" in form
    assert "16 October 2026" in form
    assert "16 September 2027" in form


async def test_copy_by_link_and_erasure_after_one_more_question(
    client: httpx.AsyncClient, now: datetime
) -> None:
    await make_edition()
    await register("Anna Berg", now=now, dietary="No nuts")
    link = f"/registrations/{await link_of('Anna Berg', now=now)}"

    read = await client.get(f"{link}/data")
    copy = await client.get(f"{link}/data.json")
    asked = await client.get(f"{link}/erasure")
    kept = await states()
    erased = await client.post(f"{link}/erasure")

    assert "No nuts" in read.text
    assert copy.json()["told"]["dietary"] == "No nuts"
    assert copy.headers["Cache-Control"] == "no-store"
    assert "Yes, erase everything" in asked.text
    assert kept == {"Anna Berg": "confirmed in_person"}
    assert "Nothing about you is left in it" in erased.text
    assert [(await client.get(f"{link}{path}")).status_code for path in ("", "/data", "/data.json")] == [
        404
    ] * 3
