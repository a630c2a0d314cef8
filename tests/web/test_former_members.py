"""What pages and programs show somebody whose organisation has left the network."""

from __future__ import annotations

import re
from datetime import datetime

import httpx

from summit_service.funding import actions as funding
from summit_service.funding.rules import Interest
from summit_service.members.tables import Organisation
from summit_service.resources import actions as resources
from tests.clients import bearer, sign_in
from tests.factories import make_organisation, representative_of
from tests.factories_events import make_event
from tests.factories_funding import make_call
from tests.factories_resources import make_resource


def text(answer: httpx.Response) -> str:
    """The words of a page, without marks and runs of white space."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.text))


async def test_former_member_reads_and_does_by_page_and_program_what_the_public_may(
    client: httpx.AsyncClient, now: datetime
) -> None:
    centre, other = (
        await make_organisation("Centre", slug="centre"),
        await make_organisation("Other", slug="other"),
    )
    anna, otto = await representative_of(centre), await representative_of(other)
    guide = await make_resource(other, actor=otto, now=now)
    call = await make_call(other, actor=otto, now=now)
    secret = await make_event(other, actor=otto, now=now, summary="Among us", visibility="members")
    mine = await resources.comment(guide.slug, "I say so.", actor=anna, now=now)
    await resources.comment(guide.slug, "Between members.", actor=otto, now=now)
    for actor, words in ((anna, "We bring wards."), (otto, "They bring beds.")):
        interest = Interest(role="partners", brings=words, contact="x")
        await funding.join_in(call.slug, interest, actor=actor, now=now)
    form, program = {"csrf": await sign_in(client, anna, now=now)}, await bearer(anna, now=now)
    before = [
        text(await client.get(f"/resources/{guide.slug}")),
        text(await client.get(f"/funding/{call.slug}")),
    ]

    await Organisation.update({Organisation.standing: "former"}).where(Organisation.id == centre.id)

    me = text(await client.get("/me"))
    after = [
        text(await client.get(f"/resources/{guide.slug}")),
        text(await client.get(f"/funding/{call.slug}")),
    ]
    own = await client.get(f"/resources/{guide.slug}/comments/{mine}")
    assert ["Between members." in before[0], "They bring beds." in before[1]] == [True, True]
    assert ["Between members." in after[0], "They bring beds." in after[1]] == [False, False]
    assert ["I say so." in after[0], "We bring wards." in after[1]] == [True, True]
    assert ("Your comment" in before[0], "Your comment" in after[0]) == (True, False)
    assert ("We want to apply" in before[1], "We want to apply" in after[1]) == (True, False)
    assert "Centre is a former member." in me
    assert "Post an event" not in me
    assert ("Take my comment back" in text(own), "Save what I changed" in text(own)) == (True, False)
    assert (await client.get(f"/events/{secret.slug}")).status_code == 404
    assert (await client.get(f"/api/v1/events/{secret.slug}", headers=program)).status_code == 404
    asked = {
        path: (await client.get(path)).status_code
        for path in ("/events/new", "/resources/new", "/funding/new", f"/funding/{call.slug}/consortia/new")
    }
    assert set(asked.values()) == {403}
    refused = await client.post(f"/resources/{guide.slug}/comments", data=form | {"body": "Once more."})
    assert (refused.status_code, "Only members can do this" in text(refused)) == (403, True)
    for path, body in (
        (f"/resources/{guide.slug}/comments", {"body": "x"}),
        (f"/resources/{guide.slug}/uses", {"words": "x"}),
    ):
        assert (await client.post(f"/api/v1{path}", json=body, headers=program)).status_code == 403
    assert (await client.get("/organisations/centre/data")).status_code == 200
    assert (await client.get("/organisations/centre/edit")).status_code == 200
