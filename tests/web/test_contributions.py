"""The pages of the call: the public's, the author's by link, the reviewer's, the secretariat's."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import datetime, timedelta

import httpx
import pytest

from summit_service.accounts.actor import OPERATOR
from summit_service.contributions import actions
from summit_service.contributions.tables import Contribution, Review
from summit_service.web import desk_contributions
from tests.clients import Clock, bearer, client, clock, new_client, service_settings, sign_in
from tests.factories import make_organisation, representative_of, secretariat
from tests.factories_contributions import CALL, CLOSED, FORM, link_to, make_call, propose
from tests.factories_summits import make_edition
from tests.postbox import Postbox, link_in

__all__ = ["client", "clock", "service_settings"]
TYPED = {
    "title": FORM.title, "kind": "Talk", "theme": "Practice", "abstract": FORM.abstract, "name": FORM.name,
    "email": FORM.email, "affiliation": FORM.affiliation, "co_authors": "Bo Li; Day Clinic\r\nCy Dee\r\n",
}  # fmt: skip
DESK = "/desk/summits/2026"


def text(answer: httpx.Response) -> str:
    """The words of a page, without marks and runs of white space."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.text))


async def test_contribution_from_call_to_session_without_scripts(
    client: httpx.AsyncClient, clock: Clock, postbox: Postbox, now: datetime
) -> None:
    await make_edition()
    actor = await secretariat()
    desk = {"csrf": await sign_in(client, actor, now=now)}
    rea = await representative_of(
        await make_organisation("Far Away"), name="Rea Viewer", email="rea@r.example"
    )
    call = {"intro": "Tell *us*.", "kinds": "Talk; 20", "themes": "Practice", "limit_per_person": "1",
            "most_words": "50", "closes_at": "2026-05-01T23:00", "is_blind": "yes"}  # fmt: skip
    made = await client.post(f"{DESK}/call", data=desk | call)
    asked = await client.post(f"{DESK}/reviewers", data=desk | {"email": "rea@r.example"})
    assert (made.status_code, asked.status_code) == (303, 303)

    async with new_client(clock) as public:
        shown = await public.get("/summits/2026/call")
        assert "The call is open until Friday 1 May 2026, 23:00 London" in text(shown)
        sent = await public.post("/summits/2026/contributions", data=TYPED)
        assert "“Listening at night” is number 1." in text(sent)
        mails = {str(mail["Subject"]): mail for mail in await postbox.deliver(clock.now)}
        link = link_in(mails["We have your contribution: Listening at night"], "/contributions/")
        assert f"/reviews/{2026}" in str(mails["Please review contributions to Summit 2026"])
        changed = await public.post(link, data=TYPED | {"title": "Listening, always"})
        assert changed.status_code == 303
        own = await public.get(changed.headers["Location"])
        assert "What you changed is saved." in own.text
        assert own.headers["Referrer-Policy"] == "no-referrer"

    clock.now = CLOSED
    async with new_client(clock) as member:
        fields = {"csrf": await sign_in(member, rea, now=CLOSED)}
        waits = await member.get("/me")
        assert "1 contribution waits for your review for Summit 2026." in waits.text
        page = await member.get("/reviews/2026/1")
        assert "Listening, always" in page.text
        assert "Anna Berg" not in page.text
        missing = await member.post("/reviews/2026/1", data=fields | {"score": "", "comment": "Kept words"})
        assert (missing.status_code, "Kept words" in missing.text) == (422, True)
        done = await member.post("/reviews/2026/1", data=fields | {"score": "5", "comment": "Yes."})
        assert done.status_code == 303
        assert "You have judged everything that was proposed for Summit 2026" in text(
            await member.get("/reviews/2026")
        )

    listed = await client.get(f"{DESK}/contributions")
    assert "1. Listening, always Talk Practice 5" in text(listed)
    decided = await client.post(
        f"{DESK}/contributions/1/decision", data=desk | {"decision": "accepted", "note": "Fine.", "seen": ""}
    )
    assert decided.status_code == 303
    assert "1 decision about contributions" in text(await client.get("/desk"))
    for where in ("", "/1"):
        whole = text(await client.get(f"{DESK}/contributions{where}"))
        assert "Subject Accepted: Listening, always" in whole
        assert "Dear Anna Berg" in whole
        assert "/contributions/…" in whole
    told = await client.post(f"{DESK}/decisions", data=desk | {"expected": "1"})
    assert "The decisions leave in ten minutes" in text(await client.get(told.headers["Location"]))
    async with new_client(clock) as public:
        assert "Your contribution is accepted" not in text(await public.get(link))
        clock.advance(minutes=10)
        assert "Your contribution is accepted" in text(await public.get(link))
    placed = await client.post(
        f"{DESK}/contributions/1/session", data=desk | {"starts_at": "2026-09-14T09:00", "room": ""}
    )
    assert placed.status_code == 303
    assert "It is in the draft , 2026-09-14, 09:00." in text(await client.get(f"{DESK}/contributions/1"))


