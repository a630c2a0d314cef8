"""What an enquirer answers by mail: at its own address, kept with the enquiry, told to the desk, erased with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from html import escape
from pathlib import Path

import httpx
import pytest

from summit_service import db, settings
from summit_service.accounts.actor import OPERATOR, Actor
from summit_service.desk import waiting_list
from summit_service.enquiries import actions, queries, rules
from summit_service.enquiries.actions import Decision
from summit_service.enquiries.tables import Enquiry
from summit_service.mail import history, inbox, inbox_server
from summit_service.mail import queries as mail
from summit_service.mail.tables import ReceivedMail
from tests import factories
from tests.clients import Clock, bearer, sign_in
from tests.factories_enquiries import everything_stored, make_confirmed
from tests.journeys.world import hidden_fields
from tests.mail.bounces import samples
from tests.mail.bounces.lmtp import hand_over
from tests.postbox import Postbox

ANSWER = (
    b"From: Ana Ruiz <ana@listening.example>\nTo: %s\nSubject: Re: A question\n\n"
    b"We are part of the University of Lyon.\n\nOn Monday the network wrote:\n> Are you part of a university?\n"
)


@pytest.fixture(autouse=True)
def mailbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The settings of a service that reads what comes back."""
    folder = tmp_path / "Maildir"
    (folder / "new").mkdir(parents=True)
    monkeypatch.setenv("SUMMIT_BOUNCE_ADDRESS", "bounces@network.example")
    monkeypatch.setenv("SUMMIT_BOUNCE_MAILDIR", str(folder))
    settings.forget()
    return folder


@pytest.fixture
async def port(database: object, clock: Clock) -> AsyncIterator[int]:
    """An LMTP door."""
    async with inbox_server.listening("lmtp://127.0.0.1:0", clock=clock) as found:
        yield await found


async def _asked(postbox: Postbox, now: datetime, *, actor: Actor = OPERATOR) -> tuple[Enquiry, str]:
    """An enquiry that was asked back about, and the address at which that mail is answered."""
    enquiry = await make_confirmed(now=now)
    await actions.ask(enquiry.id, "Are you part of a university?", actor=actor, now=now)
    await postbox.deliver(now)
    return enquiry, _reply_to(postbox)


def _reply_to(postbox: Postbox) -> str:
    return str(postbox.messages[-1]["Reply-To"]).partition("<")[2].rstrip(">")


async def test_answer_is_kept_with_the_enquiry_and_waits_on_the_desk(
    client: httpx.AsyncClient, port: int, postbox: Postbox, clock: Clock
) -> None:
    desk = await factories.secretariat(name="Tess", email="tess@network.example")
    enquiry, address = await _asked(postbox, clock.now, actor=desk)
    later = clock.advance(hours=3)

    said = await hand_over(port, address.upper(), ANSWER % address.encode())
    again = await hand_over(port, address, ANSWER % address.encode())
    unsorted = (await mail.unread_count(), await mail.unread_mails())
    taken = await actions.take_in_answers(later)
    token = await sign_in(client, desk, now=later)
    page = (await client.get(f"/desk/enquiries/{enquiry.id}")).text
    waits = [line for line in await waiting_list.for_secretariat(later) if "/enquiries/" in line.url]

    assert said.startswith("250 2.0.0 Taken in (answer)")
    assert again.startswith("250")
    assert taken == 1
    talk = [(piece.kind, piece.text) for piece in await queries.talk_about(enquiry.id)]
    assert talk == [
        (rules.QUESTION, "Are you part of a university?"),
        (rules.ANSWER, "We are part of the University of Lyon."),
    ]
    assert [(line.sentence, line.urgency, line.url, line.since) for line in waits] == [
        (
            "Institute of Listening has answered by mail. Read it, and ask back or decide.",
            1,
            f"/desk/enquiries/{enquiry.id}#talk",
            later,
        )
    ]
    assert "The enquirer answered by mail" in page
    assert "<p>We are part of the University of Lyon.</p>" in page
    assert "Their answer is kept here as soon as it has come" in page
    assert unsorted == (0, []), "nobody has to sort it"
    kept = await queries.readable_enquiry(enquiry.id, now=later)
    assert kept.active_at == enquiry.active_at, "the day of erasing that a mail has told"
    form = {"csrf": token, "talk": hidden_fields(page)["talk"]}
    read = await client.post(f"/desk/enquiries/{enquiry.id}/answer-read", data=form)
    assert read.status_code == 303
    [line] = [line for line in await waiting_list.for_secretariat(later) if "/enquiries/" in line.url]
    assert line.sentence == "Institute of Listening enquired about joining."
    assert line.key == waits[0].key, "whoever has it has it still"


