"""The mailer against a real server that misbehaves in each phase in turn."""

from __future__ import annotations

import ssl
from datetime import datetime, timedelta

import pytest

from summit_service.mail import queries
from summit_service.mail.delivery import deliver_due
from summit_service.mail.smtp import Patience, Server, Smtp, stuffed
from tests.mail.letters import letter, post, post_many, row_of
from tests.smtp_server import Fault, Post, smtp_server

BRISK = Patience(command=0.3, before_dot=0.6, after_dot=0.3)


def way_to(server: Post, *, url: str = "", tls: ssl.SSLContext | None = None) -> Smtp:
    """A sink for that server, with little patience."""
    return Smtp(Server.from_url(url or server.url), hello="summit.test", patience=BRISK, tls=tls)


async def deliver(server: Post, now: datetime) -> None:
    """One look at the outbox with a new connection."""
    sink = way_to(server)
    await deliver_due(now, sink, chance=lambda: 0.5)
    await sink.close()


@pytest.mark.parametrize("phase", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "DOT"])
async def test_mail_is_tried_again_after_a_temporary_refusal(
    database: object, now: datetime, phase: str
) -> None:
    identifier = await post(letter(), now=now)
    async with smtp_server() as server:
        server.faults[phase] = Fault("451 4.3.0 not now")

        await deliver(server, now)
        row = await row_of(identifier)
        server.faults.clear()
        await deliver(server, now + timedelta(seconds=59))
        early = len(server.raw)
        await deliver(server, now + timedelta(seconds=60))

    assert (row.state, row.server_reply) == ("deferred", "451 4.3.0 not now")
    assert row.due_at == now + timedelta(minutes=1)
    assert (early, len(server.raw)) == (0, 1)
    assert (await row_of(identifier)).state == "accepted"