async def test_form_with_a_fault_keeps_everything_typed(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()
    await make_call(now=now)

    answer = await client.post(
        "/summits/2026/contributions", data=TYPED | {"title": "", "abstract": "w " * 60}
    )

    assert answer.status_code == 422
    assert "60 words; 50 are the most" in answer.text
    assert 'value="anna@people.example"' in answer.text
    assert "Bo Li; Day Clinic" in answer.text
    assert await Contribution.count() == 0


async def test_call_that_is_closed_or_full_says_so(
    client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    await make_edition()
    none = await client.get("/summits/2026/call")
    await make_call(now=now, limit_per_person="1")
    await propose(now=now)

    full = await client.post("/summits/2026/contributions", data=TYPED)
    clock.now = CLOSED
    late = await client.post("/summits/2026/contributions", data=TYPED)
    page = await client.get("/summits/2026/call")

    assert (none.status_code, full.status_code, late.status_code, page.status_code) == (404, 409, 410, 200)
    assert "There are one contribution" not in full.text
    assert "from this address already" in full.text
    assert "The call is closed." in late.text
    assert "Propose it" not in page.text


async def test_link_shows_what_became_of_it_and_wrong_links_are_alike(
    client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    await make_edition()
    await make_call(now=now)
    token = await link_to(await propose(now=now), now=now)

    await client.get(f"/contributions/{token}")
    await client.head(f"/contributions/{token}")
    before = await Contribution.select()
    withdrawn = await client.post(f"/contributions/{token}/withdrawal")
    page = await client.get(withdrawn.headers["Location"])
    wrong = [
        await client.get("/contributions/wrong"),
        await client.post("/contributions/wrong", data=TYPED),
        await client.post("/contributions/wrong/withdrawal"),
    ]

    assert before[0]["withdrawn_at"] is None
    assert "You have withdrawn this contribution" in page.text
    assert {(answer.status_code, answer.text) for answer in wrong} == {(404, wrong[0].text)}


async def test_reviews_are_for_reviewers_and_apart_from_conflicts(
    client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    await make_edition()
    await make_call(now=now)
    await propose(now=now)
    near = await representative_of(await make_organisation("Night Hospital"), email="near@r.example")
    stranger = await client.get("/reviews/2026")
    await sign_in(client, near, now=now)
    wrong = await client.get("/reviews/2026")
    await actions.appoint_reviewer(2026, "near@r.example", actor=OPERATOR, now=now)

    early = await client.get("/reviews/2026/1")
    clock.now = CLOSED
    page = await client.get("/reviews/2026/1")

    assert (stranger.status_code, wrong.status_code, early.status_code) == (303, 403, 404)
    assert "You have a conflict of interest here" in page.text
    assert FORM.abstract not in page.text


@pytest.mark.parametrize("path", ["call", "contributions", "contributions/1"])
async def test_desk_pages_are_the_secretariats(client: httpx.AsyncClient, now: datetime, path: str) -> None:
    await make_edition()
    await make_call(now=now)
    await propose(now=now)

    stranger = await client.get(f"{DESK}/{path}")
    await sign_in(client, await representative_of(await make_organisation()), now=now)
    member = await client.get(f"{DESK}/{path}")
    await sign_in(client, await secretariat(), now=now)
    right = await client.get(f"{DESK}/{path}")

    assert [answer.status_code for answer in (stranger, member, right)] == [303, 403, 200]


async def test_secretary_near_an_author_sees_no_review_and_no_form_to_decide(
    client: httpx.AsyncClient, now: datetime
) -> None:
    await make_edition()
    await make_call(now=now)
    await propose(now=now)
    near = await secretariat(name=FORM.name, email="near@network.example")
    await secretariat(email="far@network.example")
    csrf = await sign_in(client, near, now=now)

    listed = await client.get(f"{DESK}/contributions")
    page = await client.get(f"{DESK}/contributions/1")
    decided = await client.post(
        f"{DESK}/contributions/1/decision", data={"csrf": csrf, "decision": "accepted", "note": "Mine."}
    )
    token = await bearer(near, now=now)
    read = await client.get("/api/v1/summits/2026/contributions/1", headers=token)
    refused = await client.put(
        "/api/v1/summits/2026/contributions/1/decision", json={"decision": "accepted"}, headers=token
    )

    await actions.decide(2026, 1, decision="accepted", note="Secret words", seen="", actor=OPERATOR, now=now)
    drafts = [
        await client.get(f"{DESK}/contributions"),
        await client.get(f"{DESK}/contributions/1"),
        await client.get("/api/v1/summits/2026/contributions/1", headers=token),
        await client.get("/api/v1/summits/2026/decisions", headers=token),
    ]

    assert ["Secret words" in answer.text for answer in drafts] == [False] * 4
    assert "somebody else of the secretariat reads this mail" in drafts[0].text
    assert "Conflict of interest" in listed.text
    assert "somebody else of the secretariat reads the reviews and decides" in page.text
    assert ("Nobody has reviewed it yet" in page.text, 'name="decision"' in page.text) == (False, False)
    assert (decided.status_code, "somebody else of the secretariat" in decided.text) == (409, True)
    assert (read.json()["stands_apart"], read.json()["reviews"]) == (True, [])
    assert (refused.status_code, refused.json()["code"]) == (403, "conflict_of_interest")


async def test_place_in_the_list_tells_no_score_to_a_secretary_near_the_author(
    client: httpx.AsyncClient, now: datetime
) -> None:
    await make_edition()
    await make_call(now=now)
    mine, other = (
        await propose(now=now),
        await propose("Asking", name="Cleo Park", email="cleo@h.example", now=now),
    )
    near, far = [
        await secretariat(name=name, email=f"{name[0]}@n.example") for name in (FORM.name, "Far Away")
    ]
    for row, score in ((mine, 5), (other, 2)):
        review = Review(
            contribution=row.id, person=far.person_id, created_at=now, updated_at=now, score=score
        )
        await review.save()

    orders = []
    for actor in (near, far):
        await sign_in(client, actor, now=now)
        token = await bearer(actor, now=now)
        listed = (await client.get("/api/v1/summits/2026/contributions", headers=token)).json()["items"]
        page = (await client.get(f"{DESK}/contributions")).text
        orders.append([one["number"] for one in listed])
        assert (page.index(">1. ") < page.index(">2. ")) is (orders[-1] == [1, 2])

    assert orders == [[2, 1], [1, 2]]


async def test_more_decisions_than_are_shown_whole_are_told_by_their_pages(
    client: httpx.AsyncClient, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_edition()
    await make_call(now=now)
    for title in ("First", "Second"):
        await propose(title, now=now)
    for number in (1, 2):
        await actions.decide(2026, number, decision="declined", note="", seen="", actor=OPERATOR, now=now)
    await sign_in(client, await secretariat(), now=now)
    monkeypatch.setattr(desk_contributions, "SHOWN_WHOLE", 1)

    listed = await client.get(f"{DESK}/contributions")

    assert listed.status_code == 200
    assert listed.text.count("The whole mail is on the page of the contribution.") == 1


async def test_decision_that_somebody_else_made_is_not_overwritten(
    client: httpx.AsyncClient, now: datetime
) -> None:
    await make_edition()
    await make_call(now=now)
    await propose(now=now)
    desk = {"csrf": await sign_in(client, await secretariat(), now=now)}
    fields = desk | {"decision": "declined", "note": "My words", "seen": ""}
    await actions.decide(2026, 1, decision="accepted", note="", seen="", actor=OPERATOR, now=now)

    answer = await client.post(f"{DESK}/contributions/1/decision", data=fields)
    unsaid = await client.post(f"{DESK}/decisions", data=desk | {"expected": "7"})

    assert (answer.status_code, unsaid.status_code) == (409, 409)
    assert "Somebody has decided meanwhile." in answer.text
    assert "My words" in answer.text


async def test_decisions_can_be_stopped_within_ten_minutes(
    client: httpx.AsyncClient, clock: Clock, postbox: Postbox, now: datetime
) -> None:
    await make_edition()
    await make_call(now=now)
    await propose(now=now)
    await postbox.deliver(now)
    desk = {"csrf": await sign_in(client, await secretariat(), now=now)}
    await actions.decide(2026, 1, decision="accepted", note="", seen="", actor=OPERATOR, now=now)
    await client.post(f"{DESK}/decisions", data=desk | {"expected": "1"})

    await client.post(f"{DESK}/decisions/stop", data=desk)

    assert await postbox.deliver(now + timedelta(hours=1)) == []


async def test_author_takes_a_copy_and_erases_after_one_more_question(
    client: httpx.AsyncClient, now: datetime
) -> None:
    await make_edition()
    await make_call(now=now)
    link = f"/contributions/{await link_to(await propose(now=now), now=now)}"

    copy = await client.get(f"{link}/data.json")
    asked = await client.get(f"{link}/erasure")
    kept = await client.get(link)
    erased = await client.post(f"{link}/erasure")

    assert (copy.json()["told"]["name"], copy.headers["Cache-Control"]) == (FORM.name, "no-store")
    assert "Yes, erase everything" in asked.text
    assert f"{link}/erasure" in kept.text
    assert "Your contribution is erased" in erased.text
    gone = [await client.get(f"{link}{path}") for path in ("", "/data.json", "/erasure")]
    gone.append(await client.post(f"{link}/erasure"))
    assert [answer.status_code for answer in gone] == [404] * 4


async def test_call_is_closed_early_and_opened_again(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()
    await make_call(now=now)
    fields = {"csrf": await sign_in(client, await secretariat(), now=now)}

    offered = await client.get(f"{DESK}/call")
    closed = await client.post(f"{DESK}/call/closure", data=fields)
    after = await client.get(closed.headers["Location"])
    again = await client.post(f"{DESK}/call", data=fields | asdict(CALL))

    assert "Close the call now" in offered.text
    assert "The call is closed" in after.text
    assert "Close the call now" not in after.text
    assert 'value="2026-03-02T09:00"' in after.text
    assert again.status_code == 303
    assert "Close the call now" in (await client.get(f"{DESK}/call")).text