async def test_answer_in_a_maildir_is_found_by_its_address(
    mailbox: Path, database: object, postbox: Postbox, now: datetime
) -> None:
    enquiry, address = await _asked(postbox, now)
    (mailbox / "new" / "1.eml").write_bytes(ANSWER % address.encode())

    await inbox.collect(now)
    counts = await asyncio.gather(*(actions.take_in_answers(now) for _ in range(4)))

    assert sum(counts) == 1
    assert [piece.kind for piece in await queries.talk_about(enquiry.id)] == [rules.QUESTION, rules.ANSWER]


@pytest.mark.parametrize("what", ["ask", "note", "decide"])
async def test_whatever_the_desk_does_next_settles_it(
    database: object, port: int, postbox: Postbox, now: datetime, what: str
) -> None:
    enquiry, address = await _asked(postbox, now)
    await hand_over(port, address, ANSWER % address.encode())
    await actions.take_in_answers(now)
    given = Decision(decision="kept", reason="No rule yet.", seen=0)

    if what == "ask":
        await actions.ask(enquiry.id, "Since when?", actor=OPERATOR, now=now)
    elif what == "note":
        await actions.write_down(enquiry.id, "Phoned.", is_reply=False, actor=OPERATOR, now=now)
    else:
        await actions.decide(enquiry.id, given, actor=OPERATOR, now=now)

    assert (await queries.readable_enquiry(enquiry.id, now=now)).answered_at is None


async def test_answer_after_the_decision_waits_too_and_the_api_has_it(
    client: httpx.AsyncClient, port: int, postbox: Postbox, clock: Clock
) -> None:
    desk = await factories.secretariat(via="api")
    enquiry, _ = await _asked(postbox, clock.now)
    given = Decision(decision="declined", reason="No rule yet.", seen=0)
    await actions.decide(enquiry.id, given, actor=OPERATOR, now=clock.now)
    await postbox.deliver(clock.now)
    address, headers = _reply_to(postbox), await bearer(desk, now=clock.now)

    await hand_over(port, address, ANSWER % address.encode())
    await actions.take_in_answers(clock.now)
    shown = (await client.get(f"/api/v1/enquiries/{enquiry.id}", headers=headers)).json()
    read = await client.post(f"/api/v1/enquiries/{enquiry.id}/answer-read", headers=headers)
    after = (await client.get(f"/api/v1/enquiries/{enquiry.id}", headers=headers)).json()

    assert shown["enquiry"]["answered_at"] == "2026-03-02T09:00:00Z"
    assert shown["talk"][-1]["kind"] == "answer"
    assert (read.status_code, after["enquiry"]["answered_at"]) == (204, None)


@pytest.mark.parametrize(
    ("sender", "shown"),
    [
        ("Ben <ben@other.example>", "Ben <ben@other.example>"),
        ("diana@listening.example", "<diana@listening.example>"),
        ('"ana@listening.example" <eve@other.example>', "ana@listening.example <eve@other.example>"),
        ("", rules.NO_SENDER),
        ("ANA@listening.example", ""),
    ],
)
async def test_answer_from_elsewhere_says_from_whom(
    client: httpx.AsyncClient, port: int, postbox: Postbox, clock: Clock, sender: str, shown: str
) -> None:
    desk = await factories.secretariat()
    enquiry, address = await _asked(postbox, clock.now, actor=desk)

    await hand_over(port, address, f"From: {sender}\n\nAna is away. We are.\n".encode())
    await actions.take_in_answers(clock.now)

    [_, piece] = await queries.talk_about(enquiry.id)
    headers = await bearer(await factories.secretariat(email="api@network.example", via="api"), now=clock.now)
    told = (await client.get(f"/api/v1/enquiries/{enquiry.id}", headers=headers)).json()["talk"][-1]
    await sign_in(client, desk, now=clock.now)
    page = (await client.get(f"/desk/enquiries/{enquiry.id}")).text
    assert (piece.text, piece.sender) == ("Ana is away. We are.", shown)
    assert told["sender"] == shown
    assert f"{escape(shown) or 'The enquirer'} answered by mail" in page
    assert ("This did not come from ana@listening.example." in page) == bool(shown)


