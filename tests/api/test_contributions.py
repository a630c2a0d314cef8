"""Contributions by API: the call, proposing, reviewing, deciding, telling, placing."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import httpx

from summit_service.contributions.tables import Contribution
from summit_service.journal.tables import JournalNote
from tests.clients import Clock, bearer, client, clock, service_settings
from tests.counting import count_queries
from tests.factories import make_organisation, representative_of, secretariat
from tests.factories_contributions import CLOSED, FORM, make_call
from tests.factories_summits import make_edition, programme, release
from tests.postbox import Postbox, text_of

__all__ = ["client", "clock", "service_settings"]
SUMMIT = "/api/v1/summits/2026"
URL, CALL = f"{SUMMIT}/contributions", f"{SUMMIT}/call"
BODY = {"title": FORM.title, "kind": "Talk", "theme": "Practice", "abstract": "Words.", "name": "Anna Berg",
        "email": "anna@people.example"}  # fmt: skip


async def test_contribution_is_proposed_and_listed(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()
    await make_call(now=now)

    made = await client.post(URL, json=BODY)
    stranger = await client.get(URL)
    member = await client.get(
        URL, headers=await bearer(await representative_of(await make_organisation()), now=now)
    )
    listed = await client.get(URL, headers=await bearer(await secretariat(), now=now))

    assert (made.status_code, made.json()) == (201, {"number": 1, "title": FORM.title})
    assert (stranger.status_code, member.status_code) == (401, 403)
    assert listed.json() == {
        "items": [
            {"number": 1, "title": FORM.title, "kind": "Talk", "theme": "Practice", "state": "", "is_told": False,
             "reviews": 0, "score": None, "session": "", "stands_apart": False}
        ],
        "next": None,
    }  # fmt: skip


async def test_contribution_with_faults_points_to_them(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()
    await make_call(now=now)

    faulty = await client.post(URL, json=BODY | {"kind": "Song", "email": "nobody"})
    unknown = await client.post(URL, json=BODY | {"titel": "x"})
    nowhere = await client.post(URL.replace("2026", "2030"), json=BODY)

    assert (faulty.status_code, nowhere.status_code) == (422, 404)
    assert {one["pointer"] for one in faulty.json()["errors"]} == {"/kind", "/email"}
    assert unknown.status_code in {400, 422}


async def test_call_is_opened_changed_and_closed(client: httpx.AsyncClient, now: datetime) -> None:
    await make_edition()
    desk = await bearer(await secretariat(), now=now)
    body = {
        "intro": "Tell us.",
        "kinds": [{"name": "Talk", "minutes": 20}],
        "themes": ["Practice"],
        "closes_at": "2026-05-01T23:00",
        "limit_per_person": 2,
    }

    none = await client.get(CALL)
    stranger = await client.put(CALL, json=body)
    faulty = await client.put(CALL, json=body | {"kinds": [], "closes_at": "soon"}, headers=desk)
    opened = await client.put(CALL, json=body, headers=desk)
    changed = await client.put(CALL, json=body | {"most_words": 50, "is_blind": False}, headers=desk)
    closed = [await client.post(f"{CALL}/closure", headers=desk) for _ in range(2)]
    late = await client.post(URL, json=BODY)

    assert (none.status_code, stranger.status_code, faulty.status_code) == (404, 401, 422)
    assert {one["pointer"] for one in faulty.json()["errors"]} == {"/kinds", "/closes_at"}
    assert opened.json() == body | {
        "timezone": "Europe/London",
        "most_words": 300,
        "is_open": True,
        "is_blind": True,
    }
    shown = (await client.get(CALL)).json()
    assert (changed.json()["most_words"], shown["is_blind"]) == (50, False)
    assert (shown["is_open"], shown["closes_at"]) == (False, "2026-03-02T09:00")
    assert closed[0].json() == closed[1].json() == shown
    assert late.status_code == 410
    assert await JournalNote.count().where(JournalNote.verb == "summit.call_closed") == 1


async def test_from_reviews_over_decisions_and_their_mails_to_a_session(
    client: httpx.AsyncClient, clock: Clock, postbox: Postbox
) -> None:
    await make_edition()
    await release(programme(), now=clock.now)
    await make_call(now=clock.now)
    desk = await bearer(await secretariat(), now=clock.now)
    for title, affiliation in (("Listening at night", "Far Away"), ("Waiting well", "")):
        await client.post(URL, json=BODY | {"title": title, "affiliation": affiliation})
    reviewer = await representative_of(await make_organisation("Far Away"), name="Rea Viewer")
    rea = await bearer(reviewer, now=clock.now)
    refused = await client.get(f"{SUMMIT}/reviews", headers=rea)
    asked = await client.post(f"{SUMMIT}/reviewers", json={"email": reviewer.email}, headers=desk)
    early = await client.get(f"{SUMMIT}/reviews", headers=rea)
    clock.now = CLOSED
    await postbox.deliver(CLOSED)

    listed = (await client.get(f"{SUMMIT}/reviews", headers=rea)).json()["items"]
    near = await client.put(f"{URL}/1/review", json={"score": 5}, headers=rea)
    wrong = await client.put(f"{URL}/2/review", json={"score": 6}, headers=rea)
    judged = await client.put(f"{URL}/2/review", json={"score": 4, "comment": "Good."}, headers=rea)
    reviewers = (await client.get(f"{SUMMIT}/reviewers", headers=desk)).json()["items"]
    await client.put(f"{URL}/1/decision", json={"decision": "declined"}, headers=desk)
    accepted = {"decision": "accepted", "note": "Well **said**.", "seen": ""}
    one = (await client.put(f"{URL}/2/decision", json=accepted, headers=desk)).json()
    again = await client.put(f"{URL}/2/decision", json=accepted, headers=desk)
    drafts = (await client.get(f"{SUMMIT}/decisions", headers=desk)).json()["items"]
    miscounted = await client.post(f"{SUMMIT}/decisions", json={"expected": 1}, headers=desk)
    told = await client.post(f"{SUMMIT}/decisions", json={"expected": 2}, headers=desk)
    clock.advance(minutes=1)
    stopped = await client.post(f"{SUMMIT}/decisions/stop", headers=desk)
    await client.post(f"{SUMMIT}/decisions", json={"expected": 2}, headers=desk)
    slot = {"starts_at": "2026-09-14T11:00", "room": "Library"}
    placed = await client.post(f"{URL}/2/session", json=slot, headers=desk)
    numbers = (await client.get(f"{CALL}/statistics", headers=desk)).json()
    ended = await client.delete(f"{SUMMIT}/reviewers/{asked.json()['id']}", headers=desk)
    mails = [text_of(mail) for mail in await postbox.deliver(CLOSED + timedelta(minutes=11))]

    assert (refused.status_code, early.json()["items"]) == (403, [])
    assert [(row["number"], row["stands_apart"], row["abstract"], row["authors"]) for row in listed] == [
        (1, True, "", []),
        (2, False, "Words.", []),
    ]
    assert (near.status_code, wrong.status_code) == (403, 422)
    assert judged.json() == {"score": 4, "comment": "Good.", "has_conflict": False}
    assert [(row["name"], row["reviewed"], row["conflicts"]) for row in reviewers] == [
        ("Rea Viewer", [2], [1])
    ]
    assert one["reviews"] == [
        {"reviewer": "Rea Viewer", "score": 4, "comment": "Good.", "has_conflict": False}
    ]
    assert (again.status_code, miscounted.status_code, stopped.json()) == (409, 409, {"number": 2})
    assert (told.status_code, told.json()) == (202, {"number": 2})
    assert [draft["number"] for draft in drafts] == [1, 2]
    assert one["mail"] == drafts[1]
    assert one["mail"]["subject"] == "Accepted: Waiting well"
    assert "/contributions/…>" in one["mail"]["text"]
    assert [without_link(text) for text in mails] == [without_link(draft["text"]) for draft in drafts]
    assert placed.json() == {"number": 2, "session": "waiting-well-c2"}
    assert numbers["states"] == {"declined": 1, "accepted": 1}
    assert (numbers["reviews"], ended.status_code) == ({"0": 1, "1": 1}, 204)


async def test_what_is_to_review_takes_the_same_queries_for_one_and_for_many(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    await make_edition()
    await make_call(now=clock.now)
    for name in ("anna", "bela", "cleo"):
        await client.post(URL, json=BODY | {"title": f"By {name}", "email": f"{name}@people.example"})
    reviewer = await representative_of(await make_organisation("Far Away"), name="Rea Viewer")
    rea = await bearer(reviewer, now=clock.now)
    desk = await bearer(await secretariat(), now=clock.now)
    await client.post(f"{SUMMIT}/reviewers", json={"email": reviewer.email}, headers=desk)
    clock.now = CLOSED
    await client.get(f"{SUMMIT}/reviews", headers=rea)

    with count_queries() as for_many:
        many = await client.get(f"{SUMMIT}/reviews", headers=rea)
    await Contribution.update({Contribution.withdrawn_at: CLOSED}).where(Contribution.number > 1)
    with count_queries() as for_one:
        one = await client.get(f"{SUMMIT}/reviews", headers=rea)

    assert [len(answer.json()["items"]) for answer in (many, one)] == [3, 1]
    assert for_many.number == for_one.number


def without_link(text: str) -> str:
    """A mail without the secret of its link."""
    return re.sub(r"/contributions/[^>]+>", "", text)
