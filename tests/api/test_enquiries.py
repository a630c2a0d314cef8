"""Enquiries by the API: asked by anybody, read and decided by the secretariat."""

from __future__ import annotations

from dataclasses import asdict

import httpx

from tests import factories
from tests.clients import Clock, bearer
from tests.factories_enquiries import FORM
from tests.postbox import Postbox, link_in, text_of


async def test_enquiry_from_asking_to_a_new_member(
    client: httpx.AsyncClient, clock: Clock, postbox: Postbox
) -> None:
    desk = await bearer(await factories.secretariat(), now=clock.now)
    wrong = await client.post("/api/v1/enquiries", json={**asdict(FORM), "kind": "x", "email": "nobody"})
    asked = await client.post("/api/v1/enquiries", json=asdict(FORM))
    unread = (await client.get("/api/v1/enquiries", headers=desk)).json()["items"]
    (confirmation,) = await postbox.deliver(clock.now)
    await client.post(link_in(confirmation, "/join/"))
    (listed,) = (await client.get("/api/v1/enquiries", headers=desk)).json()["items"]
    here = f"/api/v1/enquiries/{listed['id']}"
    stranger = await client.get(here)
    whole = (await client.get(here, headers=desk)).json()
    await client.post(f"{here}/questions", json={"question": "Since when?"}, headers=desk)
    noted = await client.post(f"{here}/notes", json={"note": "Since 2019."}, headers=desk)
    decision = {"decision": "member", "reason": "Welcome.", "seen": 0}
    decided = await client.post(f"{here}/decision", json=decision, headers=desk)
    again = await client.post(f"{here}/decision", json=decision, headers=desk)
    mails = "".join(text_of(mail) for mail in await postbox.deliver(clock.now))
    clock.advance(days=400)
    over = await client.get(here, headers=desk)

    assert wrong.status_code == 422
    assert {fault["pointer"] for fault in wrong.json()["errors"]} == {"/kind", "/email"}
    assert (asked.status_code, unread, stranger.status_code) == (202, [], 401)
    assert [one["verdict"] for one in whole["answers"]] == ["met", "met"]
    assert whole["answers"][0]["details"] == FORM.how
    assert [one["kind"] for one in noted.json()["talk"]] == ["question", "reply"]
    assert (decided.status_code, again.status_code, over.status_code) == (201, 409, 410)
    assert decided.json()["organisation"] == "institute-of-listening"
    assert "Since when?" in mails
    assert "Post your first event." in mails
