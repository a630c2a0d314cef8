"""One's own page: details, logins, API tokens, organisations."""

from __future__ import annotations

import re

import httpx
import pytest

from summit_service.accounts import queries as accounts
from summit_service.accounts.tables import ApiToken, Login, Person
from summit_service.members.queries import actor_of
from tests import factories
from tests.clients import Clock, new_client, sign_in
from tests.counting import count_queries


async def test_me_sends_the_public_to_sign_in_and_back(client: httpx.AsyncClient) -> None:
    answer = await client.get("/me")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?next=/me")


@pytest.mark.parametrize(
    "path", ["/me/details", "/me/logins/1/end", "/me/logins/end-others", "/me/tokens", "/me/tokens/1/end"]
)
async def test_me_changes_nothing_for_the_public_or_without_the_form_secret(
    client: httpx.AsyncClient, clock: Clock, path: str
) -> None:
    assert (await client.post(path, data={"name": "X", "token_name": "X"})).status_code == 401

    await sign_in(client, await factories.secretariat(), now=clock.now)
    answer = await client.post(path, data={"name": "X", "token_name": "X", "csrf": "wrong"})

    assert answer.status_code == 403
    assert await ApiToken.count() == 0
    assert await Login.count().where(Login.ended_at.is_not_null()) == 0
    assert await Person.count().where(Person.name == "X") == 0


async def test_me_shows_who_i_am_and_what_i_manage(client: httpx.AsyncClient, clock: Clock) -> None:
    place = await factories.make_organisation("The Empathy Place", slug="place")
    other = await factories.make_organisation("Other Centre", slug="other")
    person = await factories.make_person("Anna Berg", email="anna@members.example")
    for kind in ("representative", "signatory"):
        await factories.give_role(person, kind, organisation=place)
    await factories.give_role(person, "alternate", organisation=other)
    await sign_in(client, await actor_of(person, via="page"), now=clock.now)

    shown = (await client.get("/me")).text

    assert "<h1>Anna Berg</h1>" in shown
    assert "You are signed in as anna<wbr>@members.example." in shown
    assert 'href="/organisations/place/edit"' in shown
    assert 'href="/organisations/place/people"' in shown
    assert 'href="/organisations/other/edit"' not in shown
    assert shown.index("Other Centre") < shown.index("The Empathy Place")
    assert "Alternate signatory" in shown
    assert "This browser" in shown


