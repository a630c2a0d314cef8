"""What came back and what it changes, through the real doors: LMTP, SMTP and a Maildir."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import aiosmtplib
import httpx
import pytest

from summit_service import settings
from summit_service.desk import waiting_list
from summit_service.mail import history, inbox, inbox_server, queries, streams
from summit_service.mail.tables import BouncingAddress, ReceivedMail
from summit_service.statements.undeliverable import undeliverable_of
from tests import factories
from tests.clients import Clock, sign_in
from tests.factories_statements import dump_tables, give_answer, link_to, make_member, make_open
from tests.mail.bounces import samples
from tests.mail.bounces.lmtp import hand_over
from tests.mail.letters import know_letters, letter, post, row_of
from tests.postbox import Postbox

GONE = samples.report("failed", "5.1.1", "550 5.1.1 User unknown")
ADDRESS = "anna@members.example"


@pytest.fixture(autouse=True)
def mailbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The settings of a service that reads what comes back."""
    know_letters()
    folder = tmp_path / "Maildir"
    (folder / "new").mkdir(parents=True)
    monkeypatch.setenv("SUMMIT_BOUNCE_ADDRESS", "bounces@network.example")
    monkeypatch.setenv("SUMMIT_BOUNCE_MAILDIR", str(folder))
    settings.current.cache_clear()
    return folder


@pytest.fixture
async def port(database: object, clock: Clock) -> AsyncIterator[int]:
    """An LMTP door."""
    async with inbox_server.listening("lmtp://127.0.0.1:0", clock=clock) as found:
        yield await found


async def sent(postbox: Postbox, now: datetime, **changes: object) -> tuple[int, str]:
    """A mail that was accepted: its id and its return path."""
    identifier = await post(letter(to_email=ADDRESS, **changes), now=now)
    await postbox.deliver(now)
    return identifier, postbox.envelopes[-1].sender


async def test_bounce_over_lmtp_marks_the_mail_and_the_address(
    port: int, postbox: Postbox, now: datetime
) -> None:
    identifier, path = await sent(postbox, now)

    answer = await hand_over(port, path, GONE)
    again = await hand_over(port, path.upper(), GONE)

    row = await row_of(identifier)
    assert answer.startswith("250 2.0.0 Taken in (permanent)")
    assert again.startswith("250")
    assert (row.state, queries.shown_state(row), row.returned_at) == ("accepted", "returned", now)
    assert row.returned_words == "5.1.1 550 5.1.1 User unknown"
    assert row.server_reply == "250 taken by the postbox"
    assert [event.kind for event in await history.events_of(identifier)] == ["returned"]
    assert await queries.bouncing_keys() == {ADDRESS}
    assert await ReceivedMail.count() == 1
    assert await queries.unread_count() == 0
    assert (await queries.counts_by_state())["returned"] == 1


async def test_forged_return_path_is_refused_before_any_text(
    port: int, postbox: Postbox, now: datetime
) -> None:
    identifier, path = await sent(postbox, now)
    forged = path.replace(f"+{identifier}-", f"+{identifier + 1}-")

    answers = [
        await hand_over(port, address, GONE)
        for address in (forged, "somebody@network.example", "bounces@other.example")
    ]

    assert all(answer.startswith("550 5.1.1") for answer in answers)
    assert await ReceivedMail.count() == 0


async def test_smtp_door_takes_the_same_from_a_mail_server(
    database: object, postbox: Postbox, now: datetime
) -> None:
    identifier, path = await sent(postbox, now)

    async with inbox_server.listening("smtp://127.0.0.1:0") as found:
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=await found)
        async with client:
            await client.sendmail("", [path], samples.QMAIL)

    assert queries.shown_state(await row_of(identifier)) == "returned"


async def test_second_mailer_waits_for_the_door(
    port: int, postbox: Postbox, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox_server, "AGAIN", 0.02)

    async with inbox_server.listening(f"lmtp://127.0.0.1:{port}") as other:
        await asyncio.sleep(0.1)
        is_waiting = not other.done()

    assert is_waiting


