"""A representative leaves; a successor takes over, and every link of the first is dead at once."""

from __future__ import annotations

import httpx

from summit_service.accounts.actor import Actor
from summit_service.accounts.tables import Person
from summit_service.members.queries import actor_of
from tests import factories
from tests.clients import Clock, new_client, sign_in
from tests.factories_statements import make_open
from tests.journeys.world import hidden_fields
from tests.postbox import Postbox, link_in, text_of

SUCCESSOR = {"name": "Sue Next", "email": "sue@place.example"}


async def test_a_representative_leaves_and_a_successor_takes_over(
    client: httpx.AsyncClient, clock: Clock, postbox: Postbox
) -> None:
    place = await factories.make_organisation("Place", slug="place", contact_email="carl@place.example")
    contact = await factories.representative_of(place, name="Carl Contact", email="carl@place.example")
    lea = await factories.make_person("Lea Leaver", email="lea@place.example")
    for kind in ("representative", "signatory"):
        await factories.give_role(lea, kind, organisation=place)
    await make_open(await factories.secretariat(), now=clock.now)
    (invitation,) = await postbox.deliver(clock.now)
    sign_link = link_in(invitation, "/sign/")

    async with new_client(clock) as leaver:
        csrf = await sign_in(leaver, await actor_of(lea, via="page"), now=clock.now)
        token = _token_in((await leaver.post("/me/tokens", data={"token_name": "x", "csrf": csrf})).text)
        bearer = {"Authorization": f"Bearer {token}"}
        await client.post("/sign-in", data={"email": "lea@place.example"})
        (unused,) = await postbox.deliver(clock.now)
        assert "I leave: name my successor" in (await leaver.get("/me")).text

        form = await leaver.get("/organisations/place/handover")
        asked = await leaver.post(
            "/organisations/place/handover", data={**hidden_fields(form.text), **SUCCESSOR}
        )
        assert asked.status_code == 303, asked.text
        assert "Waits to be confirmed" in (await leaver.get(asked.headers["Location"])).text
        assert (await client.get(sign_link)).status_code == 200

        (question,) = await postbox.deliver(clock.now)
        assert question["To"] is not None
        assert "carl@place.example" in question["To"]
        await _confirm(contact_page=link_in(question, "/organisations/"), contact=contact, clock=clock)

        assert (await leaver.get("/me")).headers["Location"].startswith("/sign-in")
        assert (await client.get("/api/v1/people", headers=bearer)).status_code == 401
        assert (await client.get(sign_link)).status_code in {404, 410}
        assert (await client.post(link_in(unused, "/sign-in/"))).status_code in {404, 410}

    mails = {str(mail["To"]).split("<")[-1].strip(">"): mail for mail in await postbox.deliver(clock.now)}
    assert set(mails) == {"sue@place.example", "lea@place.example"}
    arrived = [mail for mail in postbox.messages if "sue@place.example" in str(mail["To"])]
    assert sorted("/sign/" in text_of(mail) for mail in arrived) == [False, True]

    welcome, request = sorted(arrived, key=lambda mail: "/sign/" in text_of(mail))
    signed_in = await client.post(link_in(welcome, "/sign-in/"))
    assert signed_in.status_code == 303
    assert "Place" in (await client.get("/me")).text
    assert (await client.get("/organisations/place/edit")).status_code == 200
    assert (await client.get(link_in(request, "/sign/"))).status_code == 200
    left = await Person.objects().get(Person.email == "lea@place.example")
    assert left is not None
    assert left.ended_at == clock.now


async def _confirm(*, contact_page: str, contact: Actor, clock: Clock) -> None:
    async with new_client(clock) as browser:
        csrf = await sign_in(browser, contact, now=clock.now)
        assert "Confirm the successor" in (await browser.get(contact_page)).text
        done = await browser.post(f"{contact_page}/confirmation", data={"csrf": csrf})
        assert done.status_code == 303, done.text


def _token_in(page: str) -> str:
    return page.split('<code class="secret">')[1].split("<", maxsplit=1)[0]
