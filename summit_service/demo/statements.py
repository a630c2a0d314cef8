"""The demo's statements: one published, one open for signing, each signed by made-up people through their links."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from summit_service.accounts.actor import OPERATOR
from summit_service.demo import texts
from summit_service.mail.delivery import deliver_due
from summit_service.mail.sinks import Folder
from summit_service.members import queries as members
from summit_service.statements import actions, letters
from summit_service.visitor import Visitor

SIGN_LINK = re.compile(r"/sign/([A-Za-z0-9_-]{43})")
HERE = Visitor("127.0.0.1", "socket")


async def load_published(now: datetime, mailbox: Path) -> None:
    """A statement that was signed and published some weeks ago."""
    opened = now - timedelta(days=60)
    closed = (now - timedelta(days=30)).replace(hour=17, minute=0, second=0, microsecond=0)
    statement = await actions.create_statement(
        actor=OPERATOR,
        now=opened - timedelta(days=20),
        title=texts.PUBLISHED_TITLE,
        text=texts.PUBLISHED_FIRST,
        note="The first draft",
        policy_given="sign_on",
    )
    slug = statement.slug
    await actions.add_version(
        slug,
        actor=OPERATOR,
        now=opened - timedelta(days=9),
        text=texts.PUBLISHED_TEXT,
        note=texts.PUBLISHED_NOTE,
    )
    await _open(slug, now=opened, closes=closed)
    choices = ["signed"] * 7 + ["declined"] + ["signed"]
    await _answer(choices, mailbox, now=opened + timedelta(days=2))
    await actions.close(slug, actor=OPERATOR, now=closed + timedelta(minutes=1))
    await actions.publish(slug, actor=OPERATOR, now=closed + timedelta(days=1))
    await actions.add_version(
        slug,
        actor=OPERATOR,
        now=closed + timedelta(days=3),
        text=texts.PUBLISHED_FRENCH,
        language="fr",
        role="courtesy",
    )
    await deliver_due(closed + timedelta(days=1), Folder(mailbox))


async def load_open(now: datetime, mailbox: Path) -> None:
    """A statement that was opened for signing three days ago; three have answered."""
    opened = now - timedelta(days=3)
    statement = await actions.create_statement(
        actor=OPERATOR,
        now=opened - timedelta(days=16),
        title=texts.OPEN_TITLE,
        text=texts.OPEN_TEXT,
        note=texts.OPEN_NOTE,
        policy_given="consensus",
    )
    await _open(statement.slug, now=opened, closes=now + timedelta(days=18))
    await _answer(["signed", "signed", "changes_requested"], mailbox, now=opened + timedelta(days=1))


async def load_draft(now: datetime) -> None:
    """A draft that members can comment on for another ten days."""
    begun = now - timedelta(days=6)
    statement = await actions.create_statement(
        actor=OPERATOR,
        now=begun - timedelta(days=2),
        title=texts.DRAFT_TITLE,
        text=texts.DRAFT_TEXT,
        note="A first draft",
    )
    closes = now + timedelta(days=10)
    await actions.start_consultation(
        statement.slug,
        actor=OPERATOR,
        now=begun,
        closes_at=f"{closes:%Y-%m-%dT17:00}",
        timezone="Europe/London",
    )


async def _open(slug: str, *, now: datetime, closes: datetime) -> None:
    await actions.freeze(slug, actor=OPERATOR, now=now - timedelta(days=1))
    alone = [member.slug for member in await members.all_members() if member.kind == "individual"]
    await actions.open_for_signing(
        slug,
        actor=OPERATOR,
        now=now,
        closes_at=f"{closes:%Y-%m-%dT17:00}",
        timezone="Europe/London",
        waived=alone,
    )


async def _answer(choices: Iterable[str], mailbox: Path, *, now: datetime) -> None:
    """Deliver the mails, and let the first signatories answer as they would: by the links in their mails."""
    known = set(_mails_in(mailbox))
    await deliver_due(now, Folder(mailbox))
    found = [token for path in _mails_in(mailbox) if path not in known for token in _sign_tokens(path)]
    for choice, token in zip(choices, found, strict=False):
        await _answer_one(token, choice, now=now)


def _mails_in(mailbox: Path) -> list[Path]:
    return sorted(mailbox.glob("new/*.eml"), key=lambda path: int(path.stem))


def _sign_tokens(path: Path) -> list[str]:
    message = message_from_bytes(path.read_bytes(), policy=default)
    body = message.get_body(("plain",)) if isinstance(message, EmailMessage) else None
    return SIGN_LINK.findall(body.get_content())[:1] if body is not None else []


async def _answer_one(token: str, choice: str, *, now: datetime) -> None:
    letter = await letters.letter_of(token, now=now)
    if letter is None:
        return
    seen = letter.text_set.sha256
    reviewed = await actions.review(token, choice=choice, text_set_sha256=seen, now=now)
    form = actions.AnswerForm(
        nonce=reviewed.nonce,
        text_set_sha256=seen,
        attested=True,
        name=letter.request.person_name,
        capacity="organisation",
        reason="" if choice == "signed" else "Our board asks for a sentence on patients who cannot speak.",
    )
    await actions.answer(token, form, visitor=HERE, agent="demo", now=now)
