"""The pages of registration: the form, what the link opens, and the secretariat's list."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from summit_service import links
from summit_service.mail.tables import OutboxMessage
from summit_service.registrations import actions, rules, stored
from summit_service.registrations.answers import Asked
from summit_service.registrations.tables import Place, Registration
from summit_service.visitor import LIMITS, check_rate
from tests import factories
from tests.clients import Clock, sign_in
from tests.factories_registrations import (
    BEGINS,
    CLOSES,
    link_of,
    make_edition,
    register,
    registration_of,
    states,
)
from tests.web.pages import elements

URL = "/summits/2026/register"
ANNA = {"name": "Anna Berg", "email": "anna.berg@delegates.example", "attendance": "in_person"}


async def test_register_form_says_how_many_places_are_left(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition(in_person=1, online=500)
    await register(now=now)
    await register(now=now)

    page = await client.get(URL)

    assert page.status_code == 200
    assert "All 1 places are taken. 1 person waits already." in page.text
    assert "500 of 500 places are left." in page.text
    assert "In person (waiting list)" in page.text


async def test_register_shows_what_was_told_and_what_comes_next(client: httpx.AsyncClient) -> None:
    await make_edition()

    page = await client.post(URL, data=ANNA | {"dietary": "Vegan", "timezone": "Asia/Kolkata"})

    assert page.status_code == 200
    assert "Your place in person is confirmed" in page.text
    assert "anna.berg@delegates.example" in page.text
    assert "Vegan" in page.text
    assert await states() == {"Anna Berg": "confirmed in_person"}


async def test_register_with_faults_keeps_what_was_typed(client: httpx.AsyncClient) -> None:
    await make_edition()

    page = await client.post(URL, data=ANNA | {"email": "anna@", "dietary": "No nuts", "attendance": ""})

    assert page.status_code == 422
    assert 'value="Anna Berg"' in page.text
    assert 'value="anna@"' in page.text
    assert "No nuts" in page.text
    assert "2 answers need another look" in page.text
    assert await Registration.count() == 0


@pytest.mark.parametrize(
    ("moment", "status", "words"),
    [
        (CLOSES, 410, "Registration was open until"),
        (datetime.fromisoformat("2026-01-01T00:00+00:00"), 409, "opens on"),
    ],
)
async def test_register_outside_its_time_says_when(
    client: httpx.AsyncClient, clock: Clock, moment: datetime, status: int, words: str
) -> None:
    await make_edition(registration_opens_instant=datetime(2026, 2, 1, tzinfo=UTC))
    clock.now = moment

    form, answer = await client.get(URL), await client.post(URL, data=ANNA)

    assert (form.status_code, answer.status_code) == (200, status)
    assert words in form.text
    assert words in answer.text
    assert "<form" not in form.text
    assert await Registration.count() == 0


async def test_register_of_an_unknown_address_reads_the_same_as_of_a_known_one(
    client: httpx.AsyncClient, now: datetime
) -> None:
    await make_edition(in_person=1)
    await register("Anna Berg", now=now)
    stranger = {"name": "Somebody", "attendance": "in_person"}

    known = await client.post(URL, data=stranger | {"email": "anna.berg@delegates.example"})
    unknown = await client.post(URL, data=stranger | {"email": "anna.borg@delegates.example"})

    assert known.status_code == unknown.status_code == 200
    assert known.text.replace("berg@", "borg@") == unknown.text


async def test_register_from_another_site_is_refused(client: httpx.AsyncClient) -> None:
    await make_edition()

    refused = await client.post(URL, data=ANNA, headers={"Sec-Fetch-Site": "cross-site"})
    taken = await client.post(URL, data=ANNA, headers={"Sec-Fetch-Site": "same-origin", "Origin": "null"})

    assert (refused.status_code, taken.status_code) == (403, 200)


@pytest.mark.parametrize("database_kind", ["sqlite"])  # how often one may ask is counted in no database
async def test_six_hundred_registrations_from_one_hospital_are_normal(client: httpx.AsyncClient) -> None:
    """Those before the last twenty are counted as the page counts them, without waiting for each to be written."""
    await make_edition(online=1_000)
    data = ANNA | {"attendance": "online"}
    ask(580)

    answers = [
        await client.post(URL, data=data | {"email": f"a{number}@hospital.example"}) for number in range(20)
    ]
    ask(LIMITS["registration"].amount - 600)
    flood = await client.post(URL, data=data | {"email": "one-more@hospital.example"})

    assert {answer.status_code for answer in answers} == {200}
    assert flood.status_code == 429


def ask(times: int) -> None:
    """So many requests to register, from the network of the test's visitor."""
    for _ in range(times):
        check_rate("registration", "127.0.0.1")


