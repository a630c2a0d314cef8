"""The desk's pages about enquiries: who may see them, answers beside rules, the talk, the decision."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from summit_service.desk import waiting_list
from summit_service.enquiries import actions
from summit_service.enquiries.actions import Decision
from summit_service.enquiries.tables import Enquiry
from summit_service.mail.tables import OutboxMessage
from summit_service.members.tables import Organisation
from tests import factories
from tests.clients import Clock, bearer, new_client, sign_in
from tests.factories_enquiries import FORM, make_confirmed, make_enquiry

PATHS = ("", "/1")
ACTS = ("questions", "notes", "decision")


@pytest.mark.parametrize("path", PATHS)
async def test_enquiries_are_the_secretariats(client: httpx.AsyncClient, clock: Clock, path: str) -> None:
    await make_confirmed(now=clock.now)
    other = await factories.representative_of(await factories.make_organisation())

    stranger = await client.get(f"/desk/enquiries{path}")
    async with new_client(clock) as member:
        await sign_in(member, other, now=clock.now)
        wrong = await member.get(f"/desk/enquiries{path}")
    await sign_in(client, await factories.secretariat(), now=clock.now)
    right = await client.get(f"/desk/enquiries{path}")

    assert (stranger.status_code, wrong.status_code, right.status_code) == (303, 403, 200)
    assert FORM.name not in stranger.text + wrong.text
    assert FORM.name in right.text


@pytest.mark.parametrize("act", ACTS)
async def test_acts_of_the_wrong_people_are_refused(
    client: httpx.AsyncClient, clock: Clock, act: str
) -> None:
    enquiry = await make_confirmed(now=clock.now)
    typed = {"question": "x", "note": "x", "decision": "member", "reason": "x", "seen": "0"}
    other = await factories.representative_of(await factories.make_organisation())

    stranger = await client.post(f"/desk/enquiries/{enquiry.id}/{act}", data=typed)
    csrf = await sign_in(client, other, now=clock.now)
    wrong = await client.post(f"/desk/enquiries/{enquiry.id}/{act}", data={**typed, "csrf": csrf})
    secretary = await factories.secretariat()
    await sign_in(client, secretary, now=clock.now)
    forged = await client.post(f"/desk/enquiries/{enquiry.id}/{act}", data=typed)

    assert (stranger.status_code, wrong.status_code, forged.status_code) == (401, 403, 403)
    assert await OutboxMessage.count() == 1


async def test_enquiry_shows_each_answer_beside_its_rule(client: httpx.AsyncClient, clock: Clock) -> None:
    enquiry = await make_confirmed(now=clock.now, body="commercial", works="no", how="")
    await sign_in(client, await factories.secretariat(), now=clock.now)

    page = await client.get(f"/desk/enquiries/{enquiry.id}")

    assert "Not as the rule asks" in page.text
    assert "No rule yet" in page.text
    assert "A commercial body" in page.text
    assert "works explicitly on empathy in healthcare" in page.text
    assert "Tuesday 2 March 2027" in page.text
    assert 'name="robots" content="noindex"' in page.text


async def test_enquiry_with_a_name_that_is_known_says_so(client: httpx.AsyncClient, clock: Clock) -> None:
    await factories.make_organisation(FORM.name, slug="listening")
    enquiry = await make_confirmed(now=clock.now)
    csrf = await sign_in(client, await factories.secretariat(), now=clock.now)
    typed = {"csrf": csrf, "decision": "member", "reason": "Welcome.", "name": FORM.name, "seen": "0"}

    page = await client.get(f"/desk/enquiries/{enquiry.id}")
    refused = await client.post(f"/desk/enquiries/{enquiry.id}/decision", data=typed)

    assert '<a href="/organisations/listening">' in page.text
    assert refused.status_code == 422
    assert "There is an organisation called" in refused.text
    assert "Welcome.</textarea>" in refused.text
    assert 'value="member" checked' in refused.text


async def test_enquiry_unconfirmed_unknown_or_old_is_not_shown(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    unconfirmed = await make_enquiry(now=clock.now)
    old = await make_confirmed(now=clock.now - timedelta(days=365), name="Old Marker")
    await sign_in(client, await factories.secretariat(), now=clock.now)

    listed = await client.get("/desk/enquiries")
    pages = [await client.get(f"/desk/enquiries/{number}") for number in (unconfirmed.id, old.id, 999)]

    assert "Nobody has enquired" in listed.text
    assert [page.status_code for page in pages] == [404, 410, 404]
    assert "Old Marker" not in pages[1].text


async def test_talk_is_kept_with_the_enquiry(client: httpx.AsyncClient, clock: Clock) -> None:
    enquiry = await make_confirmed(now=clock.now)
    csrf = await sign_in(client, await factories.secretariat(), now=clock.now)
    path = f"/desk/enquiries/{enquiry.id}"

    asked = await client.post(f"{path}/questions", data={"csrf": csrf, "question": "Which <ward>?"})
    noted = await client.post(f"{path}/notes", data={"csrf": csrf, "note": "Ward 3", "is": "reply"})
    empty = await client.post(f"{path}/notes", data={"csrf": csrf, "note": " ", "is": "note"})
    page = await client.get(asked.headers["Location"])

    assert (asked.status_code, noted.status_code, empty.status_code) == (303, 303, 422)
    assert "Your question is on its way" in page.text
    assert "Which &lt;ward&gt;?" in page.text
    assert "Ward 3" in page.text
    assert "Sam Secretary pasted their reply" in page.text
    assert 'value="note" checked' in empty.text


async def test_decision_on_an_old_page_keeps_what_was_typed(client: httpx.AsyncClient, clock: Clock) -> None:
    enquiry = await make_confirmed(now=clock.now)
    secretary = await factories.secretariat()
    csrf = await sign_in(client, secretary, now=clock.now)
    kept = Decision(decision="kept", reason="Wait.", seen=0)
    await actions.decide(enquiry.id, kept, actor=secretary, now=clock.now)
    typed = {"csrf": csrf, "decision": "declined", "reason": "My long reason", "seen": "0"}

    answer = await client.post(f"/desk/enquiries/{enquiry.id}/decision", data=typed)
    nonsense = await client.post(f"/desk/enquiries/{enquiry.id}/decision", data={**typed, "seen": "x"})

    assert (answer.status_code, nonsense.status_code) == (409, 409)
    assert "Somebody else has decided in the meantime" in answer.text
    assert "My long reason</textarea>" in answer.text


async def test_decision_to_accept_leads_to_the_new_member(client: httpx.AsyncClient, clock: Clock) -> None:
    enquiry = await make_confirmed(now=clock.now)
    csrf = await sign_in(client, await factories.secretariat(), now=clock.now)
    typed = {"csrf": csrf, "decision": "associate", "reason": "Welcome.", "name": FORM.name, "seen": "0"}

    answer = await client.post(f"/desk/enquiries/{enquiry.id}/decision", data=typed)
    page = await client.get(answer.headers["Location"])

    assert answer.status_code == 303
    assert "Accepted as an associate member" in page.text
    assert '<a href="/organisations/institute-of-listening">' in page.text
    assert "Decide and mail it" not in page.text
    assert (await client.get("/organisations/institute-of-listening")).status_code == 200
    assert await Organisation.count() == 1


async def test_desk_waits_for_a_decision_by_urgency(client: httpx.AsyncClient, clock: Clock) -> None:
    secretary = await factories.secretariat()
    await sign_in(client, secretary, now=clock.now)
    await make_enquiry(now=clock.now, name="Unconfirmed")
    await make_confirmed(now=clock.now, name="Fresh")
    await make_confirmed(now=clock.now - timedelta(days=8), name="Week", email="a@a.example")
    await make_confirmed(now=clock.now - timedelta(days=340), name="Nearly", email="b@a.example")
    await _kept("Kept", 100, clock)
    await _kept("Kept Long", 340, clock)

    found = [item for item in await waiting_list.for_secretariat(clock.now) if "/desk/enquiries/" in item.url]
    page = await client.get("/desk")

    assert [(item.urgency, item.sentence.split(" enquired")[0][:41]) for item in found] == [
        (0, "Nobody has decided the enquiry of Nearly;"),
        (1, "Week"),
        (2, "Fresh"),
        (3, "The enquiry of Kept Long is kept until th"),
    ]
    assert "Read and decide" in page.text
    assert "Unconfirmed" not in page.text


async def _kept(name: str, days: int, clock: Clock) -> None:
    then = clock.now - timedelta(days=days)
    enquiry = await make_confirmed(now=then, name=name, email=f"kept{days}@a.example")
    await Enquiry.update({Enquiry.decision: "kept", Enquiry.decisions: 1}).where(Enquiry.id == enquiry.id)


async def test_enquiry_is_erased_by_its_button_once_that_is_meant(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    enquiry = await make_confirmed(now=clock.now)
    desk = await factories.secretariat(via="api")
    csrf = await sign_in(client, desk, now=clock.now)
    path = f"/desk/enquiries/{enquiry.id}/erasure"

    unsure = await client.post(path, data={"csrf": csrf})
    kept = await client.get(f"/desk/enquiries/{enquiry.id}")
    sure = await client.post(path, data={"csrf": csrf, "sure": "yes"})
    told = await client.get(sure.headers["Location"])
    again = await client.post(
        f"/api/v1/enquiries/{enquiry.id}/erasure", headers=await bearer(desk, now=clock.now)
    )

    assert (unsure.status_code, kept.status_code) == (422, 200)
    assert "Tick this, so that nothing is erased by mistake." in unsure.text
    assert sure.status_code == 303
    assert "What was personal in the enquiry is erased." in told.text
    assert "Institute of Listening" not in told.text
    assert (await client.get(f"/desk/enquiries/{enquiry.id}")).status_code == 410
    assert again.status_code == 204
