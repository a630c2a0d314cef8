"""Organisations and people by the API: stranger, wrong member, right member, in that order."""

from __future__ import annotations

from datetime import datetime

import httpx
import pytest

from summit_service.accounts.tables import Person
from summit_service.mail.tables import OutboxMessage
from summit_service.members.tables import Organisation, Role
from tests import factories
from tests.clients import Clock, bearer
from tests.counting import count_queries
from tests.factories_events import make_event

PLACE = {"name": "The Empathy Place", "kind": "centre", "country": "GB", "timezone": "Europe/London"}
PLACE_SHOWN = {
    "slug": "the-empathy-place",
    "name": "The Empathy Place",
    "kind": "centre",
    "parent": "",
    "city": "",
    "country": "GB",
    "website": "",
    "summary": "",
    "timezone": "Europe/London",
    "standing": "member",
    "logo": None,
}
CONTACT = {"contact_name": "", "contact_email": ""}


async def test_create_organisation_by_each_kind_of_reader(client: httpx.AsyncClient, now: datetime) -> None:
    centre = await factories.make_organisation("Centre")
    wrong = await bearer(await factories.representative_of(centre), now=now)
    right = await bearer(await factories.secretariat(), now=now)

    refused = [await client.post("/api/v1/organisations", json=PLACE, headers=h) for h in ({}, wrong)]
    assert [answer.status_code for answer in refused] == [401, 403]
    assert refused[0].headers["WWW-Authenticate"] == "Bearer"
    assert await Organisation.count() == 1

    answer = await client.post("/api/v1/organisations", json=PLACE, headers=right)
    assert answer.status_code == 201
    assert answer.json() == PLACE_SHOWN | CONTACT | {"seen": answer.json()["seen"]}


async def test_create_organisation_with_faults_points_to_each(
    client: httpx.AsyncClient, now: datetime
) -> None:
    headers = await bearer(await factories.secretariat(), now=now)
    body = {"name": " ", "kind": "club", "country": "XX", "website": "ftp://x.org", "timezone": "Mars/Base"}

    answer = await client.post("/api/v1/organisations", json=body, headers=headers)

    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "invalid"
    assert [error["pointer"] for error in answer.json()["errors"]] == [
        "/name",
        "/kind",
        "/country",
        "/website",
        "/timezone",
    ]
    assert await Organisation.count() == 0


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": "A", "kind": 7}, "/kind"),
        ({"name": "A", "kind": "centre", "colour": "red"}, "/colour"),
        ({"kind": "centre"}, "/name"),
        ([], ""),
    ],
)
async def test_create_organisation_with_the_wrong_shape_is_refused(
    client: httpx.AsyncClient, now: datetime, body: object, pointer: str
) -> None:
    headers = await bearer(await factories.secretariat(), now=now)

    answer = await client.post("/api/v1/organisations", json=body, headers=headers)

    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert await Organisation.count() == 0


async def test_create_organisation_of_a_name_that_is_taken(client: httpx.AsyncClient, now: datetime) -> None:
    headers = await bearer(await factories.secretariat(), now=now)
    await client.post("/api/v1/organisations", json=PLACE, headers=headers)

    answer = await client.post(
        "/api/v1/organisations", json=PLACE | {"name": "the EMPATHY place"}, headers=headers
    )

    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"pointer": "/name", "detail": "There is an organisation called “the EMPATHY place” already."}
    ]


async def test_create_organisation_twice_with_one_key_makes_one(
    client: httpx.AsyncClient, now: datetime
) -> None:
    headers = await bearer(await factories.secretariat(), now=now) | {"Idempotency-Key": "k1"}

    first = await client.post("/api/v1/organisations", json=PLACE, headers=headers)
    second = await client.post("/api/v1/organisations", json=PLACE, headers=headers)

    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert await Organisation.count() == 1