@pytest.mark.parametrize("phase", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("how", ["closes", "hangs"])
async def test_mail_is_tried_again_when_the_connection_ends_before_the_dot(
    database: object, now: datetime, phase: str, how: str
) -> None:
    identifier = await post(letter(), now=now)
    async with smtp_server() as server:
        server.faults[phase] = Fault(closes=how == "closes", hangs=how == "hangs")

        await deliver(server, now)
        row = await row_of(identifier)
        server.faults.clear()
        await deliver(server, now + timedelta(minutes=1))

    assert row.state == "deferred"
    assert row.settled_at is None
    assert len(server.raw) == 1


@pytest.mark.parametrize("how", ["closes", "hangs"])
async def test_mail_without_an_answer_after_the_dot_is_repeated_once_with_its_message_id(
    database: object, now: datetime, how: str
) -> None:
    identifier = await post(letter(), now=now)
    async with smtp_server() as server:
        server.faults["DOT"] = Fault(closes=how == "closes", hangs=how == "hangs", keeps=True)

        await deliver(server, now)
        first = await row_of(identifier)
        await deliver(server, now + timedelta(minutes=14))
        early = len(server.raw)
        await deliver(server, now + timedelta(minutes=15))
        await deliver(server, now + timedelta(days=1))

    row = await row_of(identifier)
    ids = server.message_ids()
    assert first.state == "uncertain"
    assert first.settled_at is None
    assert (early, len(ids), len(set(ids))) == (1, 2, 1)
    assert (row.state, row.repeats) == ("uncertain", 1)
    assert row.settled_at == now + timedelta(minutes=15)


async def test_mail_that_must_not_be_repeated_stays_uncertain(database: object, now: datetime) -> None:
    identifier = await post(letter(is_repeatable=False), now=now)
    async with smtp_server() as server:
        server.faults["DOT"] = Fault(closes=True, keeps=True)

        await deliver(server, now)
        await deliver(server, now + timedelta(days=1))

    row = await row_of(identifier)
    assert len(server.raw) == 1
    assert (row.state, row.settled_at) == ("uncertain", now)


async def test_mail_to_a_wrong_address_fails_and_delays_nobody(database: object, now: datetime) -> None:
    wrong = await post(letter(to_email="nobody@members.example"), now=now)
    right = await post(letter(), now=now)
    async with smtp_server() as server:
        server.faults["RCPT"] = Fault("550 5.1.1 no such mailbox", only=lambda to: to.startswith("nobody"))

        await deliver(server, now)

    assert (await row_of(wrong)).state == "failed"
    assert (await row_of(wrong)).server_reply == "550 5.1.1 no such mailbox"
    assert (await row_of(right)).state == "accepted"
    assert server.connections == 1


@pytest.mark.parametrize(
    ("phase", "reply"),
    [
        ("CONNECT", "554 5.7.1 you are blocked"),
        ("MAIL", "553 5.1.8 sender unknown"),
        ("RCPT", "554 5.7.1 relaying denied"),
        ("DATA", "554 5.5.1 no"),
        ("DOT", "554 5.6.0 content refused"),
    ],
)
async def test_queue_pauses_when_the_server_refuses_us(
    database: object, now: datetime, phase: str, reply: str
) -> None:
    await post_many(3, now=now)
    async with smtp_server() as server:
        server.faults[phase] = Fault(reply)

        await deliver(server, now)
        paused = await queries.health(now=now)
        counts = await queries.counts_by_state()
        await deliver(server, now + timedelta(minutes=14))
        tries = (await queries.counts_by_state())["deferred"]
        server.faults.clear()
        await deliver(server, now + timedelta(minutes=15))
        await deliver(server, now + timedelta(minutes=15))

    assert not paused.is_well
    assert paused.sentence == f"Sending is paused: {reply}"
    assert (counts["queued"], counts["deferred"], tries) == (2, 1, 1)
    assert len(server.raw) == 3
    assert (await queries.health(now=now)).is_well


async def test_mail_that_alone_is_refused_fails_alone(database: object, now: datetime) -> None:
    odd = await post(letter(to_email="odd@members.example"), now=now)
    other = await post(letter(), now=now)
    later = now + timedelta(minutes=15)
    async with smtp_server() as server:
        server.faults["DOT"] = Fault("554 5.7.1 looks like spam", only=lambda to: to.startswith("odd"))

        await deliver(server, now)
        await deliver(server, later)
        await deliver(server, later + timedelta(minutes=1))
        await deliver(server, later + timedelta(minutes=16))

    assert (await row_of(other)).state == "accepted"
    assert (await row_of(odd)).state == "failed"
    assert (await queries.health(now=later)).paused_at is None


async def test_domain_that_asks_for_patience_gets_it_and_nothing_is_dropped(
    database: object, now: datetime
) -> None:
    slow = [await post(letter(to_email=f"a{n}@slow.example"), now=now) for n in range(3)]
    quick = await post(letter(), now=now)
    async with smtp_server() as server:
        asks = Fault("450 4.7.1 slow down", times=1, only=lambda to: to.endswith("slow.example"))
        server.faults["RCPT"] = asks

        await deliver(server, now)
        states = [(await row_of(identifier)).state for identifier in slow]
        dues = [(await row_of(identifier)).due_at - now for identifier in slow]
        await deliver(server, now + timedelta(minutes=2))

    assert states == ["deferred", "queued", "queued"]
    assert dues == [timedelta(minutes=1), timedelta(seconds=5), timedelta(seconds=10)]
    assert (await row_of(quick)).state == "accepted"
    assert len(server.raw) == 4


async def test_connection_is_used_for_many_mails(database: object, now: datetime) -> None:
    await post_many(25, now=now)
    async with smtp_server() as server:
        await deliver(server, now)

    assert (len(server.raw), server.connections) == (25, 1)


async def test_server_that_takes_one_mail_a_connection_gets_all(database: object, now: datetime) -> None:
    await post_many(5, now=now)
    async with smtp_server() as server:
        server.mails_per_connection = 1

        await deliver(server, now)

    assert len(set(server.message_ids())) == 5
    assert (await queries.counts_by_state())["accepted"] == 5


async def test_server_that_is_away_costs_one_attempt_and_all_goes_on_when_it_is_back(
    database: object, now: datetime
) -> None:
    await post_many(5, now=now)
    async with smtp_server() as gone:
        pass

    await deliver(gone, now)
    counts = await queries.counts_by_state()
    async with smtp_server() as server:
        await deliver(server, now + timedelta(seconds=1))
        await deliver(server, now + timedelta(seconds=1))

    assert (counts["deferred"], counts["queued"]) == (1, 4)
    assert len(server.raw) == 5


async def test_mail_gives_up_after_three_days(database: object, now: datetime) -> None:
    identifier = await post(letter(), now=now)
    moment, attempts = now, 0
    async with smtp_server() as server:
        server.faults["RCPT"] = Fault("450 4.2.2 mailbox full")

        while (await row_of(identifier)).settled_at is None:
            await deliver(server, moment)
            moment, attempts = max(moment, (await row_of(identifier)).due_at), attempts + 1

    row = await row_of(identifier)
    assert row.state == "failed"
    assert timedelta(hours=70) < moment - now < timedelta(hours=72)
    assert attempts == row.attempts


async def test_login_over_tls_and_a_wrong_password_pauses(
    database: object, now: datetime, tls: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    there, here = tls
    await post(letter(), now=now)
    async with smtp_server(user="summit", password="p@ss:word/1", tls=there) as server:
        at = f"127.0.0.1:{server.port}"
        wrong = way_to(server, url=f"smtp+starttls://summit:wrong@{at}", tls=here)
        right = way_to(server, url=f"smtp+starttls://summit:p%40ss%3Aword%2F1@{at}", tls=here)

        await deliver_due(now, wrong)
        refused = await queries.health(now=now)
        await deliver_due(now + timedelta(minutes=15), right)

    assert "535" in refused.pause_reason
    assert len(server.raw) == 1


@pytest.mark.parametrize(
    ("phase", "reply", "state", "is_paused"),
    [
        ("STARTTLS", "454 4.7.0 TLS not available", "deferred", False),
        ("AUTH", "454 4.7.0 try later", "deferred", False),
        ("AUTH", "535 5.7.8 wrong password", "deferred", True),
        ("AUTH", "530 5.7.0 not for you", "deferred", True),
    ],
)
async def test_mail_waits_when_the_server_refuses_before_the_first_letter(
    database: object,
    now: datetime,
    tls: tuple[ssl.SSLContext, ssl.SSLContext],
    phase: str,
    reply: str,
    state: str,
    is_paused: bool,
) -> None:
    there, here = tls
    identifier = await post(letter(), now=now)
    async with smtp_server(user="summit", password="secret", tls=there) as server:
        url = f"smtp+starttls://summit:secret@127.0.0.1:{server.port}"
        server.faults[phase] = Fault(reply)

        await deliver_due(now, way_to(server, url=url, tls=here))
        row = await row_of(identifier)
        health = await queries.health(now=now)
        server.faults.clear()
        await deliver_due(now + timedelta(minutes=20), way_to(server, url=url, tls=here))

    assert (row.state, health.paused_at is not None) == (state, is_paused)
    assert "secret" not in row.server_reply
    assert len(server.raw) == 1


async def test_mail_is_not_sent_in_the_open_when_tls_was_asked_for(database: object, now: datetime) -> None:
    identifier = await post(letter(), now=now)
    async with smtp_server() as server:
        await deliver_due(now, way_to(server, url=f"smtp+starttls://127.0.0.1:{server.port}"))

    row = await row_of(identifier)
    assert (row.state, row.phase) == ("deferred", "connect")
    assert "STARTTLS" in row.server_reply
    assert server.raw == []


async def test_greylisting_delays_each_recipient_once_and_nobody_else(
    database: object, now: datetime
) -> None:
    grey = [await post(letter(to_email=f"a{n}@grey.example"), now=now) for n in range(2)]
    other = await post(letter(), now=now)
    async with smtp_server() as server:
        asks = Fault("451 4.7.1 greylisted, come back", times=2, only=lambda to: to.endswith("grey.example"))
        server.faults["RCPT"] = asks
        for minutes in (0, 1, 6, 12):
            await deliver(server, now + timedelta(minutes=minutes))

    assert server.recipients[0] == (await row_of(other)).recipient_email
    assert sorted(server.recipients[1:]) == ["a0@grey.example", "a1@grey.example"]
    assert [(await row_of(identifier)).state for identifier in grey] == ["accepted", "accepted"]


async def test_certificate_that_nobody_vouches_for_is_not_trusted(
    database: object, now: datetime, tls: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    identifier = await post(letter(), now=now)
    async with smtp_server(tls=tls[0]) as server:
        sink = way_to(server, url=f"smtp+starttls://127.0.0.1:{server.port}")

        await deliver_due(now, sink)

    row = await row_of(identifier)
    assert (row.state, row.phase) == ("deferred", "connect")
    assert "certificate" in row.server_reply.lower()


@pytest.mark.parametrize(("utf8", "state"), [(True, "accepted"), (False, "failed")])
async def test_address_outside_ascii_needs_a_server_that_takes_it(
    database: object, now: datetime, utf8: bool, state: str
) -> None:
    unusual = await post(letter(to_email="jürgen@bücher.example"), now=now)
    usual = await post(letter(to_email="anna@bücher.example"), now=now)
    async with smtp_server(utf8=utf8) as server:
        await deliver(server, now)

    assert (await row_of(unusual)).state == state
    assert (await row_of(usual)).state == "accepted"
    assert "anna@xn--bcher-kva.example" in server.recipients
    assert ("jürgen@bücher.example" in server.recipients) == utf8


def test_stuffed_hides_leading_dots_and_ends_with_one() -> None:
    assert stuffed(b"a\n.b\r\n..c\r.\n") == b"a\r\n..b\r\n...c\r\n..\r\n.\r\n"


def test_server_never_shows_its_password() -> None:
    server = Server.from_url("smtps://me:secret@mail.example.org")

    assert (server.port, server.password) == (465, "secret")
    assert "secret" not in repr(server)
