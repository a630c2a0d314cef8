"""Somebody is erased while a mail to them is under way, before one comes back, and after they had another name."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from summit_service import db, settings
from summit_service.accounts import actions as accounts
from summit_service.accounts.tables import Person
from summit_service.doors import actions as doors
from summit_service.mail import inbox, outcomes, queue, return_path
from summit_service.mail.delivery import deliver_due
from summit_service.mail.outcomes import Outcome
from summit_service.mail.render import Envelope
from summit_service.mail.rules import Answer, Phase
from summit_service.mail.sinks import BeforeDot, Folder
from summit_service.mail.tables import OutboxMessage
from summit_service.members import queries as members
from summit_service.own_data import actions, telling
from summit_service.resources import actions as resources
from tests import factories
from tests.factories_registrations import make_edition
from tests.factories_resources import make_resource
from tests.factories_statements import dump_tables
from tests.mail.bounces import samples

EMAIL, MARK = "anna@markstein.example", "markstein"
TAKEN = Answer(Phase.DOT, 250, f"2.0.0 kept for <{EMAIL}>")


class Slow:
    """A way out on which somebody is erased before the last dot or after it, and then this answer comes."""

    def __init__(self, person: Person, answer: Answer, *, is_before: bool, now: datetime) -> None:
        self.person, self.answer, self.is_before, self.now = person, answer, is_before, now

    async def send(self, envelope: Envelope, *, before_dot: BeforeDot) -> Answer:
        """As a server does that takes its time."""
        if self.is_before:
            await erase(self.person, now=self.now)
        if self.answer.phase is Phase.DOT:
            await before_dot()
            await Folder(settings.current().mailbox_dir).send(envelope, before_dot=before_dot)
        if not self.is_before:
            await erase(self.person, now=self.now)
        return self.answer

    async def close(self) -> None:
        """There is nothing to close."""


async def erase(person: Person, *, now: datetime) -> None:
    desk = await factories.secretariat()
    seen = (await telling.told(person)).digest
    await actions.erase_person(person.id, seen=seen, email=person.email, actor=desk, now=now)


async def ask_to_sign_in(now: datetime) -> Person:
    """Anna, to whom a mail is queued."""
    place = await factories.make_organisation()
    anna = await factories.make_person("Anna Markstein", email=EMAIL)
    await factories.give_role(anna, "representative", organisation=place)
    await accounts.request_sign_in(EMAIL, next_path="/me", now=now)
    return anna


async def where_found() -> list[str]:
    """Tables that say the name or the address, and mails in the folder that stands in for a server."""
    tables = [name for name, rows in (await dump_tables()).items() if MARK in str(rows).lower()]
    return tables + [path.name for path in settings.current().mailbox_dir.rglob("*.eml")]


@pytest.mark.parametrize(
    ("answer", "is_before", "state"),
    [
        (TAKEN, True, "stopped"),
        (TAKEN, False, "accepted"),
        (Answer(Phase.DOT, 450, f"<{EMAIL}> later"), False, "stopped"),
        (Answer(Phase.RCPT, 550, f"<{EMAIL}> unknown"), True, "failed"),
        (Answer(Phase.RCPT, 450, f"<{EMAIL}> later"), False, "stopped"),
    ],
)
async def test_nothing_of_whom_is_erased_is_written_down_when_the_server_answers(
    database: db.Engine, now: datetime, answer: Answer, is_before: bool, state: str
) -> None:
    anna = await ask_to_sign_in(now)

    await deliver_due(now, Slow(anna, answer, is_before=is_before, now=now))

    row = await OutboxMessage.objects().first()
    assert row is not None
    assert row.state == state
    assert await where_found() == []


async def test_answer_that_comes_after_the_lease_leaves_nothing_either(
    database: db.Engine, now: datetime
) -> None:
    anna = await ask_to_sign_in(now)
    batch = await queue.take(owner="one", now=now, limit=1, base_url="https://network.example")
    later = now + timedelta(hours=1)
    await queue.recover(now=later)
    await erase(anna, now=later)

    await outcomes.hand_over([], [Outcome(batch.started[0], TAKEN, later, 0.5)], until=later)

    row = await OutboxMessage.objects().first()
    assert row is not None
    assert (row.state, row.server_reply) == ("accepted", "")
    assert await where_found() == []


async def test_mail_that_comes_back_after_erasing_leaves_nothing(
    database: db.Engine, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUMMIT_BOUNCE_ADDRESS", "bounces@network.example")
    settings.forget()
    anna = await ask_to_sign_in(now)
    await deliver_due(now, Folder(settings.current().mailbox_dir))
    row = await OutboxMessage.objects().first()
    assert row is not None
    await erase(anna, now=now)
    notice = samples.report("failed", "5.1.1", f"550 5.1.1 <{EMAIL}>: User unknown")
    said = notice.replace(b"ana@hospital.example", EMAIL.encode())

    kinds = [
        await inbox.receive(said, recipient=return_path.sender_of(row.id, settings.current()), now=at)
        for at in (now, now + timedelta(days=1))
    ]

    assert kinds == ["erased", "erased"]
    assert await where_found() == []


async def test_the_name_that_somebody_had_before_goes_too(database: db.Engine, now: datetime) -> None:
    place = await factories.make_organisation()
    sharer = await factories.representative_of(place)
    anna = await factories.make_person("Anna Markstein", email="anna@people.example")
    await factories.give_role(anna, "secretariat")
    me = await members.actor_of(anna, via="page")
    await make_edition(in_person=2)
    await doors.make_door(2026, "Main", actor=me, now=now)
    shared = await make_resource(place, actor=sharer, now=now)
    await resources.comment(shared.slug, "It helps.", actor=me, now=now)
    await resources.tell_sharers(now + timedelta(hours=2))
    await accounts.change_own_details(name="Anna Berglund", timezone="", actor=me, now=now)
    before = await where_found()
    renamed = await Person.objects().get(Person.id == anna.id)
    assert renamed is not None

    await erase(renamed, now=now)

    assert set(before) == {"door", "journal_words", "outbox_message"}
    assert await where_found() == []