async def test_show_organisation_to_each_kind_of_reader(client: httpx.AsyncClient, now: datetime) -> None:
    place = await factories.make_organisation(
        "The Empathy Place",
        slug="the-empathy-place",
        contact_name="Sam",
        contact_email="sam@members.example",
    )
    other = await factories.make_organisation("Other")
    wrong = await bearer(await factories.representative_of(other), now=now)
    right = await bearer(await factories.representative_of(place), now=now)

    answers = [
        await client.get("/api/v1/organisations/the-empathy-place", headers=h) for h in ({}, wrong, right)
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert answers[0].json() == PLACE_SHOWN
    assert answers[1].json() == PLACE_SHOWN
    own = answers[2].json()
    assert own == PLACE_SHOWN | {
        "contact_name": "Sam",
        "contact_email": "sam@members.example",
        "seen": own["seen"],
    }


async def test_change_of_what_is_another_by_now_is_refused(client: httpx.AsyncClient, now: datetime) -> None:
    own = await factories.make_organisation("Place", slug="place")
    headers = await bearer(await factories.representative_of(own), now=now)
    seen = (await client.get("/api/v1/organisations/place", headers=headers)).json()["seen"]

    first = await client.patch(
        "/api/v1/organisations/place", json={"city": "Leeds", "seen": seen}, headers=headers
    )
    second = await client.patch(
        "/api/v1/organisations/place", json={"city": "York", "seen": seen}, headers=headers
    )

    assert (first.status_code, second.status_code) == (200, 409)
    assert (await client.get("/api/v1/organisations/place")).json()["city"] == "Leeds"


async def test_show_organisation_that_there_is_not(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/organisations/nobody")

    assert answer.status_code == 404
    assert answer.json() == {
        "title": "Not Found",
        "status": 404,
        "detail": "There is no such organisation.",
        "code": "not_found",
    }


async def test_list_organisations_by_pages(client: httpx.AsyncClient) -> None:
    for number in range(5):
        await factories.make_organisation(f"Place {number}", slug=f"place-{number}")
    await factories.make_organisation("Gone", slug="gone", standing="former")

    slugs: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = await client.get("/api/v1/organisations", params={"limit": 2, "cursor": cursor})
        assert answer.status_code == 200
        slugs += [item["slug"] for item in answer.json()["items"]]
        cursor = answer.json()["next"]

    assert slugs == [f"place-{number}" for number in range(5)]
    former = await client.get("/api/v1/organisations", params={"standing": "former"})
    assert [item["slug"] for item in former.json()["items"]] == ["gone"]


async def test_list_organisations_with_filters(client: httpx.AsyncClient) -> None:
    await factories.make_organisation("École de l'écoute", slug="ecole", country="FR", kind="university")
    await factories.make_organisation(
        "Empathy Museum", slug="museum", country="GB", kind="museum", city="London"
    )

    found = {}
    for name, value in (
        ("q", "ecole ECOUTE"),
        ("q", "london"),
        ("country", "fr"),
        ("kind", "museum"),
        ("q", "x"),
    ):
        answer = await client.get("/api/v1/organisations", params={name: value})
        found[value] = [item["slug"] for item in answer.json()["items"]]

    assert found == {
        "ecole ECOUTE": ["ecole"],
        "london": ["museum"],
        "fr": ["ecole"],
        "museum": ["museum"],
        "x": [],
    }


@pytest.mark.parametrize("limit", ["0", "201", "many"])
async def test_list_organisations_with_a_limit_out_of_bounds(client: httpx.AsyncClient, limit: str) -> None:
    answer = await client.get("/api/v1/organisations", params={"limit": limit})

    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_list_organisations_asks_as_much_for_thirty_as_for_one(client: httpx.AsyncClient) -> None:
    await factories.make_organisation("First")
    with count_queries() as one:
        await client.get("/api/v1/organisations")
    for number in range(29):
        await factories.make_organisation(f"Place {number}")

    with count_queries() as thirty:
        answer = await client.get("/api/v1/organisations")

    assert len(answer.json()["items"]) == 30
    assert thirty.number == one.number


async def test_change_organisation_by_each_kind_of_reader(client: httpx.AsyncClient, now: datetime) -> None:
    place = await factories.make_organisation("The Empathy Place", slug="the-empathy-place")
    other = await factories.make_organisation("Other")
    wrong = await bearer(await factories.representative_of(other), now=now)
    right = await bearer(await factories.representative_of(place), now=now)
    body = {"website": "https://www.empathy.example", "city": "Leeds"}
    path = "/api/v1/organisations/the-empathy-place"

    refused = [await client.patch(path, json=body, headers=h) for h in ({}, wrong)]
    assert [answer.status_code for answer in refused] == [401, 403]

    answer = await client.patch(path, json=body, headers=right)
    assert answer.status_code == 200
    assert answer.json() == PLACE_SHOWN | CONTACT | body | {"seen": answer.json()["seen"]}
    assert (await client.get(path)).json() == PLACE_SHOWN | body


async def test_change_organisation_standing_is_for_the_secretariat(
    client: httpx.AsyncClient, now: datetime
) -> None:
    place = await factories.make_organisation("Place", slug="place")
    own = await bearer(await factories.representative_of(place), now=now)
    secretariat = await bearer(await factories.secretariat(), now=now)
    path = "/api/v1/organisations/place"

    assert (await client.patch(path, json={"standing": "associate"}, headers=own)).status_code == 403
    answer = await client.patch(path, json={"standing": "associate"}, headers=secretariat)

    assert answer.json()["standing"] == "associate"


async def test_add_person_by_each_kind_of_reader(client: httpx.AsyncClient, now: datetime) -> None:
    place = await factories.make_organisation("Place", slug="place")
    other = await factories.make_organisation("Other")
    wrong = await bearer(await factories.representative_of(other), now=now)
    right = await bearer(await factories.representative_of(place), now=now)
    known = await Person.count()
    body = {
        "name": "Anna Berg",
        "email": "anna@members.example",
        "organisation": "place",
        "roles": ["signatory", "representative"],
    }

    refused = [await client.post("/api/v1/people", json=body, headers=h) for h in ({}, wrong)]
    assert [answer.status_code for answer in refused] == [401, 403]
    assert await Person.count() == known

    answer = await client.post("/api/v1/people", json=body, headers=right)
    assert answer.status_code == 201
    person = await Person.objects().where(Person.email == "anna@members.example").first()
    assert person is not None
    assert answer.json() == {
        "id": person.id,
        "name": "Anna Berg",
        "email": "anna@members.example",
        "organisation": "place",
        "roles": ["representative", "signatory"],
    }
    assert await OutboxMessage.count().where(OutboxMessage.kind == "role_invitation") == 1


async def test_add_person_with_faults_points_to_each(client: httpx.AsyncClient, now: datetime) -> None:
    place = await factories.make_organisation("Place", slug="place")
    headers = await bearer(await factories.representative_of(place), now=now)
    roles = await Role.count()

    body = {"name": "", "email": "anna", "organisation": "place", "roles": ["signatory"]}
    answer = await client.post("/api/v1/people", json=body, headers=headers)
    unknown = await client.post(
        "/api/v1/people",
        json=body | {"name": "A", "email": "a@members.example", "roles": ["king"]},
        headers=headers,
    )

    assert [error["pointer"] for error in answer.json()["errors"]] == ["/name", "/email"]
    assert [error["pointer"] for error in unknown.json()["errors"]] == ["/roles"]
    assert await Role.count() == roles


async def test_list_people_by_each_kind_of_reader(client: httpx.AsyncClient, now: datetime) -> None:
    place = await factories.make_organisation("Place", slug="place")
    anna = await factories.representative_of(place, name="Anna", email="anna@members.example")
    sam = await factories.secretariat(name="Sam", email="sam@members.example")

    assert (await client.get("/api/v1/people")).status_code == 401
    assert (await client.get("/api/v1/people", headers=await bearer(anna, now=now))).status_code == 403

    headers = await bearer(sam, now=now)
    first = await client.get("/api/v1/people", params={"limit": 1}, headers=headers)
    assert first.json() == {
        "items": [
            {
                "id": anna.person_id,
                "name": "Anna",
                "email": "anna@members.example",
                "roles": [{"organisation": "place", "role": "representative"}],
            }
        ],
        "next": str(anna.person_id),
    }
    second = await client.get("/api/v1/people", params={"cursor": first.json()["next"]}, headers=headers)
    assert second.json() == {
        "items": [
            {
                "id": sam.person_id,
                "name": "Sam",
                "email": "sam@members.example",
                "roles": [{"organisation": None, "role": "secretariat"}],
            }
        ],
        "next": None,
    }


async def test_change_organisation_gives_calendars_its_new_name(
    client: httpx.AsyncClient, now: datetime
) -> None:
    centre = await factories.make_organisation("Centre", slug="centre")
    event = await make_event(centre)
    before = await client.get("/organisations/centre/calendar.ics")
    headers = await bearer(await factories.representative_of(centre), now=now)

    await client.patch("/api/v1/organisations/centre", json={"name": "Centre for Care"}, headers=headers)

    feed = await client.get("/organisations/centre/calendar.ics")
    assert "Hosted by Centre for Care." in feed.text
    assert "NAME:" in feed.text
    assert "Centre for Care" in feed.text.split("BEGIN:VEVENT")[0]
    assert feed.headers["etag"] != before.headers["etag"]
    assert event.slug in feed.text


async def test_roles_are_listed_confirmed_and_ended(client: httpx.AsyncClient, clock: Clock) -> None:
    place = await factories.make_organisation("The Place", slug="place", contact_email="cora@people.example")
    cora = await factories.representative_of(place, name="Cora", email="cora@people.example")
    other = await factories.representative_of(place, name="Zoe", email="zoe@people.example")
    head, theirs = await bearer(cora, now=clock.now), await bearer(other, now=clock.now)
    body = {"name": "Bo", "email": "bo@people.example", "organisation": "place", "roles": ["signatory"]}
    await client.post("/api/v1/people", json=body, headers=theirs)

    listed = (await client.get("/api/v1/organisations/place/people", headers=head)).json()["items"]
    proposed = next(one for one in listed if one["is_proposed"])
    here = "/api/v1/organisations/place/roles"
    refused = await client.post(f"{here}/{proposed['role']}/confirmation", headers=theirs)
    confirmed = await client.post(f"{here}/{proposed['role']}/confirmation", headers=head)
    ended = await client.post(f"{here}/{proposed['role']}/end", headers=theirs)
    again = await client.post(f"{here}/{proposed['role']}/end", headers=theirs)

    assert [one["name"] for one in listed] == ["Bo", "Cora", "Zoe"]
    assert (refused.status_code, confirmed.status_code) == (403, 201)
    assert not any(one["is_proposed"] for one in confirmed.json()["items"])
    word = {"by": "Cora", "standing": "contact", "via": "api", "at": clock.now.isoformat()}
    assert [one["confirmed"] for one in listed] == [None] * 3
    assert [one["confirmed"] for one in confirmed.json()["items"]] == [word, None, None]
    assert [one["name"] for one in ended.json()["items"]] == ["Cora", "Zoe"]
    assert again.status_code == 404


async def test_table_is_told_and_then_taken(client: httpx.AsyncClient, clock: Clock) -> None:
    place = await factories.make_organisation("The Place", slug="place", city="York")
    member = await bearer(await factories.representative_of(place), now=clock.now)
    desk = await bearer(await factories.secretariat(), now=clock.now)
    heading = "name;kind;parent;city;country;website;timezone;standing;contact_name;contact_email\n"
    body = {"table": f"{heading}The Place;centre;;Leeds;;;;;;\nThe Hall;museum;;;;;;;;\n"}
    address = "/api/v1/organisations/import"

    refused = await client.post(address, json=body, headers=member)
    faulty = await client.post(address, json={"table": f"{heading}A;castle;;;;;;;;\n"}, headers=desk)
    told = await client.post(f"{address}?dry_run=true", json=body, headers=desk)
    before = await Organisation.count()
    await place.update_self({Organisation.city: "Hull"})
    stale = await client.post(address, json={**body, "seen": told.json()["seen"]}, headers=desk)
    again = await client.post(f"{address}?dry_run=true", json=body, headers=desk)
    taken = await client.post(address, json={**body, "seen": again.json()["seen"]}, headers=desk)

    assert (refused.status_code, before, stale.status_code) == (403, 1, 409)
    assert faulty.status_code == 422
    assert "line 2, kind: There is no kind “castle”." in faulty.json()["errors"][0]["detail"]
    assert taken.json() == {
        "dry_run": False,
        "read_as": "UTF-8, the columns parted by semicolons",
        "seen": again.json()["seen"],
        "new": ["The Hall"],
        "changed": [{"name": "The Place", "fields": [{"field": "city", "before": "Hull", "after": "Leeds"}]}],
        "unchanged": [],
    }
    assert told.json()["dry_run"] is True