async def test_maildir_is_read_once_and_emptied(mailbox: Path, postbox: Postbox, now: datetime) -> None:
    identifier, path = await sent(postbox, now)
    (mailbox / "new" / "1.eml").write_bytes(b"Delivered-To: " + path.encode() + b"\n" + GONE)
    (mailbox / "new" / "2.eml").write_bytes(GONE.replace(b"bounces@network.example", path.encode()))
    (mailbox / "new" / "3.eml").write_bytes(samples.BY_HAND)

    counts = await asyncio.gather(inbox.collect(now), inbox.collect(now))

    assert max(counts) == 3
    assert list((mailbox / "new").iterdir()) == []
    assert queries.shown_state(await row_of(identifier)) == "returned"
    assert [mail.subject for mail in await queries.unread_mails()] == ["Re: Please answer"]
    assert await inbox.collect(now) == 0


async def test_out_of_office_is_noted_and_is_no_bounce(port: int, postbox: Postbox, now: datetime) -> None:
    identifier, path = await sent(postbox, now)

    await hand_over(port, path, samples.AWAY)

    row = await row_of(identifier)
    assert queries.shown_state(row) == "accepted"
    assert [event.kind for event in await history.events_of(identifier)] == ["absent"]
    assert await BouncingAddress.count() == 0
    assert await queries.unread_count() == 0


async def test_full_mailbox_comes_back_and_the_address_stays_good(
    port: int, postbox: Postbox, now: datetime
) -> None:
    identifier, path = await sent(postbox, now)

    await hand_over(port, path, samples.report("failed", "5.2.2", "552 5.2.2 Over quota"))

    assert queries.shown_state(await row_of(identifier)) == "returned"
    assert await BouncingAddress.count() == 0


async def test_flood_about_one_mail_ends(port: int, postbox: Postbox, now: datetime) -> None:
    _, path = await sent(postbox, now)

    answers = [
        await hand_over(port, path, samples.BY_HAND + str(n).encode())
        for n in range(inbox.MOST_FOR_ONE_MAIL + 1)
    ]

    assert answers[-1].startswith("554 5.7.1")
    assert await ReceivedMail.count() == inbox.MOST_FOR_ONE_MAIL


async def test_mail_to_the_mailbox_itself_is_refused_with_where_people_read(port: int) -> None:
    answer = await hand_over(port, "bounces@network.example", samples.BY_HAND)

    assert answer.startswith("550 5.7.1 People read secretariat@network.example")
    assert await ReceivedMail.count() == 0


async def test_maildir_that_is_flooded_keeps_what_is_not_taken_in(
    database: object, mailbox: Path, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "MOST_UNREAD", 2)
    for n in range(4):
        (mailbox / "new" / f"{n}.eml").write_bytes(samples.BY_HAND + str(n).encode())

    await inbox.collect(now)

    assert await queries.unread_count() == 2
    assert sorted(path.name for path in (mailbox / "cur").iterdir()) == ["2.eml:2,", "3.eml:2,"]
    assert list((mailbox / "new").iterdir()) == []


async def test_unknown_mail_waits_for_a_person_who_reads_it(
    client: httpx.AsyncClient, port: int, postbox: Postbox, clock: Clock
) -> None:
    identifier, path = await sent(postbox, clock.now)
    csrf = await sign_in(client, await factories.secretariat(name="Sam"), now=clock.now)
    await hand_over(port, path, samples.BY_HAND)
    await hand_over(port, path, GONE)

    place = await factories.make_organisation(contact_email=ADDRESS)
    desk = (await client.get("/desk")).text
    shown = (await client.get("/desk/mails/received")).text
    page = (await client.get(f"/desk/mails/{identifier}")).text
    await factories.give_role(
        await factories.make_person("Anna", email=ADDRESS), "signatory", organisation=place
    )
    people = (await client.get(f"/organisations/{place.slug}/people")).text
    draft = {"subject": "News", "body": "News.", "audience": "members", "csrf": csrf}
    made = await client.post("/desk/announcements/new", data=draft)
    preview = (await client.get(made.headers["Location"])).text
    [unread] = await queries.unread_mails()
    [marked] = await queries.bouncing_addresses()
    await client.post(f"/desk/mails/received/{unread.id}/seen", data={"csrf": csrf})
    await client.post(f"/desk/mails/received/addresses/{marked.id}/works", data={"csrf": csrf})

    assert "1 mail came back that no rule could sort." in desk
    assert "1 address takes no mail any more." in desk
    assert "I have left the hospital. Please write to Ben." in shown
    assert ADDRESS in shown
    assert "It came back" in page
    assert "Takes no mail" in people
    assert f"1 address takes no mail any more: {ADDRESS}" in preview
    assert await queries.unread_mails() == []
    assert await queries.bouncing_keys() == frozenset()


