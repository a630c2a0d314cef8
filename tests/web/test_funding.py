"""The pages of joint funding: a call posted, found, changed and withdrawn; who wants to apply; without a script."""

from __future__ import annotations

import re
from datetime import datetime

import httpx
import pytest

from summit_service.web import funding as pages
from tests.clients import Clock, client, clock, new_client, service_settings, sign_in
from tests.factories import make_organisation, representative_of, secretariat
from tests.factories_funding import make_call

__all__ = ["client", "clock", "service_settings"]
TYPED = {
    "title": "Kind hospitals", "funder": "Fund for Care", "url": "", "amount": "250,000", "currency": "eur",
    "deadline_at": "2026-04-15T23:59", "timezone": "Etc/GMT+12", "countries": "DE, GB",
    "summary": "For **teams**. <script>x</script>", "organisation": "",
}  # fmt: skip
ADDRESS = "/funding/kind-hospitals"


def text(answer: httpx.Response) -> str:
    """The words of a page, without marks and runs of white space."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.text))


async def test_call_from_the_form_to_its_end(client: httpx.AsyncClient, clock: Clock, now: datetime) -> None:
    form = {"csrf": await sign_in(client, await representative_of(await make_organisation()), now=now)}

    empty = await client.get("/funding/new")
    faulty = await client.post("/funding/new", data=form | TYPED | {"funder": "", "amount": "much"})
    made = await client.post("/funding/new", data=form | TYPED)
    async with new_client(clock) as public:
        shown = await public.get(ADDRESS)
        found = await public.get("/funding", params={"q": "care", "country": "DE"})
        none = await public.get("/funding", params={"country": "FR"})
        calendar = await public.get("/calendar.ics?category=funding")
        event = await public.get("/events/deadline-kind-hospitals")

    assert (empty.status_code, faulty.status_code, made.status_code) == (200, 422, 303)
    assert 'value="much"' in faulty.text
    assert "Give the amount as a whole number" in faulty.text
    assert made.headers["Location"] == f"{ADDRESS}?done=posted"
    assert "Apply by Wednesday 15 April 2026, 23:59 anywhere on Earth" in text(shown)
    assert "250,000 EUR" in text(shown)
    assert "Germany, United Kingdom" in text(shown)
    assert "For <strong>teams</strong>" in shown.text
    assert "<script>x" not in shown.text
    assert ("Kind hospitals" in found.text, "Kind hospitals" in none.text) == (True, False)
    assert "SUMMARY:Deadline: Kind hospitals" in calendar.text
    assert "DTSTART;VALUE=DATE:20260415" in calendar.text
    assert ADDRESS in event.text

    changed = await client.post(f"{ADDRESS}/edit", data=form | TYPED | {"deadline_at": "2026-05-01T12:00"})
    refused = await client.post("/events/deadline-kind-hospitals/cancellation", data=form | {"reason": "x"})
    gone = await client.post(f"{ADDRESS}/withdrawal", data=form | {"reason": "The fund closed."})
    end = await client.get(ADDRESS)
    assert (changed.status_code, refused.status_code, gone.status_code) == (303, 409, 303)
    assert "Change the call, and it follows" in text(refused)
    assert (end.status_code, "The fund closed." in text(end)) == (410, True)
    assert "STATUS:CANCELLED" in (await client.get("/calendar.ics?category=funding")).text


async def test_members_see_who_wants_to_apply_and_strangers_do_not(
    client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    organisation = await make_organisation()
    await make_call(organisation, actor=await representative_of(organisation), now=now)
    museum = await make_organisation("Museum", slug="museum")
    form = {"csrf": await sign_in(client, await representative_of(museum), now=now)}
    wish = {
        "organisation": "museum",
        "role": "leads",
        "brings": "Two *wards*.",
        "contact": "Ida, ida@m.example",
    }

    faulty = await client.post(f"{ADDRESS}/interests", data=form | wish | {"role": ""})
    joined = await client.post(f"{ADDRESS}/interests", data=form | wish)
    shown = await client.get(ADDRESS)
    async with new_client(clock) as public:
        seen = await public.get(ADDRESS)
    back = await client.post(f"{ADDRESS}/interests/withdrawal", data=form | {"organisation": "museum"})

    assert (faulty.status_code, joined.status_code, back.status_code) == (422, 303, 303)
    assert "Two *wards*." in faulty.text
    assert "We would lead" in text(shown)
    assert "Ida, ida@m.example" in shown.text
    assert "ida@m.example" not in seen.text
    assert "Members see who wants to apply" in text(seen)


async def test_first_call_of_a_new_member_waits_at_the_desk(client: httpx.AsyncClient, now: datetime) -> None:
    organisation = await make_organisation("New Place", is_new=True)
    await make_call(organisation, actor=await representative_of(organisation), now=now)
    form = {"csrf": await sign_in(client, await secretariat(), now=now)}

    desk = await client.get("/desk")
    asked = await client.get(f"{ADDRESS}/return")
    done = await client.post(f"{ADDRESS}/confirmation", data=form)

    assert "New Place is new and has posted the call “Kind hospitals”." in text(desk)
    assert (asked.status_code, done.status_code) == (200, 303)
    assert "It is published" in text(await client.get(done.headers["Location"]))


async def test_list_of_calls_goes_on_by_a_link_and_in_the_api_by_its_cursor(
    client: httpx.AsyncClient, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    organisation = await make_organisation()
    member = await representative_of(organisation)
    for n in range(3):
        await make_call(organisation, actor=member, now=now, title=f"Ward {n}", deadline_at=f"2026-04-1{n}")

    first = await client.get("/api/v1/funding", params={"q": "ward", "limit": 2})
    second = await client.get("/api/v1/funding", params={"q": "ward", "cursor": first.json()["next"]})
    monkeypatch.setattr(pages, "PAGE", 2)
    page = await client.get("/funding?q=ward")
    following = await client.get("/funding?q=ward&after=ward-1")

    assert [one["title"] for one in first.json()["items"]] == ["Ward 0", "Ward 1"]
    assert ([one["title"] for one in second.json()["items"]], second.json()["next"]) == (["Ward 2"], None)
    assert 'href="/funding?q=ward&amp;after=ward-1"' in page.text
    assert ("Ward 2" in page.text, "Ward 2" in following.text, "Ward 0" in following.text) == (
        False,
        True,
        False,
    )
    assert 'href="/funding?q=ward" rel="prev"' in following.text