async def test_questions_are_asked_on_the_form(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()
    asked = [
        Asked(
            key="day",
            label="When do you come?",
            kind="choice",
            choices=("Sunday", "Monday"),
            is_required=True,
        ),
        Asked(key="code", label="I keep to the code", kind="tick", is_required=True),
        Asked(key="guests", label="Guests", kind="number"),
        Asked(key="note", label="Anything else?", kind="text"),
    ]
    await actions.set_questions(2026, asked, actor=await factories.secretariat(), now=now)
    answers = {"answers/day": "Sunday", "answers/code": "yes", "answers/guests": "2"}

    refused = await client.post(URL, data=ANNA | {"answers/guests": "lots"})
    taken = await client.post(URL, data=ANNA | answers)

    assert refused.status_code == 422
    assert 'href="#answers/day"' in refused.text
    assert 'value="lots"' in refused.text
    assert taken.status_code == 200
    assert stored.values((await registration_of("Anna Berg")).answers) == {
        "code": True,
        "day": "Sunday",
        "guests": 2,
    }


async def test_link_shows_it_and_changes_nothing(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition(in_person=1)
    for name in ("Delegate A", "Delegate B"):
        await register(name, now=now)
    await actions.cancel(await link_of("Delegate A", now=now), now=now)
    token = await link_of("Delegate B", now=now)
    before = await snapshot()

    for path in ("", "/cancellation", "?done=accepted", "/summit.ics") * 5:
        await client.get(f"/registrations/{token}{path}")
        await client.head(f"/registrations/{token}{path}")

    page = await client.get(f"/registrations/{token}")
    assert await snapshot() == before
    assert "A place in person is held for you" in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert "set-cookie" not in page.headers


async def snapshot() -> list[object]:
    """Every row that a registration is made of."""
    tables = (Registration, Place, links.Link, OutboxMessage)
    return [await table.select().order_by(table.id) for table in tables]


async def test_every_wrong_link_gets_the_same_page(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()
    await register("Anna Berg", now=now)
    token = await link_of("Anna Berg", now=now)
    other = await links.issue("sign", subject="1", now=now)

    wrong = [token[:-1], token[:-1] + ("A" if token[-1] != "A" else "B"), other, "x", "%00", "é" * 43]
    pages = [await client.get(f"/registrations/{one}") for one in wrong]
    posted = [await client.post(f"/registrations/{one}/cancellation") for one in wrong]

    assert {page.status_code for page in (*pages, *posted)} == {404}
    assert len({page.text for page in (*pages, *posted)}) == 1
    assert await states() == {"Anna Berg": "confirmed in_person"}


async def test_cancel_asks_once_and_shows_it_afterwards(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()
    await register("Anna Berg", now=now)
    token = await link_of("Anna Berg", now=now)

    question = await client.get(f"/registrations/{token}/cancellation")
    answer = await client.post(f"/registrations/{token}/cancellation", follow_redirects=True)
    again = await client.post(f"/registrations/{token}/cancellation", follow_redirects=True)

    assert "Cancel your registration?" in question.text
    assert answer.history[0].status_code == 303
    assert "This registration is cancelled" in answer.text
    assert answer.text == again.text
    assert await states() == {"Anna Berg": "cancelled"}


async def test_offer_is_taken_by_a_button(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition(in_person=1)
    for name in ("Delegate A", "Delegate B"):
        await register(name, now=now)
    await actions.cancel(await link_of("Delegate A", now=now), now=now)
    token = await link_of("Delegate B", now=now)

    page = await client.post(f"/registrations/{token}/acceptance", follow_redirects=True)

    assert "Your place in person is confirmed" in page.text
    assert (await states())["Delegate B"] == "confirmed in_person"


async def test_offer_that_is_over_says_so(client: httpx.AsyncClient, clock: Clock, now: datetime) -> None:
    await make_edition(in_person=1)
    for name in ("Delegate A", "Delegate B"):
        await register(name, now=now)
    await actions.cancel(await link_of("Delegate A", now=now), now=now)
    token = await link_of("Delegate B", now=now)
    clock.now = now + timedelta(hours=48)

    shown = await client.get(f"/registrations/{token}")
    refused = await client.post(f"/registrations/{token}/acceptance")

    assert "the time to take it is over" in shown.text
    assert refused.status_code == 410
    assert "This offer has expired" in refused.text


async def test_offer_is_declined_by_a_button(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition(in_person=1)
    for name in ("Delegate A", "Delegate B"):
        await register(name, now=now)
    await actions.cancel(await link_of("Delegate A", now=now), now=now)

    token = await link_of("Delegate B", now=now)
    page = await client.post(f"/registrations/{token}/refusal", follow_redirects=True)

    assert "You let the offered place go" in page.text


async def test_attendance_waits_by_a_button_when_full(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition(in_person=1)
    await register("Delegate A", now=now)
    await register("Anna Berg", attendance=rules.ONLINE, now=now)
    url = f"/registrations/{await link_of('Anna Berg', now=now)}"

    page = await client.get(url)
    refused = await client.post(f"{url}/attendance", data={"attendance": "in_person"})
    waiting = await client.post(
        f"{url}/attendance", data={"attendance": "in_person", "wait": "yes"}, follow_redirects=True
    )
    stopped = await client.post(f"{url}/waiting/end", follow_redirects=True)

    assert "Wait for a place in person" in page.text
    assert refused.status_code == 409
    assert "You keep your place online." in refused.text
    assert "You are number 1 on the waiting list" in waiting.text
    assert "You do not wait any more" in stopped.text


async def test_link_page_sends_its_forms_to_its_own_address(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()
    await register("Anna Berg", now=now)
    url = f"/registrations/{await link_of('Anna Berg', now=now)}"

    shown = elements((await client.get(url)).text)

    targets = [tag.attributes["action"] for tag in shown if tag.tag == "form"]
    assert f"{url}/details" in targets
    assert all(target.startswith(f"{url}/") for target in targets)
    assert f"{url}/cancellation" in [tag.attributes.get("href") for tag in shown]


async def test_details_with_faults_keep_what_was_typed(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()
    await register("Anna Berg", now=now)
    url = f"/registrations/{await link_of('Anna Berg', now=now)}"

    refused = await client.post(f"{url}/details", data={"name": "", "dietary": "No nuts"})
    kept = await client.post(
        f"{url}/details", data={"name": "Anna B", "dietary": "No nuts"}, follow_redirects=True
    )

    assert refused.status_code == 422
    assert "Your name is missing." in refused.text
    assert "No nuts" in refused.text
    assert "We have saved what you changed" in kept.text
    assert list(await states()) == ["Anna B"]


async def test_after_the_summit_it_is_only_shown(
    client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    await make_edition()
    await register("Anna Berg", now=now)
    url = f"/registrations/{await link_of('Anna Berg', now=now)}"
    clock.now = BEGINS + timedelta(days=3)

    page, refused = await client.get(url), await client.post(f"{url}/cancellation")

    assert "The summit is over." in page.text
    assert "<form" not in page.text
    assert refused.status_code == 410


async def test_calendar_file_has_the_summit_and_no_secret(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()
    await register("Anna Berg", now=now)
    token = await link_of("Anna Berg", now=now)

    answer = await client.get(f"/registrations/{token}/summit.ics")

    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "METHOD:PUBLISH" in answer.text
    assert "DTEND;VALUE=DATE:20260916" in answer.text
    assert token not in answer.text
    assert "ATTENDEE" not in answer.text


DESK = "/desk/summits/2026/registrations"


async def test_desk_is_for_the_secretariat(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()
    member = await factories.representative_of(await factories.make_organisation())

    stranger = await client.get(DESK)
    stranger_csv = await client.post("/desk/summits/2026/capacity")
    await sign_in(client, member, now=now)
    representative = [await client.get(url) for url in (DESK, f"{DESK}.csv")]

    assert stranger.status_code == 303
    assert stranger_csv.status_code in {401, 422}
    assert [page.status_code for page in representative] == [403, 403]


async def test_desk_lists_searches_and_exports(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition(in_person=1)
    await register("=1+1", now=now, organisation="@SUM(A1)")
    await register("Delegate B", now=now)
    await sign_in(client, await factories.secretariat(), now=now)

    page = await client.get(DESK)
    found = await client.get(f"{DESK}?q=delegate&state=waitlisted")
    nobody = await client.get(f"{DESK}?q=nobody")
    table = await client.get(f"{DESK}.csv")

    assert "2 of 2 registrations." in page.text
    assert "every place of that kind is confirmed or offered" in page.text
    assert "1 of 2 registrations." in found.text
    assert "Nobody matches this search." in nobody.text
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert [row["name"] for row in rows] == ["'=1+1", "Delegate B"]
    assert rows[0]["organisation"] == "'@SUM(A1)"
    assert [(row["state"], row["position"]) for row in rows] == [("confirmed", ""), ("waitlisted", "1")]


async def test_desk_raises_the_limit_and_offers_places(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition(in_person=1)
    for name in ("Delegate A", "Delegate B"):
        await register(name, now=now)
    csrf = await sign_in(client, await factories.secretariat(), now=now)
    limits = {"in_person_capacity": "2", "online_capacity": "5", "csrf": csrf}

    refused = await client.post("/desk/summits/2026/capacity", data=limits | {"in_person_capacity": "none"})
    forged = await client.post("/desk/summits/2026/capacity", data=limits | {"csrf": "x"})
    page = await client.post("/desk/summits/2026/capacity", data=limits, follow_redirects=True)

    assert (refused.status_code, forged.status_code) == (422, 403)
    assert 'value="none"' in refused.text
    assert "The limits are saved" in page.text
    assert (await states())["Delegate B"] == "offered in_person"


async def test_desk_says_why_nobody_is_offered_a_place(
    client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    await make_edition(in_person=1)
    for name in ("Delegate A", "Delegate B"):
        await register(name, now=now)
    await sign_in(client, await factories.secretariat(), now=now)
    clock.now = CLOSES
    await actions.cancel(await link_of("Delegate A", now=now), now=CLOSES)

    page = await client.get(DESK)

    assert "since then no place is offered any more" in page.text
