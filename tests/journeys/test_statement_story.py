"""A statement is drafted, mailed to every signatory, answered by the links in the mails, closed and published."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from tests.journeys.world import SECRETARY, a_world, hidden_fields, link_in

ORGANISATIONS = Path(__file__).parent.parent.parent / "summit_service" / "demo" / "data" / "organisations.csv"
MEMBERS = 13


async def test_statement_goes_from_draft_to_publication(database_url: str, tmp_path: Path) -> None:
    async with a_world(tmp_path, database_url) as world:
        world.summit("import", "organisations", str(ORGANISATIONS))
        async with world.api(SECRETARY) as secretary, world.browser() as public:
            slug = await _open_for_signing(secretary)
            hidden = await public.get(f"/statements/{slug}")
            assert "Listen first" not in hidden.text.replace("Listen first, together", "")

            letters = {
                who: link_in(await world.mail_to(f"{who}@members.example", "sign"), "/sign/")
                for who in ("stoneygate", "oxford", "sanford")
            }
            await _look_often(public, letters["stoneygate"])
            await _answer(public, letters["stoneygate"], "signed", "Jeremy Howick", capacity="organisation")
            await _answer(public, letters["oxford"], "declined", "Oxford Empathy Programme")
            await _answer(
                public,
                letters["sanford"],
                "changes_requested",
                "Sanford",
                reason="Name the patients in the first paragraph.",
            )
            await world.mail_to("stoneygate@members.example", "")

            reminded = await secretary.post(f"/statements/{slug}/reminders")
            assert reminded.status_code in {200, 201}, reminded.text

            assert (await secretary.post(f"/statements/{slug}/closure", json=WHY)).status_code < 300
            late = await public.get(link_in(await world.mail_to("hojat@members.example", ""), "/sign/"))
            assert "Signing has ended" in late.text
            published = await secretary.post(f"/statements/{slug}/publication", json={})
            assert published.status_code < 300, published.text

            page = await public.get(f"/statements/{slug}")
            answer = (await public.get(f"/api/v1/statements/{slug}")).json()

        assert "Listen first" in page.text
        assert "The Stoneygate Centre for Empathic Healthcare" in page.text
        assert [line["organisation"] for line in answer["signatures"]] == [
            "The Stoneygate Centre for Empathic Healthcare"
        ]
        assert answer["tally"]["signed"] == 1
        assert answer["tally"]["declined"] == 1
        assert sum(b"/sign/" in raw for raw in world.post.raw) >= MEMBERS


EARLY = {"preset": "sign_on", "early_end_days": 0}
WHY = {"note": "Nobody else will answer."}


async def _open_for_signing(secretary: httpx.AsyncClient) -> str:
    deadline = datetime.now(UTC) + timedelta(days=20)
    made = await secretary.post(
        "/statements",
        json={"title": "Listen first, together", "text": "# A draft\n\nTo come.\n", "policy": EARLY},
    )
    assert made.status_code == 201, made.text
    slug: str = made.json()["slug"]
    text = "# Time\n\nListen first, and ask afterwards.\n\nWe will teach it.\n"
    steps: list[tuple[str, dict[str, str]]] = [
        ("versions", {"text": text, "note": "What the summit said."}),
        ("freeze", {}),
        ("signing", {"closes_at": f"{deadline:%Y-%m-%dT%H:%M}", "timezone": "UTC"}),
    ]
    for step, body in steps:
        done = await secretary.post(f"/statements/{slug}/{step}", json=body)
        assert done.status_code < 300, (step, done.text)
    return slug


async def _look_often(public: httpx.AsyncClient, link: str) -> None:
    for method in ("GET", "HEAD") * 10:
        assert (await public.request(method, link)).status_code == 200


async def _answer(public: httpx.AsyncClient, link: str, choice: str, name: str, **more: str) -> None:
    letter = await public.get(link)
    review = await public.post(f"{link}/review", data=hidden_fields(letter.text) | {"choice": choice})
    assert review.status_code == 200, review.text
    incomplete = await public.post(f"{link}/answer", data=hidden_fields(review.text) | more)
    assert incomplete.status_code == 422
    form = hidden_fields(review.text) | {"name": name, "attested": "yes", **more}
    receipt = await public.post(f"{link}/answer", data=form)
    assert receipt.status_code == 200, receipt.text
    again = await public.post(f"{link}/answer", data=form)
    assert re.findall(r"[0-9a-f]{64}", again.text) == re.findall(r"[0-9a-f]{64}", receipt.text)
