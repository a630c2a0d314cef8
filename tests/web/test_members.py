"""The directory, an organisation's page, and what its representatives keep there."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from summit_service.accounts.actor import Actor
from summit_service.events import changes
from summit_service.members import directory, queries
from summit_service.members.tables import Organisation, Role
from tests import factories
from tests.clients import Clock, new_client, sign_in
from tests.counting import count_queries
from tests.factories_events import make_event
from tests.journeys.world import hidden_fields

FIELDS = {
    "name": "The Empathy Place",
    "kind": "centre",
    "parent": "",
    "city": "Leeds",
    "country": "GB",
    "website": "https://www.empathy.example",
    "summary": "We *listen*.",
    "timezone": "Europe/London",
    "contact_name": "Sam Reed",
    "contact_email": "sam@members.example",
}


async def place(**columns: str) -> Organisation:
    return await factories.make_organisation("The Empathy Place", slug="place", **columns)


def titles(answer: httpx.Response) -> list[str]:
    return re.findall(r'<h3><a href="/organisations/[^"]+">([^<]+)</a></h3>', answer.text)


async def test_directory_goes_on_page_by_page_without_losing_anybody(client: httpx.AsyncClient) -> None:
    for number in range(directory.PAGE + 5):
        await factories.make_organisation(
            f"Place {number:03}", slug=f"p{number}", country="GB" if number % 2 else "FR"
        )

    first = await client.get("/organisations?kind=centre")
    following = re.search(r'href="(/organisations\?[^"]*after=[^"]*)"', first.text)
    assert following is not None
    second = await client.get(following[1].replace("&amp;", "&"))
    lost = await client.get("/organisations?after=gone")

    names = [titles(page) for page in (first, second)]
    assert [len(one) for one in names] == [directory.PAGE, 5]
    assert len(set(names[0] + names[1])) == directory.PAGE + 5
    assert "kind=centre" in following[1]
    assert "From the beginning" in second.text
    assert "105 of 105 members" in second.text
    assert titles(lost) == names[0]


async def test_directory_by_country_with_the_unknown_last(client: httpx.AsyncClient) -> None:
    await factories.make_organisation("Zeal", country="AU")
    await factories.make_organisation("Beacon", country="")
    await factories.make_organisation("Kind", country="GB", standing="associate")
    await factories.make_organisation("Care", country="GB")
    await factories.make_organisation("Gone", country="GB", standing="former")

    answer = await client.get("/organisations")

    assert answer.status_code == 200
    assert titles(answer) == ["Zeal", "Care", "Kind", "Beacon"]
    assert re.findall(r'<h2 id="place-\d">([^<]+)</h2>', answer.text) == [
        "Australia",
        "United Kingdom",
        "Country not given",
    ]
    assert "4 members" in answer.text
    assert "Associate member" in answer.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "ecole"}, ["École de l&#39;écoute"]),
        ({"q": "LONDON museum"}, ["Empathy Museum"]),
        ({"country": "FR"}, ["École de l&#39;écoute"]),
        ({"country": "fr"}, ["École de l&#39;écoute"]),
        ({"kind": "museum", "country": "GB"}, ["Empathy Museum"]),
        ({"kind": "museum", "country": "FR"}, []),
        ({"q": "<b>"}, []),
    ],
)
async def test_directory_search(client: httpx.AsyncClient, query: dict[str, str], found: list[str]) -> None:
    await factories.make_organisation("École de l'écoute", country="FR", kind="university")
    await factories.make_organisation("Empathy Museum", country="GB", kind="museum", city="London")

    answer = await client.get("/organisations", params=query)

    assert titles(answer) == found
    assert f"{len(found)} of 2 members" in answer.text
    assert "<b>" not in answer.text.replace("<b>1</b>", "")
    assert ("No member matches this search." in answer.text) is (not found)


async def test_directory_without_members_says_so(client: httpx.AsyncClient) -> None:
    assert "There are no members yet." in (await client.get("/organisations")).text


async def test_directory_asks_as_much_for_thirty_as_for_one(client: httpx.AsyncClient) -> None:
    await factories.make_organisation("First")
    with count_queries() as one:
        await client.get("/organisations")
    for number in range(29):
        await factories.make_organisation(f"Place {number}")

    with count_queries() as thirty:
        answer = await client.get("/organisations")

    assert len(titles(answer)) == 30
    assert thirty.number == one.number


async def test_show_organisation_to_each_kind_of_reader(client: httpx.AsyncClient, clock: Clock) -> None:
    own = await place(
        summary="We *listen*. <script>alert(1)</script>",
        website="https://www.empathy.example/",
        city="Leeds",
        contact_name="Sam Reed",
        contact_email="sam@members.example",
    )
    other = await factories.make_organisation("Other")

    public = await client.get("/organisations/place")
    assert public.status_code == 200
    assert "We <em>listen</em>." in public.text
    assert "<script>" not in public.text
    assert '<a href="https://www.empathy.example/" rel="noopener">www.empathy.example</a>' in public.text
    assert "Leeds, United Kingdom" in public.text
    assert "Sam Reed" in public.text
    assert "sam@members.example" not in public.text
    assert "/organisations/place/edit" not in public.text

    await sign_in(client, await factories.representative_of(other), now=clock.now)
    assert "/organisations/place/edit" not in (await client.get("/organisations/place")).text

    await sign_in(client, await factories.representative_of(own), now=clock.now)
    assert "/organisations/place/edit" in (await client.get("/organisations/place")).text


async def test_show_organisation_with_its_next_events_and_its_calendar(
    client: httpx.AsyncClient, now: datetime
) -> None:
    own, other = await place(), await factories.make_organisation("Other", slug="other")
    await factories.make_organisation("Quiet", slug="quiet")
    day = (now + timedelta(days=9)).date()
    times: dict[str, Any] = {"starts_at": f"{day}T09:00", "ends_at": f"{day}T10:00"}
    await make_event(own, summary="Our own round", **times)
    await make_event(own, summary="For members", visibility="members", **times)
    await make_event(other, summary="Of somebody else", **times)

    shown = (await client.get("/organisations/place")).text
    quiet = (await client.get("/organisations/quiet")).text

    assert "Our own round" in shown
    assert 'href="/events?organisation=place"' in shown
    assert "For members" not in shown
    assert "Of somebody else" not in shown
    assert 'href="/calendar?organisation=place"' in shown
    assert "It has announced no events." in quiet
    assert 'href="/calendar?organisation=quiet"' in quiet


async def test_show_organisation_that_there_is_not(client: httpx.AsyncClient) -> None:
    answer = await client.get("/organisations/nobody")

    assert answer.status_code == 404
    assert "There is no such organisation." in answer.text


async def readers(client: httpx.AsyncClient, clock: Clock) -> tuple[Organisation, Actor]:
    """The organisation, its representative; the client is signed in as the wrong one."""
    own = await place()
    other = await factories.make_organisation("Other", slug="other")
    await sign_in(client, await factories.representative_of(other), now=clock.now)
    return own, await factories.representative_of(own)


async def test_edit_by_each_kind_of_reader(client: httpx.AsyncClient, clock: Clock) -> None:
    async with new_client(clock) as stranger:
        _, right = await readers(client, clock)
        assert (await stranger.get("/organisations/place/edit")).headers["Location"] == (
            "/sign-in?next=/organisations/place/edit"
        )
        assert (await stranger.post("/organisations/place/edit", data=FIELDS)).status_code == 401
    wrong = await sign_in(
        client, await factories.representative_of(await factories.make_organisation("C")), now=clock.now
    )
    assert (await client.get("/organisations/place/edit")).status_code == 403
    assert (await client.post("/organisations/place/edit", data=FIELDS | {"csrf": wrong})).status_code == 403

    csrf = await sign_in(client, right, now=clock.now)
    version = await changes.version()
    shown = await client.get("/organisations/place/edit")
    assert shown.status_code == 200
    assert 'name="standing"' not in shown.text
    answer = await client.post("/organisations/place/edit", data=FIELDS | {"csrf": csrf})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/organisations/place?done=kept")
    assert (await changes.version()).number == version.number + 1
    kept = await queries.organisation_by_slug("place")
    assert kept is not None
    assert {name: getattr(kept, name) for name in FIELDS} == FIELDS
    assert "The page is saved." in (await client.get("/organisations/place?done=kept")).text


async def test_edit_in_a_tab_that_is_old_overwrites_nothing_unseen(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    csrf = await sign_in(client, await factories.representative_of(await place()), now=clock.now)
    tab = hidden_fields((await client.get("/organisations/place/edit")).text)
    fields = {name: value for name, value in FIELDS.items() if name != "contact_email"}

    first = await client.post("/organisations/place/edit", data=fields | tab | {"csrf": csrf})
    stale = await client.post(
        "/organisations/place/edit", data=fields | tab | {"csrf": csrf, "summary": "", "city": "York"}
    )
    kept = await queries.organisation_by_slug("place")
    again = await client.post(
        "/organisations/place/edit",
        data=fields | hidden_fields(stale.text) | {"csrf": csrf, "city": "York"},
    )

    assert (first.status_code, stale.status_code, again.status_code) == (303, 409, 303)
    assert "Somebody else has changed this page since you opened it." in stale.text
    assert "We *listen*." in stale.text, "what stands now"
    assert 'value="York"' in stale.text, "and what was typed"
    assert kept is not None
    assert (kept.summary, kept.city) == (FIELDS["summary"], FIELDS["city"])


async def test_edit_of_the_key_contact_is_for_the_main_contact(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    own = await place()
    first = await factories.representative_of(own)
    second = await factories.representative_of(own)

    csrf = await sign_in(client, second, now=clock.now)
    shown = (await client.get("/organisations/place/edit")).text
    refused = await client.post("/organisations/place/edit", data=FIELDS | {"csrf": csrf})
    csrf = await sign_in(client, first, now=clock.now)
    offered = (await client.get("/organisations/place/edit")).text
    done = await client.post("/organisations/place/edit", data=FIELDS | {"csrf": csrf})

    assert 'name="contact_email"' not in shown
    assert "only they and the secretariat change this address" in shown
    assert (refused.status_code, done.status_code) == (422, 303)
    assert "The main contact confirms who signs" in refused.text
    assert 'name="contact_email"' in offered


async def test_edit_with_faults_keeps_what_was_typed(client: httpx.AsyncClient, clock: Clock) -> None:
    csrf = await sign_in(client, await factories.representative_of(await place()), now=clock.now)
    typed = FIELDS | {"name": "N" * 10_000, "website": "ftp://x.org", "timezone": "Mars/Base", "csrf": csrf}

    answer = await client.post("/organisations/place/edit", data=typed)

    assert answer.status_code == 422
    assert "3 answers need another look" in answer.text
    assert "The name has 10,000 characters; 200 is the most it can have." in answer.text
    for value in ("N" * 10_000, "ftp://x.org", "Mars/Base", "We *listen*.", "Leeds"):
        assert value in answer.text
    kept = await queries.organisation_by_slug("place")
    assert kept is not None
    assert (kept.name, kept.city) == ("The Empathy Place", "")


async def test_edit_standing_by_a_representative_is_refused(client: httpx.AsyncClient, clock: Clock) -> None:
    csrf = await sign_in(client, await factories.representative_of(await place()), now=clock.now)

    answer = await client.post(
        "/organisations/place/edit", data=FIELDS | {"standing": "former", "csrf": csrf}
    )

    assert answer.status_code == 403
    assert await Organisation.count().where(Organisation.standing == "member") == 1


async def test_edit_standing_by_the_secretariat_takes_it_out_of_the_directory(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    await place()
    csrf = await sign_in(client, await factories.secretariat(), now=clock.now)
    assert 'name="standing"' in (await client.get("/organisations/place/edit")).text

    await client.post("/organisations/place/edit", data=FIELDS | {"standing": "former", "csrf": csrf})

    assert titles(await client.get("/organisations")) == []
    assert "Former member" in (await client.get("/organisations/place")).text


async def test_new_organisation_by_each_kind_of_reader(client: httpx.AsyncClient, clock: Clock) -> None:
    assert (await client.get("/organisations/new")).headers["Location"] == "/sign-in?next=/organisations/new"
    wrong = await sign_in(client, await factories.representative_of(await place()), now=clock.now)
    assert (await client.get("/organisations/new")).status_code == 403
    assert (await client.post("/organisations/new", data={"csrf": wrong})).status_code == 403

    csrf = await sign_in(client, await factories.secretariat(), now=clock.now)
    assert (await client.get("/organisations/new")).status_code == 200
    faulty = await client.post("/organisations/new", data=FIELDS | {"kind": "", "csrf": csrf})
    assert faulty.status_code == 422
    taken = await client.post("/organisations/new", data=FIELDS | {"standing": "member", "csrf": csrf})
    assert "There is an organisation called “The Empathy Place” already." in taken.text
    made = await client.post(
        "/organisations/new", data=FIELDS | {"name": "New", "standing": "member", "csrf": csrf}
    )

    assert made.headers["Location"] == "/organisations/new-2?done=kept"


async def test_people_by_each_kind_of_reader(client: httpx.AsyncClient, clock: Clock) -> None:
    assert (await client.get("/organisations/nobody/people")).status_code == 404
    _, right = await readers(client, clock)
    async with new_client(clock) as stranger:
        assert (await stranger.get("/organisations/place/people")).status_code == 303
        assert (await stranger.post("/organisations/place/people", data={"name": "X"})).status_code == 401
    assert (await client.get("/organisations/place/people")).status_code == 403

    await sign_in(client, right, now=clock.now)
    shown = await client.get("/organisations/place/people")
    assert shown.status_code == 200
    assert right.email in shown.text


async def test_add_person_and_end_the_role_again(client: httpx.AsyncClient, clock: Clock) -> None:
    own = await place()
    csrf = await sign_in(client, await factories.representative_of(own), now=clock.now)
    body = {
        "name": "Ben Ode",
        "email": "ben@members.example",
        "roles": ["signatory", "alternate"],
        "csrf": csrf,
    }

    answer = await client.post("/organisations/place/people", data=body)

    assert answer.headers["Location"] == "/organisations/place/people?done=added"
    shown = (await client.get("/organisations/place/people?done=added")).text
    assert "The person is added, and mailed a link to sign in." in shown
    assert "the role Alternate signatory of Ben Ode" in shown
    role = await Role.objects().where(Role.kind == "alternate").first()
    assert role is not None
    ended = await client.post(f"/organisations/place/roles/{role.id}/end", data={"csrf": csrf})
    assert ended.headers["Location"] == "/organisations/place/people?done=ended"
    assert (
        "the role Alternate signatory of Ben Ode"
        not in (await client.get("/organisations/place/people")).text
    )
    assert (
        await client.post(f"/organisations/place/roles/{role.id}/end", data={"csrf": csrf})
    ).status_code == 404


async def test_add_person_with_faults_keeps_what_was_typed(client: httpx.AsyncClient, clock: Clock) -> None:
    csrf = await sign_in(client, await factories.representative_of(await place()), now=clock.now)

    nothing = await client.post("/organisations/place/people", data={"csrf": csrf})
    no_roles = await client.post(
        "/organisations/place/people", data={"name": "Ben", "email": "ben@members.example", "csrf": csrf}
    )
    no_address = await client.post(
        "/organisations/place/people",
        data={"name": "Ben Ode", "email": "ben", "roles": ["alternate"], "csrf": csrf},
    )

    assert (nothing.status_code, no_roles.status_code, no_address.status_code) == (422, 422, 422)
    assert "3 answers need another look" in nothing.text
    assert "Choose at least one role" in no_roles.text
    assert 'value="ben@members.example"' in no_roles.text
    assert 'value="Ben Ode"' in no_address.text
    assert 'value="alternate" checked' in no_address.text


async def test_end_role_of_the_only_representative_is_refused(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    own = await place()
    csrf = await sign_in(client, await factories.representative_of(own), now=clock.now)
    (role,) = await Role.select(Role.id)

    answer = await client.post(f"/organisations/place/roles/{role['id']}/end", data={"csrf": csrf})

    assert answer.status_code == 409
    assert "This is the only representative." in answer.text


async def test_end_own_role_leads_to_the_own_page(client: httpx.AsyncClient, clock: Clock) -> None:
    own = await place()
    await factories.representative_of(own)
    me = await factories.representative_of(own)
    csrf = await sign_in(client, me, now=clock.now)
    role = await Role.objects().where(Role.person == me.person_id).first()
    assert role is not None

    answer = await client.post(f"/organisations/place/roles/{role.id}/end", data={"csrf": csrf})

    assert answer.headers["Location"] == "/me"
    assert (await client.get("/organisations/place/people")).status_code == 403


async def test_end_role_through_another_organisation_is_not_found(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    own = await place()
    other = await factories.make_organisation("Other", slug="other")
    await factories.representative_of(other)
    role = await Role.objects().where(Role.organisation == other.id).first()
    assert role is not None
    csrf = await sign_in(client, await factories.representative_of(own), now=clock.now)

    assert (
        await client.post(f"/organisations/place/roles/{role.id}/end", data={"csrf": csrf})
    ).status_code == 404
    assert (
        await client.post(f"/organisations/other/roles/{role.id}/end", data={"csrf": csrf})
    ).status_code == 403


async def test_pages_read_many_times_change_nothing(client: httpx.AsyncClient, clock: Clock) -> None:
    await sign_in(client, await factories.representative_of(await place()), now=clock.now)
    before = (await Organisation.select(), await Role.select())
    paths = [
        "/organisations",
        "/organisations/place",
        "/organisations/place/edit",
        "/organisations/place/people",
    ]

    answers = await asyncio.gather(
        *(client.get(path) for path in paths * 5), *(client.head(path) for path in paths)
    )

    assert {answer.status_code for answer in answers} == {200}
    assert (await Organisation.select(), await Role.select()) == before