async def test_sender_of_an_answer_is_erased_with_it_and_with_themselves(
    database: object, port: int, postbox: Postbox, clock: Clock
) -> None:
    _, address = await _asked(postbox, clock.now)
    for sender in ("Ben <ben@other.example>", "Eve <eve@other.example>"):
        await hand_over(port, address, f"From: {sender}\n\nWe are.\n".encode())
    await actions.take_in_answers(clock.now)

    async with db.transaction():
        await actions.erase_of("ben@other.example", now=clock.now)
    one = await everything_stored()
    await actions.erase_old(clock.advance(days=rules.KEPT_FOR.days + 1))
    none = await everything_stored()

    assert "ben@other.example" not in one
    assert "eve@other.example" in one
    assert "eve@other.example" not in none


async def test_forged_address_and_a_return_path_are_no_answers(
    database: object, port: int, postbox: Postbox, now: datetime
) -> None:
    enquiry, address = await _asked(postbox, now)
    number, path = address.partition("+")[2].partition("-")[0], postbox.envelopes[-1].sender

    forged = await hand_over(port, address.replace(f"+{number}-", f"+{int(number) - 1}-"), ANSWER % b"x")
    away = await hand_over(port, address, samples.AWAY)
    bounced = await hand_over(port, path, samples.BY_HAND)

    assert path != address
    assert forged.startswith("550 5.1.1")
    assert "(absent)" in away
    assert "(unknown)" in bounced
    assert await actions.take_in_answers(now) == 0
    assert len(await queries.talk_about(enquiry.id)) == 1
    assert [event.kind for event in await history.events_of(int(number))] == ["absent", "unknown"]


async def test_answer_is_erased_with_the_enquiry_and_none_is_taken_after_it(
    database: object, port: int, postbox: Postbox, clock: Clock
) -> None:
    _, address = await _asked(postbox, clock.now)
    await hand_over(port, address, ANSWER % address.encode())
    await actions.take_in_answers(clock.now)
    await hand_over(port, address, ANSWER.replace(b"Lyon", b"Paris") % address.encode())
    over = clock.advance(days=rules.KEPT_FOR.days + 1)

    before = await everything_stored()
    dropped = await actions.take_in_answers(over)
    await actions.erase_old(over)
    late = await hand_over(port, address, ANSWER.replace(b"Lyon", b"Nice") % address.encode())

    assert "University of Lyon" in before
    assert "University of Paris" in before
    assert dropped == 0
    assert late.startswith("550 5.7.1 People read secretariat@network.example")
    stored = await everything_stored()
    assert not [place for place in ("Lyon", "Paris", "Nice") if f"University of {place}" in stored]


