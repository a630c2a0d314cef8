"""Forty signatories by plain HTTP and real mails; then the bundle, checked with openssl and sha256sum alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.journeys import forty
from tests.journeys.world import SECRETARY, World, hidden_fields


@pytest.mark.timeout(400)
async def test_forty_signatories_from_draft_to_a_desk_without_us(database_url: str, tmp_path: Path) -> None:
    async with forty.forty_members(tmp_path, database_url) as world:
        async with world.api(SECRETARY) as secretary, world.browser() as public:
            slug = await _draft_and_consult(world, secretary)
            await _open(secretary, slug)
            for kind, number in forty.PLAN:
                await _act(world, public, kind, number)
            board = (await secretary.get(f"/statements/{slug}")).json()
            assert (await secretary.post(f"/statements/{slug}/closure", json=WHY)).status_code < 300
            published = await secretary.post(f"/statements/{slug}/publication", json={})
            assert published.status_code < 300, published.text
            page = await public.get(f"/statements/{slug}")
            packed = (await public.get(f"/statements/{slug}/bundle.zip")).content

        states = {line["organisation"]: line["mail_state"] for line in board["requests"]}
        lost = {name: state for name, state in states.items() if state != "accepted"}
        assert lost == {forty.name_of("refused"): "failed", forty.name_of("returned"): "returned"}
        forty.check_tally(published.json()["tally"])
        assert page.text.count(", signed by ") == forty.SIGNED
        assert forty.WANTED not in page.text
        forty.check_with_summit(world, packed)
    forty.check_by_hand(packed, tmp_path)


async def _draft_and_consult(world: World, secretary: httpx.AsyncClient) -> str:
    """Two rounds: a comment, its answer and a new text in each; no freeze while a comment has no answer."""
    made = await secretary.post(
        "/statements", json={"title": "Listen first", "text": forty.DRAFTS[0], "policy": "sign_on"}
    )
    slug: str = made.json()["slug"]
    async with world.api(forty.address_of("sign", 0)) as member:
        for version, text in enumerate(forty.DRAFTS[1:], start=1):
            await _step(secretary, slug, "consultation", _deadline())
            said = await member.post(
                f"/statements/{slug}/comments",
                json={"organisation": "member-0", "version": version, "paragraph": 1, "body": "Say when."},
            )
            assert said.status_code == 201, said.text
            assert (await secretary.post(f"/statements/{slug}/freeze", json={})).status_code == 409
            answer = {"kind": "accepted", "reason": "It is in the next text."}
            await _step(secretary, slug, f"comments/{said.json()['id']}/disposition", answer)
            await _step(secretary, slug, "versions", {"text": text, "note": f"After round {version}."})
    return slug


async def _open(secretary: httpx.AsyncClient, slug: str) -> None:
    await _step(secretary, slug, "freeze", {})
    await _step(secretary, slug, "signing", {**_deadline(), "policy": EARLY})


EARLY = {"preset": "sign_on", "early_end_days": 0}
WHY = {"note": "Nobody else will answer."}


def _deadline() -> dict[str, str]:
    return {"closes_at": f"{datetime.now(UTC) + timedelta(days=20):%Y-%m-%dT%H:%M}", "timezone": "UTC"}


async def _step(secretary: httpx.AsyncClient, slug: str, step: str, body: dict[str, Any]) -> None:
    done = await secretary.post(f"/statements/{slug}/{step}", json=body)
    assert done.status_code < 300, (step, done.text)


async def _act(world: World, public: httpx.AsyncClient, kind: str, number: int) -> None:
    """What this member does with its mail."""
    address = forty.address_of(kind, number)
    if kind == "refused":
        return
    if kind == "returned":
        await forty.bring_back(world, address)
        return
    link = await forty.path_mailed(world, address, "/sign/")
    if kind == "silent":
        assert (await public.get(link)).status_code == 200
    elif kind == "delegate":
        await _delegate(world, public, link, address, number)
    else:
        await _answer(public, link, kind)


async def _answer(public: httpx.AsyncClient, link: str, kind: str) -> None:
    choice = {"decline": "declined", "change": "changes_requested"}.get(kind, "signed")
    capacity = "personal" if kind == "personal" else "organisation"
    letter = await public.get(link)
    review = await public.post(f"{link}/review", data=hidden_fields(letter.text) | {"choice": choice})
    form = hidden_fields(review.text) | {
        "name": "Ana",
        "attested": "yes",
        "capacity": capacity,
        "reason": forty.WANTED,
    }
    receipt = await public.post(f"{link}/answer", data=form)
    assert receipt.status_code == 200, receipt.text


async def _delegate(world: World, public: httpx.AsyncClient, link: str, contact: str, number: int) -> None:
    """Somebody new, whom the main contact confirms by a link of its own; the first link ends."""
    new = f"deputy-{number}@members.example"
    asked = await public.post(f"{link}/delegation", data={"name": f"Deputy {number}", "email": new})
    assert asked.status_code == 200, asked.text
    proposal = await forty.path_mailed(world, contact, "/delegations/")
    confirmed = await public.post(proposal, data={"choice": "confirm", "sure": "yes"})
    assert confirmed.status_code == 200, confirmed.text
    assert "Somebody else answers now" in (await public.get(link)).text
    await _answer(public, await forty.path_mailed(world, new, "/sign/"), "sign")
