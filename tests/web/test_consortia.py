"""The pages and the API of a consortium: one story from its beginning to its outcome, and who sees nothing of it."""

from __future__ import annotations

import re
from datetime import datetime

import httpx

from summit_service.consortia import actions
from tests.clients import Clock, bearer, client, clock, new_client, service_settings, sign_in
from tests.factories import make_organisation, representative_of
from tests.factories_consortia import make_together

END = " ask every patient one question on the day they leave."
__all__ = ["client", "clock", "service_settings"]


def text(answer: httpx.Response) -> str:
    """The words of a page, without marks and runs of white space."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.text))


async def test_partners_write_one_outline_and_lose_nothing(
    client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    together = await make_together(now=now, is_accepted=False)
    at = f"/consortia/{together.id}"
    form = {"csrf": await sign_in(client, together.partner, now=now)}

    me = await client.get("/me")
    invited = await client.get(at)
    hidden = await client.get(f"{at}/outline")
    accepted = await client.post(f"{at}/acceptance", data=form | {"organisation": "museum"})
    shown = await client.post(
        f"{at}/outline/preview", data=form | {"text": "# Plan\n\nTwo **wards**.", "note": "", "known": "0"}
    )
    saved = await client.post(
        f"{at}/outline", data=form | {"text": f"Two wards{END}", "note": "", "known": "0"}
    )
    await actions.write(together.id, f"Three wards{END}", known=1, note="More", actor=together.lead, now=now)
    both = await client.post(
        f"{at}/outline", data=form | {"text": f"Two quiet wards{END}", "note": "Quiet", "known": "1"}
    )
    merged = await client.post(
        f"{at}/outline", data=form | {"text": f"Three quiet wards{END}", "note": "", "known": "2"}
    )
    versions = await client.get(f"{at}/outline/versions")
    redline = await client.get(f"{at}/outline/versions", params={"old": "1", "new": "3"})
    changes = await client.get(redline.headers["Location"])
    empty = await client.post(f"{at}/outline", data=form | {"text": "", "note": "kept?", "known": "3"})

    assert "Centre invites Museum to apply for “Kind hospitals” together." in text(me)
    assert "Museum is invited" in text(invited)
    assert "Join us?" in text(invited)
    assert (hidden.status_code, accepted.status_code, saved.status_code) == (404, 303, 303)
    assert "Not saved yet: this is how it reads" in text(shown)
    assert "Two <strong>wards</strong>" in shown.text
    assert both.status_code == 409
    assert all(
        words in both.text
        for words in (f"Three wards{END}", f"Two quiet wards{END}", 'value="Quiet"', 'value="2"')
    )
    assert merged.status_code == 303
    assert "Version 3" in text(versions)
    assert "“More”" in text(versions)
    assert "<ins>" in changes.text
    assert "1 paragraph was changed" in text(changes)
    assert (empty.status_code, 'value="kept?"' in empty.text) == (422, True)
    left = await client.post(f"{at}/departure", data=form | {"organisation": "museum", "reason": "x"})
    assert (left.headers["Location"], (await client.get(at)).status_code) == ("/consortia?done=out", 404)


async def test_lead_begins_invites_and_records_what_became_of_it(
    client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    together = await make_together(now=now)
    at, call = f"/consortia/{together.id}", f"/funding/{together.call.slug}"
    form = {"csrf": await sign_in(client, together.lead, now=now)}

    twice = await client.post(
        f"{call}/consortia/new", data=form | {"title": "Again", "organisation": "centre"}
    )
    none = await client.post(f"{at}/invitations", data=form | {"organisation": "Nobody", "words": "Dear all"})
    faulty = await client.post(f"{at}/outcome", data=form | {"state": "funded", "amount": "much"})
    done = await client.post(
        f"{at}/outcome",
        data=form | {"state": "funded", "amount": "90000", "currency": "GBP", "public_line": "Six wards."},
    )
    page = await client.get(at)
    listed = await client.get("/consortia")
    async with new_client(clock) as other:
        public = await other.get(call)
        stranger = await other.get(at)
        await sign_in(other, await representative_of(await make_organisation("Other")), now=now)
        wrong = [
            (await other.get(f"{at}{path}")).status_code
            for path in ("", "/outline", "/outline/versions", "/outcome")
        ]
        theirs = await other.get("/consortia")
        beside = await other.get(call)

    assert (twice.status_code, none.status_code, faulty.status_code, done.status_code) == (409, 422, 422, 303)
    assert 'value="Again"' in twice.text
    assert "Dear all" in none.text
    assert "Funded: 90,000 GBP" in text(page)
    assert "One question" in text(listed)
    assert "Six wards." in text(public)
    assert "One question" not in text(public) + text(beside) + text(theirs)
    assert "90,000 GBP" not in text(public)
    assert (stranger.status_code, wrong) == (303, [404] * 4)


async def test_api_tells_the_same_story(client: httpx.AsyncClient, clock: Clock, now: datetime) -> None:
    together = await make_together(now=now, is_accepted=False)
    at = f"/api/v1/consortia/{together.id}"
    client.headers.update(await bearer(together.partner, now=now))

    async def send(path: str, **body: object) -> httpx.Response:
        return await client.post(f"{at}{path}", json=body)

    before = (await client.get(at)).json()
    accepted = await send("/acceptance")
    first = await send("/versions", text=f"Two wards{END}", known=0)
    stale = await send("/versions", text=f"Four wards{END}", known=0)
    second = await send("/versions", text=f"Three wards{END}", known=1, note="One more")
    changes = (await client.get(f"{at}/versions/1/changes/2")).json()
    listed_versions = (await client.get(f"{at}/versions")).json()
    text_of_first = (await client.get(f"{at}/versions/1")).json()["text"]
    refused = await send("/outcome", state="funded")
    listed = (await client.get("/api/v1/consortia")).json()
    gone = await send("/departure", reason="No hands.")

    assert (before["version"], [one["state"] for one in before["organisations"]]) == (0, ["in", "invited"])
    assert [one.status_code for one in (accepted, first, stale, second, refused, gone)] == [
        201,
        201,
        409,
        201,
        403,
        204,
    ]
    assert stale.json()["code"] == "outline_newer"
    assert second.json()["n"] == 2
    assert ([one["n"] for one in listed_versions["items"]], listed_versions["next"]) == ([2, 1], None)
    assert text_of_first == f"Two wards{END}"
    assert changes["summary"].startswith("1 paragraph was changed")
    assert [one["title"] for one in listed["items"]] == ["One question"]
    assert (await client.get(at)).status_code == 404