async def test_request_that_came_back_is_undeliverable_until_another_mail_stays(
    port: int, postbox: Postbox, clock: Clock
) -> None:
    actor = await factories.secretariat()
    ones = [await make_member(name, signatory=f"Head of {name}") for name in ("Alpha", "Beta")]
    statement = await make_open(actor, now=clock.now)
    await postbox.deliver(clock.now)
    paths = {str(m["To"]): e.sender for m, e in zip(postbox.messages, postbox.envelopes, strict=True)}
    to_alpha = next(path for to, path in paths.items() if "Head of Alpha" in to)

    await hand_over(port, to_alpha, GONE)

    [lost] = await undeliverable_of(statement)
    tasks = [task.sentence for task in await waiting_list.for_secretariat(clock.now)]
    assert lost.organisation_name == "Alpha"
    assert any("The request to Head of Alpha of Alpha" in task and "undeliverable" in task for task in tasks)
    await give_answer(await link_to(statement, ones[0], now=clock.now), now=clock.now + timedelta(hours=1))
    assert await undeliverable_of(statement) == []


async def test_mail_program_unsubscribes_by_mail(port: int, postbox: Postbox, now: datetime) -> None:
    await sent(postbox, now, stream=streams.NEWS)
    header = str(postbox.messages[-1]["List-Unsubscribe"])
    address, _, subject = header.partition("<mailto:")[2].rstrip(">").partition("?subject=")
    mail = samples.plain(f"From: {ADDRESS}\nSubject: {subject.replace('%20', ' ')}", "")

    answer = await hand_over(port, address, mail)

    assert address == "bounces@network.example"
    assert "unsubscribe" in answer
    assert await streams.stopped_by(ADDRESS) == {streams.NEWS}
    assert await ReceivedMail.count() == 0


async def test_no_secret_of_a_mail_that_comes_back_whole_is_kept(
    port: int, postbox: Postbox, now: datetime
) -> None:
    actor = await factories.secretariat()
    await make_member("Alpha")
    await make_open(actor, now=now)
    await postbox.deliver(now)
    ours = postbox.envelopes[-1]
    token = ours.content.decode().replace("=\r\n", "").partition("/sign/")[2][:43]
    whole = ours.content.decode()
    copies = [
        samples.plain("From: x@y.example\nSubject: odd", f"Your mail:\n{whole}"),
        samples.QMAIL.replace(samples.OURS.encode(), ours.content),
        samples.plain(
            "From: x@y.example\nSubject: Re: mail", "Why?\n" + f"> http://127.0.0.1:8000/sign/{token}\n"
        ),
    ]

    for copy in copies:
        await hand_over(port, ours.sender, copy)

    assert await ReceivedMail.count() == 3
    assert token not in json.dumps(await dump_tables())
    assert token[:30] not in json.dumps(await dump_tables())


async def test_what_came_back_is_erased_when_its_time_is_over(
    postbox: Postbox, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUMMIT_BOUNCE_DAYS", "30")
    settings.current.cache_clear()
    report = GONE.replace(b"User unknown", b"User Marker-Mustermann unknown")
    unread = (
        b"From: Marker-Mustermann <x@y.example>\r\nSubject: Marker-Mustermann\r\n\r\nMarker-Mustermann?\r\n"
    )
    first, path = await sent(postbox, now)
    second, other_path = await sent(postbox, now)
    await inbox.receive(report, recipient=path, now=now)
    await inbox.receive(unread, recipient=other_path, now=now)
    late = now + timedelta(days=30)
    await inbox.receive(report, recipient=other_path, now=late - timedelta(seconds=1))

    early = await inbox.forget_old(late - timedelta(seconds=1))
    before = str(await dump_tables())
    gone = await inbox.forget_old(late)

    assert (early, gone) == (0, 2)
    assert [row.message for row in await ReceivedMail.objects()] == [second]
    assert before.count("Marker-Mustermann") > str(await dump_tables()).count("Marker-Mustermann")
    assert ((await row_of(first)).returned_at, (await row_of(first)).returned_words) == (now, "")
    assert [event.words for event in await history.events_of(first)] == [""]
    assert "Marker" in (await row_of(second)).returned_words
