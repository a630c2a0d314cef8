"""Each mail as its reader gets it; `goldens.py` says how a new one is added."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from summit_service import db, links
from summit_service.app import create_app
from summit_service.mail import outbox, streams
from summit_service.mail.render import Envelope
from summit_service.mail.rules import Answer, Phase
from summit_service.mail.sinks import BeforeDot
from summit_service.mail.tables import OutboxMessage
from tests.clients import BASE_URL
from tests.mail import goldens
from tests.postbox import Postbox, html_of, text_of

REMOTE = re.compile(r"<img|<script|<link|<iframe|<object|@import|url\(|background=|src=", re.IGNORECASE)


def test_every_kind_has_a_golden() -> None:
    known = {path.name for path in goldens.FOLDER.iterdir()}

    missing = [
        name for kind in goldens.KINDS for name in (f"{kind}.json", f"{kind}.txt") if name not in known
    ]

    assert missing == [], "see tests/mail/goldens.py"
    assert known == {f"{kind}.{end}" for kind in goldens.KINDS for end in ("json", "txt")}


@pytest.mark.parametrize("kind", goldens.KINDS)
def test_mail_reads_as_its_golden_says(kind: str) -> None:
    message = goldens.message_of(goldens.sample(kind))

    assert goldens.transcript(message) == (goldens.FOLDER / f"{kind}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", goldens.KINDS)
def test_mail_is_whole_in_plain_text_and_fetches_nothing(kind: str) -> None:
    message = goldens.message_of(goldens.sample(kind))

    text, own = text_of(message), [link for link in goldens.links_of(message) if link.startswith(BASE_URL)]
    assert "Why you got this mail: " in text
    assert all(f"\n<{link}>" in f"\n{text}" for link in own)
    assert REMOTE.search(html_of(message)) is None
    assert "\n\n\n\n" not in text
    assert "  " not in str(message["Subject"])


class Hesitant(Postbox):
    """Hears every mail, and takes it the second time only."""

    async def send(self, envelope: Envelope, *, before_dot: BeforeDot) -> Answer:
        is_new = all(envelope.id != known.id for known in self.envelopes)
        answer = await super().send(envelope, before_dot=before_dot)
        return Answer(Phase.DOT, 452, "4.3.1 no room") if is_new else answer


async def test_links_of_every_mail_are_minted_at_each_attempt_and_all_lead_there(
    database: object, now: datetime
) -> None:
    mails, box = [replace(goldens.sample(kind), about=f"golden:{kind}") for kind in goldens.KINDS], Hesitant()
    async with db.transaction():
        ids = [await outbox.add(mail, now=now) for mail in mails]
    paths = {route.path for route in create_app().routes}
    later = now + timedelta(minutes=1)

    await box.deliver(now)
    await box.deliver(later)

    assert len(box.messages) == 2 * len(mails)
    for identifier, mail in zip(ids, mails, strict=True):
        row = OutboxMessage(id=identifier, stream=mail.stream)
        arrived = [
            message
            for message, envelope in zip(box.messages, box.envelopes, strict=True)
            if envelope.id == identifier
        ]
        for spec in (*mail.links.values(), *streams.link(row).values()):
            pattern = re.escape(BASE_URL + spec.path).replace(re.escape("{token}"), r"([\w-]{43})")
            tokens = [token for message in arrived for token in set(re.findall(pattern, text_of(message)))]
            assert len(set(tokens)) == 2
            for token, sent_at in zip(tokens, (now, later), strict=True):
                link = await links.find_live(spec.purpose, token, now=later)
                assert link is not None
                assert (link.subject, link.outbox_id) == (spec.subject, identifier)
                assert link.expires_at == spec.ends_at(sent_at)
            assert spec.path.replace("{token}", "{token:str}").partition("?")[0] in paths
