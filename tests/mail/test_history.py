"""What is known of each mail afterwards: its history as steps, its text with the links masked, sending again."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from summit_service import db
from summit_service.errors import Conflict
from summit_service.links import Link
from summit_service.mail import actions, history, outbox, preview, queries, timeline
from summit_service.mail.delivery import deliver_due
from summit_service.mail.render import CannotRender, Envelope
from summit_service.mail.rules import Answer, Phase
from summit_service.mail.sinks import BeforeDot
from summit_service.mail.tables import MailEvent
from tests.factories import secretariat
from tests.mail.letters import invitation, letter, post, row_of
from tests.postbox import Postbox


class Grumpy:
    """A server that answers what it is told to, one answer a mail."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)

    async def send(self, envelope: Envelope, *, before_dot: BeforeDot) -> Answer:
        return self.answers.pop(0)

    async def close(self) -> None:
        """Nothing to close."""


async def steps(identifier: int) -> list[timeline.Step]:
    return timeline.steps_of(await row_of(identifier), await history.events_of(identifier))


async def test_mail_that_is_accepted_at_once_has_two_steps_and_no_row_of_history(
    postbox: Postbox, now: datetime
) -> None:
    identifier = await post(letter(), now=now)
    waiting = await steps(identifier)

    await postbox.deliver(now)

    assert [step.words for step in waiting] == ["Put into the outbox", "It leaves"]
    assert [(step.words, step.note) for step in await steps(identifier)] == [
        ("Put into the outbox", ""),
        ("The next server accepted it", "250 taken by the postbox"),
    ]
    assert await MailEvent.count() == 0


async def test_every_attempt_is_told_with_the_servers_words(database: object, now: datetime) -> None:
    identifier = await post(letter(), now=now)
    busy, gone = (
        Answer(Phase.RCPT, 451, "4.2.1 mailbox busy"),
        Answer(Phase.RCPT, 550, "5.1.1 no such person"),
    )

    await deliver_due(now, Grumpy(busy), chance=lambda: 0.5)
    between = await steps(identifier)
    await deliver_due(now + timedelta(minutes=2), Grumpy(gone), chance=lambda: 0.5)

    assert [(step.state, step.words) for step in between][1:] == [
        ("done", "Attempt 1 did not get through, when the recipient was named"),
        ("next", "Attempt 2"),
    ]
    assert between[2].at == now + timedelta(minutes=1)
    assert [step.note for step in await steps(identifier)] == [
        "",
        "451 4.2.1 mailbox busy",
        "550 5.1.1 no such person",
        "550 5.1.1 no such person",
    ]
    assert [step.state for step in await steps(identifier)] == ["done"] * 4


async def test_copies_are_told_on_both_mails_with_who_made_them(postbox: Postbox, now: datetime) -> None:
    actor = await secretariat(name="Sam Secretary")
    ids = [await post(letter(), now=now) for _ in range(2)]
    await postbox.deliver(now)

    made = await actions.resend_all(ids, actor=actor, now=now + timedelta(minutes=1))

    assert len(made) == 2
    assert (await steps(ids[0]))[-1].words == "Sent again by Sam Secretary"
    assert [(s.words, s.note) for s in await steps(made[0])][1] == (
        "It is a copy of an earlier mail by Sam Secretary",
        f"Of mail {ids[0]}.",
    )


async def test_copies_are_made_of_all_chosen_mails_or_of_none(postbox: Postbox, now: datetime) -> None:
    actor = await secretariat()
    sent = await post(letter(), now=now)
    await postbox.deliver(now)
    waiting = await post(letter(), now=now)

    with pytest.raises(Conflict, match="still on its way"):
        await actions.resend_all([sent, waiting], actor=actor, now=now)

    assert await history.events_of(sent) == []
    assert len(await queries.outbox()) == 2


async def test_preview_is_the_mail_with_masked_links_and_mints_nothing(
    postbox: Postbox, now: datetime
) -> None:
    identifier = await post(invitation(), now=now)

    shown = preview.letter_of(await row_of(identifier), now=now)
    minted = await Link.count()
    [message] = await postbox.deliver(now)

    assert minted == 0
    assert "<http://127.0.0.1:8000/sign/…>" in shown.text
    assert "Emp@thies <Humanisation> & Co" in shown.text
    assert ("Subject", str(message["Subject"])) in shown.headers


async def test_preview_of_an_erased_mail_says_why_there_is_none(postbox: Postbox, now: datetime) -> None:
    identifier = await post(letter(about="enquiry:7"), now=now)
    await deliver_due(
        now, Grumpy(Answer(Phase.RCPT, 550, "5.1.1 anna@members.example unknown")), chance=lambda: 0.5
    )
    async with db.transaction():
        await outbox.erase("enquiry:7", now=now)

    with pytest.raises(CannotRender, match="address"):
        preview.letter_of(await row_of(identifier), now=now)

    assert "anna@members.example" not in json.dumps(
        [event.to_dict() for event in await history.events_of(identifier)], default=str
    )
