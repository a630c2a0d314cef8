"""From the outbox to a reader: what arrives, and what is written down about it."""

from __future__ import annotations

from datetime import datetime, timedelta

from summit_service import db, links
from summit_service.mail import outbox
from tests.mail.letters import invitation, letter, post, row_of
from tests.postbox import Postbox, html_of, link_in, text_of


async def test_mail_arrives_with_a_link_that_opens(postbox: Postbox, now: datetime) -> None:
    identifier = await post(invitation(), now=now)

    messages = await postbox.deliver(now)

    path = link_in(messages[0], "/sign/")
    found = await links.find_live("sign", path.removeprefix("/sign/"), now=now)
    assert len(messages) == 1
    assert found is not None
    assert found.outbox_id == identifier
    assert path in html_of(messages[0])
    assert "Wednesday 1 April 2026, 12:00 London" in text_of(messages[0])
    row = await row_of(identifier)
    assert (row.state, row.attempts, row.server_reply) == ("accepted", 1, "250 taken by the postbox")
    assert row.settled_at == now
    assert row.lease_owner == ""


async def test_mail_is_delivered_once(postbox: Postbox, now: datetime) -> None:
    await post(letter(), now=now)

    first = await postbox.deliver(now)
    second = await postbox.deliver(now + timedelta(days=1))

    assert (len(first), len(second)) == (1, 0)


async def test_one_cause_is_one_row(postbox: Postbox, now: datetime) -> None:
    mail = letter()
    await post(mail, now=now)

    async with db.transaction():
        again = await outbox.add(mail, now=now)

    assert again is None
    assert len(await postbox.deliver(now)) == 1


async def test_link_lives_from_the_moment_of_sending(postbox: Postbox, now: datetime) -> None:
    spec = outbox.LinkSpec(purpose="sign_in", subject="7", path="/sign/{token}", lifetime_seconds=900)
    await post(invitation(links={"sign_url": spec}), now=now)
    sent_at = now + timedelta(hours=1)

    messages = await postbox.deliver(sent_at)

    token = link_in(messages[0], "/sign/").removeprefix("/sign/")
    link = await links.find("sign_in", token)
    assert link is not None
    assert link.expires_at == sent_at + timedelta(minutes=15)
