"""Pages and API: a copy of what is held, and erasing a person or an organisation after two questions."""

from __future__ import annotations

from datetime import datetime

import httpx

from summit_service.accounts import actions as accounts
from summit_service.accounts.tables import Person
from summit_service.members.queries import actor_of
from summit_service.members.tables import Organisation, OrganisationLogo, Role
from tests import factories
from tests.clients import Clock, sign_in
from tests.factories_events import make_event
from tests.factories_resources import make_resource
from tests.journeys.world import hidden_fields


async def test_person_copies_and_erases_themselves_and_the_token_dies(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    place = await factories.make_organisation("The Place", slug="place")
    anna = await factories.make_person("Anna Berg", email="anna@people.example")
    await factories.give_role(anna, "representative", organisation=place)
    me = await actor_of(anna, via="page")
    token = await accounts.create_api_token("a program", actor=me, now=clock.now)
    bearer = {"Authorization": f"Bearer {token}"}
    by_api = (await client.get("/api/v1/me/data", headers=bearer)).json()
    api_told = (await client.get("/api/v1/me/erasure", headers=bearer)).json()
    await sign_in(client, me, now=clock.now)

    assert "What is held about me" in (await client.get("/me")).text
    shown = (await client.get("/me/data")).text
    copy = await client.get("/me/data.json")
    told = (await client.get("/me/erasure")).text
    asked = (await client.get("/me/erasure/confirmation")).text
    form = hidden_fields(asked)
    refused = await client.post("/me/erasure/confirmation", data={**form, "email": "other@people.example"})
    stale = {**form, "seen": "old", "email": anna.email}
    overtaken = await client.post("/me/erasure/confirmation", data=stale)
    done = await client.post("/me/erasure/confirmation", data={**form, "email": " Anna@People.example"})

    assert "Tokens" in shown
    assert copy.headers["Content-Disposition"] == f'attachment; filename="person-{anna.id}.json"'
    assert copy.json()["account"]["email"] == by_api["account"]["email"] == "anna@people.example"
    assert copy.json()["roles"][0]["organisation"] == "place"
    assert token not in copy.text
    assert "What must stay, and why" in told
    assert "The Place would have nobody to act for it" in told
    assert api_told["seen"] == form["seen"]
    assert (refused.status_code, overtaken.status_code, done.status_code) == (422, 409, 200)
    assert "Read it once more" in overtaken.text
    assert "It is done" in done.text
    assert (await client.get("/me")).status_code == 303
    assert (await client.get("/api/v1/me/data", headers=bearer)).status_code == 401
    assert not await Person.exists().where(Person.email == "anna@people.example")


async def test_secretariat_erases_somebody_by_api_and_by_page(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    bo = await factories.make_person("Bo Ito", email="bo@people.example")
    cy = await factories.make_person("Cy Dee", email="cy@people.example")
    desk = await factories.secretariat()
    token = await accounts.create_api_token("desk", actor=desk, now=clock.now)
    bearer = {"Authorization": f"Bearer {token}"}
    await sign_in(client, desk, now=clock.now)

    form = hidden_fields((await client.get(f"/desk/people/{bo.id}/erasure/confirmation")).text)
    page = await client.post(
        f"/desk/people/{bo.id}/erasure/confirmation", data={**form, "email": "bo@people.example"}
    )
    seen = (await client.get(f"/api/v1/people/{cy.id}/erasure", headers=bearer)).json()["seen"]
    body = {"seen": seen, "email": "cy@people.example"}
    by_api = await client.post(f"/api/v1/people/{cy.id}/erasure", json=body, headers=bearer)
    again = await client.post(f"/api/v1/people/{cy.id}/erasure", json=body, headers=bearer)

    assert (page.status_code, by_api.status_code, again.status_code) == (200, 204, 404)
    assert (await client.get(f"/desk/people/{bo.id}/data")).status_code == 404
    assert (await client.get("/me")).status_code == 200


async def test_main_contact_copies_and_erases_the_organisation(
    client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    place = await factories.make_organisation(
        "The Place", slug="place", contact_email="cora@people.example", summary="We listen.", city="Leeds"
    )
    cora = await factories.representative_of(place, name="Cora", email="cora@people.example")
    await make_event(place, actor=cora, now=now, summary="Past")
    await make_resource(place, actor=cora, now=now)
    await sign_in(client, cora, now=clock.now)

    copy = (await client.get("/organisations/place/data.json")).json()
    waits = (await client.get("/organisations/place/erasure")).text
    clock.advance(days=400)
    await sign_in(client, cora, now=clock.now)
    told = (await client.get("/organisations/place/erasure")).text
    form = hidden_fields((await client.get("/organisations/place/erasure/confirmation")).text)
    refused = await client.post("/organisations/place/erasure/confirmation", data={**form, "name": "Place"})
    done = await client.post("/organisations/place/erasure/confirmation", data={**form, "name": "the place"})

    assert copy["organisation"]["summary"] == "We listen."
    assert [one["email"] for one in copy["people"]] == ["cora@people.example"]
    assert [one["summary"] for one in copy["events"]] == ["Past"]
    assert "Cancel or discard them first" in waits
    assert "Past and cancelled events" in told
    assert (refused.status_code, done.status_code) == (422, 200)
    row = await Organisation.objects().get(Organisation.id == place.id)
    assert row is not None
    assert (row.name, row.standing, row.summary, row.city, row.contact_email) == (
        "The Place",
        "former",
        "",
        "",
        "",
    )
    assert await OrganisationLogo.count() == 0
    assert not await Role.exists().where(Role.ended_at.is_null())
    assert (await client.get("/me")).status_code == 303