async def test_me_of_somebody_without_a_role_says_who_can_give_one(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    person = await factories.make_person()
    await sign_in(client, await actor_of(person, via="page"), now=clock.now)

    assert "You have no role in an organisation." in (await client.get("/me")).text


async def test_me_asks_as_much_for_many_rows_as_for_one(client: httpx.AsyncClient, clock: Clock) -> None:
    person = await factories.make_person()
    actor = await actor_of(person, via="page")
    await factories.give_role(person, "signatory", organisation=await factories.make_organisation("First"))
    await sign_in(client, actor, now=clock.now)
    with count_queries() as one:
        await client.get("/me")
    for number in range(3):
        place = await factories.make_organisation(f"Place {number}")
        await factories.give_role(person, "signatory", organisation=place)
        await sign_in(client, actor, now=clock.now)

    with count_queries() as many:
        answer = await client.get("/me")

    assert "Place 2" in answer.text
    assert many.number == one.number


async def test_change_details_keeps_name_and_zone(client: httpx.AsyncClient, clock: Clock) -> None:
    csrf = await sign_in(client, await factories.secretariat(name="Sam"), now=clock.now)

    answer = await client.post(
        "/me/details", data={"name": "Sam Sørensen", "timezone": "Asia/Tokyo", "csrf": csrf}
    )

    assert (answer.status_code, answer.headers["Location"]) == (303, "/me?done=details")
    shown = (await client.get("/me?done=details")).text
    assert "<h1>Sam Sørensen</h1>" in shown
    assert "Your details are saved." in shown
    assert "18:00 Tokyo" in shown


async def test_change_details_with_faults_keeps_what_was_typed(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    csrf = await sign_in(client, await factories.secretariat(name="Sam"), now=clock.now)

    answer = await client.post("/me/details", data={"name": "Sam Two", "timezone": "Mars/Base", "csrf": csrf})

    assert answer.status_code == 422
    assert 'value="Sam Two"' in answer.text
    assert 'value="Mars/Base"' in answer.text
    assert "There is no time zone “Mars/Base”." in answer.text
    assert await Person.count().where(Person.name == "Sam Two") == 0


async def test_end_login_signs_that_browser_out(client: httpx.AsyncClient, clock: Clock) -> None:
    actor = await factories.secretariat()
    csrf = await sign_in(client, actor, now=clock.now)
    async with new_client(clock) as elsewhere:
        await sign_in(elsewhere, actor, now=clock.now)
        newest = (await accounts.logins_of(actor.person_id or 0, now=clock.now))[0]

        answer = await client.post(f"/me/logins/{newest.id}/end", data={"csrf": csrf})

        assert (answer.status_code, answer.headers["Location"]) == (303, "/me?done=login")
        assert (await elsewhere.get("/me")).status_code == 303
    assert (await client.get("/me")).status_code == 200


async def test_end_login_of_somebody_else_is_not_found(client: httpx.AsyncClient, clock: Clock) -> None:
    csrf = await sign_in(client, await factories.secretariat(name="Sam"), now=clock.now)
    async with new_client(clock) as elsewhere:
        other = await factories.secretariat(name="Kim")
        await sign_in(elsewhere, other, now=clock.now)
        (login,) = await accounts.logins_of(other.person_id or 0, now=clock.now)

        assert (await client.post(f"/me/logins/{login.id}/end", data={"csrf": csrf})).status_code == 404
        assert (await elsewhere.get("/me")).status_code == 200


async def test_end_other_logins_keeps_this_one(client: httpx.AsyncClient, clock: Clock) -> None:
    actor = await factories.secretariat()
    csrf = await sign_in(client, actor, now=clock.now)
    async with new_client(clock) as elsewhere:
        await sign_in(elsewhere, actor, now=clock.now)

        await client.post("/me/logins/end-others", data={"csrf": csrf})

        assert (await elsewhere.get("/me")).status_code == 303
    shown = (await client.get("/me")).text
    assert "Sign out everywhere else" not in shown


async def test_create_token_shows_it_once_and_it_works(client: httpx.AsyncClient, clock: Clock) -> None:
    csrf = await sign_in(client, await factories.secretariat(), now=clock.now)

    answer = await client.post("/me/tokens", data={"token_name": "My <calendar>", "csrf": csrf})

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    found = re.search(r'<code class="secret">([A-Za-z0-9_-]{43})</code>', answer.text)
    assert found is not None
    again = (await client.get("/me")).text
    assert found[1] not in again
    assert "My &lt;calendar&gt;" in again
    headers = {"Authorization": f"Bearer {found[1]}"}
    assert (await client.get("/api/v1/people", headers=headers)).status_code == 200

    (row,) = await ApiToken.select(ApiToken.id)
    await client.post(f"/me/tokens/{row['id']}/end", data={"csrf": csrf})

    assert (await client.get("/api/v1/people", headers=headers)).status_code == 401


async def test_create_token_without_a_name_is_told_beside_the_field(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    csrf = await sign_in(client, await factories.secretariat(), now=clock.now)

    answer = await client.post("/me/tokens", data={"token_name": " ", "csrf": csrf})

    assert answer.status_code == 422
    assert 'id="token_name-fault"' in answer.text
    assert await ApiToken.count() == 0


async def test_create_token_beyond_the_limit_is_told_beside_the_field(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    actor = await factories.secretariat()
    csrf = await sign_in(client, actor, now=clock.now)
    for number in range(20):
        await client.post("/me/tokens", data={"token_name": f"t{number}", "csrf": csrf})

    answer = await client.post("/me/tokens", data={"token_name": "one more", "csrf": csrf})

    assert answer.status_code == 409
    assert "You have 20 API tokens." in answer.text
    assert 'value="one more"' in answer.text


async def test_end_token_of_somebody_else_is_not_found(client: httpx.AsyncClient, clock: Clock) -> None:
    csrf = await sign_in(client, await factories.secretariat(name="Sam"), now=clock.now)
    async with new_client(clock) as elsewhere:
        other = await sign_in(elsewhere, await factories.secretariat(name="Kim"), now=clock.now)
        await elsewhere.post("/me/tokens", data={"token_name": "hers", "csrf": other})
        (row,) = await ApiToken.select(ApiToken.id)

        assert (await client.post(f"/me/tokens/{row['id']}/end", data={"csrf": csrf})).status_code == 404
    assert await ApiToken.count().where(ApiToken.ended_at.is_null()) == 1