async def test_without_a_mailbox_that_is_read_people_are_answered(
    database: object, postbox: Postbox, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SUMMIT_BOUNCE_MAILDIR")
    settings.forget()

    _, address = await _asked(postbox, now)

    assert address == "secretariat@network.example"


async def test_so_many_answers_to_one_mail_and_no_more(
    database: object, postbox: Postbox, now: datetime
) -> None:
    _, address = await _asked(postbox, now)
    for n in range(inbox.MOST_FOR_ONE_MAIL):
        await inbox.receive(ANSWER % str(n).encode(), recipient=address, now=now)

    with pytest.raises(inbox.TooMany):
        await inbox.receive(ANSWER % b"one more", recipient=address, now=now)

    assert await actions.take_in_answers(now + timedelta(minutes=1)) == inbox.MOST_FOR_ONE_MAIL
    assert await ReceivedMail.count().where(ReceivedMail.text != "") == 0


@pytest.mark.parametrize("face", ["page", "api"])
@pytest.mark.parametrize("what", ["read", "ask", "note", "decide"])
async def test_answer_that_came_after_the_page_was_made_is_not_passed_over(
    client: httpx.AsyncClient, postbox: Postbox, clock: Clock, what: str, face: str
) -> None:
    desk = await factories.secretariat(via=face)
    enquiry, address = await _asked(postbox, clock.now)
    await inbox.receive(ANSWER % b"first", recipient=address, now=clock.now)
    await actions.take_in_answers(clock.now)
    seen = (await queries.talk_about(enquiry.id))[-1].id
    await inbox.receive(ANSWER % b"second", recipient=address, now=clock.now)
    await actions.take_in_answers(clock.now)

    if face == "page":
        answer = await _by_page(client, desk, enquiry.id, what, seen, clock)
    else:
        answer = await _by_api(client, desk, enquiry.id, what, seen, clock)
    after = await queries.readable_enquiry(enquiry.id, now=clock.now)

    assert answer.status_code == (409 if what in {"read", "decide"} else 303 if face == "page" else 201)
    assert ("They have answered in the meantime." in answer.text) == (what in {"read", "decide"})
    assert after.answered_at is not None
    assert after.decision == ""
    if what == "read":
        latest = (await queries.talk_about(enquiry.id))[-1].id
        await actions.mark_read(enquiry.id, talk=latest, actor=desk, now=clock.now)
        assert (await queries.readable_enquiry(enquiry.id, now=clock.now)).answered_at is None


async def _by_page(
    client: httpx.AsyncClient, desk: Actor, number: int, what: str, seen: int, clock: Clock
) -> httpx.Response:
    csrf = await sign_in(client, desk, now=clock.now)
    paths = {"read": "answer-read", "ask": "questions", "note": "notes", "decide": "decision"}
    typed = {
        "question": "Since when?",
        "note": "Phoned.",
        "decision": "declined",
        "reason": "No.",
        "seen": "0",
    }
    return await client.post(
        f"/desk/enquiries/{number}/{paths[what]}", data=typed | {"csrf": csrf, "talk": str(seen)}
    )


async def _by_api(
    client: httpx.AsyncClient, desk: Actor, number: int, what: str, seen: int, clock: Clock
) -> httpx.Response:
    headers, base = await bearer(desk, now=clock.now), f"/api/v1/enquiries/{number}"
    if what == "read":
        return await client.post(f"{base}/answer-read", params={"talk": seen}, headers=headers)
    bodies: dict[str, tuple[str, dict[str, str | int]]] = {
        "ask": ("questions", {"question": "Since when?"}),
        "note": ("notes", {"note": "Phoned."}),
        "decide": ("decision", {"decision": "declined", "reason": "No.", "seen": 0}),
    }
    path, body = bodies[what]
    return await client.post(f"{base}/{path}", json=body | {"talk": seen}, headers=headers)


async def test_answer_that_several_have_found_is_taken_by_one(
    database: object, postbox: Postbox, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    enquiry, address = await _asked(postbox, now)
    await inbox.receive(ANSWER % b"x", recipient=address, now=now)
    found = await inbox.answers_about("enquiry:")

    async def found_before(_prefix: str) -> list[inbox.Answer]:
        return found

    monkeypatch.setattr("summit_service.enquiries.actions.inbox.answers_about", found_before)
    counts = await asyncio.gather(*(actions.take_in_answers(now) for _ in range(4)))

    assert sum(counts) == 1
    assert [piece.kind for piece in await queries.talk_about(enquiry.id)] == [rules.QUESTION, rules.ANSWER]


async def test_what_they_quoted_below_stands_apart_on_the_page(
    client: httpx.AsyncClient, postbox: Postbox, clock: Clock
) -> None:
    enquiry, address = await _asked(postbox, clock.now)
    content = b"From: ana@listening.example\n\nSee below.\n\n-----Original Message-----\nAre?\nYes, <b>we</b> are.\n"
    await inbox.receive(content, recipient=address, now=clock.now)
    await actions.take_in_answers(clock.now)

    await sign_in(client, await factories.secretariat(), now=clock.now)
    page = (await client.get(f"/desk/enquiries/{enquiry.id}")).text

    own, _, below = page.partition("<details>")
    assert "<p>See below.</p>" in own
    assert "<p>Yes, &lt;b&gt;we&lt;/b&gt; are.</p>" in below
