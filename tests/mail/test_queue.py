"""The outbox row by row: one cause, claims and leases, what is left behind, what is stopped in time."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta

import pytest
from piccolo.conf.apps import Finder

from summit_service import db
from summit_service.errors import Conflict, NotAllowed, NotFound
from summit_service.links import Link
from summit_service.mail import actions, outbox, queries, queue
from summit_service.mail.ledger import Ledger, MustNotLeave
from summit_service.mail.outbox import LinkSpec
from summit_service.mail.outcomes import Outcome
from summit_service.mail.rules import Answer, Phase
from summit_service.mail.tables import OutboxMessage
from summit_service.members.queries import actor_of
from tests.factories import make_person, secretariat
from tests.mail.letters import invitation, letter, post, post_many, row_of
from tests.postbox import Postbox, link_in

BASE = "http://127.0.0.1:8000"
TAKEN = Answer(Phase.DOT, 250, "taken")


async def take(owner: str, *, now: datetime, limit: int = 10) -> list[queue.Started]:
    """As a courier does it."""
    return (await queue.take(owner=owner, now=now, limit=limit, base_url=BASE)).started


async def start(identifier: int, *, now: datetime, owner: str = "one") -> queue.Started:
    """Take one, as far as a mailer that then dies."""
    (started,) = [one for one in await take(owner, now=now) if one.row.id == identifier]
    return started


async def settle(started: queue.Started, answer: Answer, *, now: datetime) -> None:
    await Ledger().settle(Outcome(started, answer, now, 0.5))


async def test_many_mails_are_queued_at_once_each_cause_one_time(database: db.Engine, now: datetime) -> None:
    many = [letter(dedupe_key=f"many:{n % 240}", to_email=f"n{n}@example.org") for n in range(250)]
    async with db.transaction():
        await outbox.add(letter(dedupe_key="many:7"), now=now)
        added = await outbox.add_all(many, now=now)
        nothing = await outbox.add_all([], now=now)

    rows = await OutboxMessage.select(OutboxMessage.id, OutboxMessage.dedupe_key)
    assert (len(added), nothing, len(rows)) == (239, [], 240)
    assert {row["id"] for row in rows if row["dedupe_key"] != "many:7"} == set(added)
    assert {row["dedupe_key"] for row in rows} == {f"many:{n}" for n in range(240)}


async def test_mail_outside_a_transaction_is_refused(database: object, now: datetime) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        await outbox.add(letter(), now=now)


async def test_mail_goes_with_the_transaction_that_fails(database: object, now: datetime) -> None:
    async def act() -> None:
        async with db.transaction():
            await outbox.add(letter(), now=now)
            raise ValueError("the business fails")

    with pytest.raises(ValueError, match="the business fails"):
        await act()

    assert await OutboxMessage.count() == 0


async def test_rows_that_are_taken_are_nobody_elses_until_the_lease_ends(
    database: object, now: datetime
) -> None:
    await post_many(3, now=now)

    first = await take("one", now=now, limit=2)
    second = await take("two", now=now)
    await queue.recover(now=now + queue.LEASE)
    third = await take("three", now=now + queue.LEASE)

    assert [len(batch) for batch in (first, second, third)] == [2, 1, 3]


async def test_two_who_take_at_once_share_the_rows(database: object, now: datetime) -> None:
    await post_many(100, now=now)

    batches = await asyncio.gather(*(take(str(n), now=now) for n in range(20)))

    ids = [started.row.id for batch in batches for started in batch]
    assert len(ids) == len(set(ids))
    assert await OutboxMessage.count().where(OutboxMessage.lease_owner != "") == len(ids)


async def test_dot_is_not_written_when_the_lease_is_lost(database: object, now: datetime) -> None:
    identifier = await post(letter(), now=now)
    started = await start(identifier, now=now)
    later = now + queue.LEASE
    await queue.recover(now=later)
    await start(identifier, now=later, owner="two")

    with pytest.raises(MustNotLeave):
        await Ledger().dot(started, now=later)


async def test_dot_is_not_written_for_a_mail_that_was_stopped_meanwhile(
    database: object, now: datetime
) -> None:
    identifier = await post(letter(about="request:7"), now=now)
    started = await start(identifier, now=now)
    async with db.transaction():
        await outbox.stop("request:7", reason="they have signed", now=now)

    with pytest.raises(MustNotLeave):
        await Ledger().dot(started, now=now)
    await queue.give_back([started], now=now)

    row = await row_of(identifier)
    assert (row.state, row.server_reply, row.settled_at) == ("stopped", "they have signed", now)


async def test_dot_is_not_written_after_the_mails_own_end(database: object, now: datetime) -> None:
    identifier = await post(letter(expires_at=now + timedelta(seconds=10)), now=now)
    started = await start(identifier, now=now)

    with pytest.raises(MustNotLeave):
        await Ledger().dot(started, now=now + timedelta(seconds=10))


async def test_what_is_given_back_is_as_before(database: object, now: datetime) -> None:
    fresh = await post(letter(), now=now)
    tried = await post(letter(), now=now)
    batch = await take("one", now=now)
    await settle(batch[1], Answer(Phase.RCPT, 450, "4.2.1 later"), now=now)
    soon = now + timedelta(minutes=1)
    await queue.give_back(batch[:1], now=now, due_at=soon)
    before = [await row_of(fresh), await row_of(tried)]

    await queue.give_back(await take("two", now=soon), now=soon)

    after = [await row_of(fresh), await row_of(tried)]
    assert [row.to_dict() for row in after] == [row.to_dict() for row in before]
    assert [(row.state, row.attempts, row.tried_at) for row in after] == [
        ("queued", 0, None), ("deferred", 1, now),
    ]  # fmt: skip


async def test_later_mail_about_the_same_thing_waits_for_the_earlier_one(
    postbox: Postbox, now: datetime
) -> None:
    same = {"about": "request:7", "to_email": "anna@members.example"}
    first, second = [await post(letter(**same), now=now) for _ in range(2)]
    other = await post(letter(about="request:7"), now=now)
    batch = await take("one", now=now)
    taken = [started.row.id for started in batch]
    await settle(batch[0], Answer(Phase.RCPT, 450, "4.2.0 greylisted"), now=now)
    await queue.give_back(batch[1:], now=now)

    await postbox.deliver(now)
    early = [envelope.id for envelope in postbox.envelopes]
    await postbox.deliver(now + timedelta(minutes=1))

    assert taken == [first, other]
    assert early == [other]
    assert [envelope.id for envelope in postbox.envelopes] == [other, first, second]


async def test_sign_in_mail_waits_for_no_other(postbox: Postbox, now: datetime) -> None:
    same = {"about": "person:7", "to_email": "anna@members.example"}
    link = LinkSpec(purpose="sign_in", subject="7", path="/sign/{token}", lifetime_seconds=900)
    first, second = [await post(invitation(links={"sign_url": link}, **same), now=now) for _ in range(2)]

    taken = [started.row.id for started in await take("one", now=now)]

    assert taken == [first, second]


async def test_mail_left_before_the_dot_is_queued_again(postbox: Postbox, now: datetime) -> None:
    identifier = await post(letter(), now=now)
    await start(identifier, now=now)

    early = await postbox.deliver(now + queue.LEASE - timedelta(seconds=1))
    late = await postbox.deliver(now + queue.LEASE)

    assert (len(early), len(late)) == (0, 1)
    assert (await row_of(identifier)).attempts == 2


@pytest.mark.parametrize(("is_repeatable", "times"), [(True, 1), (False, 0)])
async def test_mail_left_after_the_dot_is_repeated_only_where_that_is_harmless(
    postbox: Postbox, now: datetime, is_repeatable: bool, times: int
) -> None:
    identifier = await post(letter(is_repeatable=is_repeatable), now=now)
    started = await start(identifier, now=now)
    await Ledger().dot(started, now=now)
    over = now + queue.LEASE_AFTER_DOT

    at_once = await postbox.deliver(over)
    between = (await row_of(identifier)).state
    later = await postbox.deliver(over + timedelta(minutes=15))

    assert (len(at_once), between, len(later)) == (0, "uncertain", times)
    assert (await row_of(identifier)).settled_at is not None


async def test_answer_that_comes_after_the_lease_still_counts(postbox: Postbox, now: datetime) -> None:
    identifier = await post(letter(), now=now)
    started = await start(identifier, now=now)
    await Ledger().dot(started, now=now)
    await queue.recover(now=now + queue.LEASE_AFTER_DOT)

    await settle(started, TAKEN, now=now + queue.LEASE_AFTER_DOT)

    assert (await row_of(identifier)).state == "accepted"
    assert await postbox.deliver(now + timedelta(days=1)) == []


async def test_retry_mints_another_link_and_the_earlier_one_stays_good(
    postbox: Postbox, now: datetime
) -> None:
    identifier = await post(invitation(), now=now)
    await start(identifier, now=now)

    messages = await postbox.deliver(now + queue.LEASE)

    rows = await Link.objects().where(Link.outbox_id == identifier)
    assert len({row.token_hash for row in rows}) == 2
    assert all(row.ended_at is None for row in rows)
    assert link_in(messages[0], "/sign/")


async def test_stop_keeps_a_waiting_mail_from_leaving(postbox: Postbox, now: datetime) -> None:
    identifier = await post(letter(about="request:7", kind="letter"), now=now)
    other = await post(letter(about="request:8"), now=now)

    async with db.transaction():
        await outbox.stop("request:7", reason="they have signed", now=now)
    await postbox.deliver(now)

    row = await row_of(identifier)
    assert (row.state, row.server_reply) == ("stopped", "they have signed")
    assert [envelope.id for envelope in postbox.envelopes] == [other]


async def test_stop_of_some_kinds_leaves_the_others(postbox: Postbox, now: datetime) -> None:
    await post(letter(about="request:7"), now=now)
    await post(invitation(about="request:7"), now=now)

    async with db.transaction():
        await outbox.stop("request:7", reason="done", now=now, kinds=["invitation"])

    assert [str(message["Subject"])[:6] for message in await postbox.deliver(now)] == ["Letter"]


async def test_stop_while_it_is_being_sent_ends_the_retries(postbox: Postbox, now: datetime) -> None:
    identifier = await post(letter(about="request:7"), now=now)
    started = await start(identifier, now=now)
    async with db.transaction():
        await outbox.stop("request:7", reason="they have signed", now=now)

    await settle(started, Answer(Phase.RCPT, 450, "4.2.1 later"), now=now)

    assert (await row_of(identifier)).state == "stopped"
    assert await postbox.deliver(now + timedelta(days=1)) == []


async def test_stop_ends_a_repetition_that_was_due(postbox: Postbox, now: datetime) -> None:
    identifier = await post(letter(about="request:7"), now=now)
    started = await start(identifier, now=now)
    await settle(started, Answer(Phase.DOT, None, "connection lost"), now=now)
    async with db.transaction():
        await outbox.stop("request:7", reason="they have signed", now=now)

    sent = await postbox.deliver(now + timedelta(hours=1))

    assert sent == []
    assert (await row_of(identifier)).state == "uncertain"


async def test_mail_whose_time_is_over_is_stopped(postbox: Postbox, now: datetime) -> None:
    identifier = await post(letter(expires_at=now + timedelta(hours=1)), now=now)

    sent = await postbox.deliver(now + timedelta(hours=1))

    row = await row_of(identifier)
    assert (sent, row.state, row.server_reply) == ([], "stopped", queue.TOO_LATE)


async def test_mail_whose_time_is_over_is_not_taken(database: object, now: datetime) -> None:
    identifier = await post(letter(expires_at=now + timedelta(seconds=10)), now=now)
    soon = now + timedelta(seconds=10)

    batch = await take("one", now=soon)

    assert batch == []
    assert (await row_of(identifier)).state == "stopped"


async def test_mail_that_cannot_be_written_fails_alone(postbox: Postbox, now: datetime) -> None:
    broken = await post(letter(kind="broken"), now=now)
    unknown = await post(letter(kind="no_such_kind"), now=now)
    crooked = await post(letter(kind="../_base"), now=now)
    good = await post(letter(), now=now)

    sent = await postbox.deliver(now)

    states = {n: (await row_of(n)).state for n in (broken, unknown, crooked, good)}
    assert states == {broken: "failed", unknown: "failed", crooked: "failed", good: "accepted"}
    assert "there_is_no_such_name" in (await row_of(broken)).server_reply
    assert len(sent) == 1


async def test_resend_is_a_new_row_with_its_own_message_id(postbox: Postbox, now: datetime) -> None:
    actor = await secretariat()
    identifier = await post(invitation(), now=now)
    first = await postbox.deliver(now)

    again = await actions.resend(identifier, actor=actor, now=now)
    second = await postbox.deliver(now)

    assert (await row_of(again)).about == (await row_of(identifier)).about
    assert str(first[0]["Message-ID"]) != str(second[0]["Message-ID"])
    assert link_in(first[0], "/sign/") != link_in(second[0], "/sign/")
    with pytest.raises(Conflict, match="has been sent again already"):
        await actions.resend(identifier, actor=actor, now=now)


async def test_resend_is_refused_for_a_mail_that_was_stopped(database: object, now: datetime) -> None:
    actor = await secretariat()
    identifier = await post(letter(), now=now)
    async with db.transaction():
        await outbox.stop((await row_of(identifier)).about, reason="It was answered.", now=now)

    with pytest.raises(Conflict, match="was stopped"):
        await actions.resend(identifier, actor=actor, now=now)


async def test_resend_is_refused_while_the_first_is_on_its_way(database: object, now: datetime) -> None:
    actor = await secretariat()
    identifier = await post(letter(), now=now)

    with pytest.raises(Conflict, match="still on its way"):
        await actions.resend(identifier, actor=actor, now=now)
    with pytest.raises(NotFound):
        await actions.resend(999, actor=actor, now=now)


async def test_outbox_is_the_secretariats(database: object, now: datetime) -> None:
    somebody = await actor_of(await make_person(), via="page")
    identifier = await post(letter(), now=now)

    for attempt in (
        actions.resend(identifier, actor=somebody, now=now),
        actions.stop_mail(identifier, reason="-", actor=somebody, now=now),
        actions.resume(actor=somebody, now=now),
    ):
        with pytest.raises(NotAllowed):
            await attempt

    assert (await row_of(identifier)).state == "queued"


async def test_stop_mail_stops_one(postbox: Postbox, now: datetime) -> None:
    actor = await secretariat()
    identifier = await post(letter(), now=now)

    await actions.stop_mail(identifier, reason="written by mistake", actor=actor, now=now)

    assert await postbox.deliver(now) == []
    with pytest.raises(Conflict):
        await actions.stop_mail(identifier, reason="again", actor=actor, now=now)


async def test_resume_lets_a_paused_queue_go_on_at_once(postbox: Postbox, now: datetime) -> None:
    actor = await secretariat()
    identifier = await post(letter(), now=now)
    started = await start(identifier, now=now)
    await settle(started, Answer(Phase.AUTH, 535, "5.7.8 no"), now=now)
    paused = await postbox.deliver(now + timedelta(minutes=1))

    await actions.resume(actor=actor, now=now + timedelta(minutes=1))
    sent = await postbox.deliver(now + timedelta(minutes=1))

    assert (len(paused), len(sent)) == (0, 1)


async def test_health_tells_what_is_wrong(database: object, now: datetime) -> None:
    well = await queries.health(now=now)
    await post(letter(), now=now)
    soon = await queries.health(now=now + timedelta(minutes=9))
    late = await queries.health(now=now + timedelta(minutes=10))

    assert (well.is_well, well.sentence) == (True, "Nothing waits to be sent.")
    assert (soon.is_well, soon.waiting, soon.oldest_due_at) == (True, 1, now)
    assert (late.is_well, late.sentence) == (False, "1 mail waits and no mailer is running.")


async def test_outbox_is_listed_by_state_kind_and_reader(database: object, now: datetime) -> None:
    first = await post(letter(to_email="a_b@members.example", to_name="Émile"), now=now)
    second = await post(invitation(to_email="axb@members.example"), now=now)
    async with db.transaction():
        await outbox.stop(f"{(await row_of(first)).about}", reason="-", now=now)

    async def ids(**filters: object) -> list[int]:
        return [row.id for row in await queries.outbox(**filters)]  # type: ignore[arg-type]

    assert await ids() == [second, first]
    assert await ids(states=["stopped"]) == [first]
    assert await ids(kind="invitation") == [second]
    assert await ids(search="A_B@") == [first]
    assert await ids(before=second) == [first]
    assert await ids(limit=1) == [second]
    assert [row.id for row in await queries.mails_about((await row_of(second)).about)] == [second]


async def test_no_secret_is_left_in_any_table_or_log(
    postbox: Postbox, now: datetime, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    identifiers = [await post(invitation(), now=now) for _ in range(3)]
    messages = await postbox.deliver(now)
    secrets = [link_in(message, "/sign/").removeprefix("/sign/") for message in messages]
    chatty = await post(invitation(), now=now)
    started = await start(chatty, now=now)
    said = f"5.6.0 we do not like {started.urls['sign_url']} nor {started.secrets[0]}."
    await settle(started, Answer(Phase.RCPT, 550, said), now=now)

    everything = json.dumps([await table.select() for table in Finder().get_table_classes()], default=str)

    logs = capfd.readouterr()
    for secret in [*secrets, *started.secrets]:
        assert secret not in everything
        assert secret not in logs.out + logs.err + caplog.text
    assert len(identifiers) == 3
    assert "we do not like" in (await row_of(chatty)).server_reply
