"""Taking in a mail that came back or answers one of ours: what it means for that mail, the address and the desk."""

from __future__ import annotations

import asyncio
import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from summit_service import db, settings
from summit_service.errors import NotFound, SummitError
from summit_service.logs import logger
from summit_service.mail import answers, bounces, history, queries, return_path, streams
from summit_service.mail.bounces import FINAL, Notice
from summit_service.mail.tables import BouncingAddress, MailEvent, OutboxMessage, ReceivedMail

MOST_FOR_ONE_MAIL = 20
MOST_FILES = 200
MOST_UNREAD = 200
"""Mails about none of ours, in a Maildir that anybody can write to."""
ASKS_TO_STOP = re.compile(r"(?i)\bunsubscribe\s+([A-Za-z0-9_-]{43})\b")
WHERE_TO = re.compile(
    rb"(?im)^(?:Delivered-To|X-Original-To|Envelope-To|X-Envelope-To|To|X-Failed-Recipients):(?P<value>.{0,1000})$"
)
HEADERS_AT_MOST = 50_000
log = logger("mailer")


class TooMany(SummitError):
    """So many have come back about one mail that nothing more can be learned."""


class NotRead(SummitError):
    """A mail to the mailbox itself that does not ask to stop anything, or an answer to what is erased.

    Its sender is told where people read.
    """


def is_for_us(address: str) -> bool:
    """Whether we read mail to this address: what a mail of ours comes back to or is answered at, or the mailbox."""
    return _is_made(address) or return_path.is_base(address, settings.current())


def _is_made(address: str) -> bool:
    current = settings.current()
    return (
        return_path.mail_in(address, current) is not None
        or return_path.answered_in(address, current) is not None
    )


async def receive(content: bytes, *, recipient: str, now: datetime, can_refuse: bool = False) -> str:
    """Take in one mail; the kind of notice it was. The same bytes twice are taken in once. Raises TooMany.

    Raises NotRead for a mail about none of ours where it can still be refused: anybody may write to the mailbox.
    """
    answered = return_path.answered_in(recipient, settings.current())
    answer = None if answered is None else await asyncio.to_thread(answers.read, content)
    notice = answer if answer is not None else await asyncio.to_thread(bounces.read, content)
    identifier = return_path.mail_in(recipient, settings.current()) if answered is None else answered
    if identifier is None and await _unsubscribe(content, now=now):
        return "unsubscribe"
    if identifier is None and can_refuse:
        raise NotRead("Only mails that came back, and wishes to unsubscribe, are read here.")
    digest = hashlib.sha256(recipient.lower().encode() + b"\x00" + content).hexdigest()
    async with db.transaction():
        row = None
        if identifier is not None:
            row = await db.for_update(OutboxMessage.objects().where(OutboxMessage.id == identifier)).first()
        is_erased = row is not None and not row.recipient_email
        if answer is not None and (row is None or is_erased) and can_refuse:
            raise NotRead("What this answers has been erased.")
        if is_erased or (answer is not None and row is None):
            return "erased"
        if await _keep(notice, row, digest=digest, now=now) and row is not None:
            await _apply(notice, row, now=now)
    log.info("a mail came back", id=identifier, kind=notice.kind)
    return notice.kind


async def forget_old(now: datetime) -> int:
    """Housekeeping: delete what came back longer ago than is set, read or not, and its words elsewhere; how many."""
    past = now - timedelta(days=settings.current().bounce_days)
    said = MailEvent.kind.is_in(["returned", bounces.DELAYED, bounces.ABSENT, bounces.UNKNOWN])
    async with db.transaction():
        gone = await ReceivedMail.delete().where(ReceivedMail.received_at <= past).returning(ReceivedMail.id)
        await MailEvent.update({MailEvent.words: ""}).where(
            said & (MailEvent.at <= past) & (MailEvent.words != "")
        )
        await OutboxMessage.update({OutboxMessage.returned_words: ""}).where(
            (OutboxMessage.returned_at <= past) & (OutboxMessage.returned_words != "")
        )
    return len(gone)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that nobody has taken yet: its number, and the words of whoever wrote it."""

    id: int
    about: str
    sender: str
    text: str


async def answers_about(prefix: str) -> list[Answer]:
    """Answers to mails about such things (`enquiry:`) that wait to be taken, the oldest first."""
    waits = (ReceivedMail.kind == queries.ANSWER) & ReceivedMail.seen_at.is_null()
    rows = await ReceivedMail.objects().where(waits).order_by(ReceivedMail.id)
    mails = await OutboxMessage.select(OutboxMessage.id, OutboxMessage.about).where(
        OutboxMessage.id.is_in([row.message for row in rows] or [0])
    )
    about = {row["id"]: row["about"] for row in mails}
    return [
        Answer(row.id, about[row.message], row.sender, row.text)
        for row in rows
        if about.get(row.message, "").startswith(prefix)
    ]


async def take_answer(identifier: int, *, now: datetime) -> bool:
    """Whether the caller's transaction is the one that takes it; nothing of it stays here, but that it came."""
    db.current_transaction()
    waits = (ReceivedMail.id == identifier) & ReceivedMail.seen_at.is_null()
    taken: dict[Any, Any] = {**history.BLANK_RECEIVED, ReceivedMail.seen_at: now}
    return bool(await ReceivedMail.update(taken).where(waits).returning(ReceivedMail.id))


async def _keep(notice: Notice, row: OutboxMessage | None, *, digest: str, now: datetime) -> bool:
    message = row.id if row is not None else None
    if message is not None:
        known = await ReceivedMail.count().where(ReceivedMail.message == message)
        if known >= MOST_FOR_ONE_MAIL:
            raise TooMany("Enough has come back about this mail.")
    elif await queries.unread_count() >= MOST_UNREAD:
        raise TooMany("Too many mails wait to be read already.")
    kept = ReceivedMail(
        digest=digest,
        message=message,
        kind=notice.kind,
        received_at=now,
        sender=notice.sender,
        subject=notice.subject,
        words=notice.words,
        text=notice.text,
        seen_at=None if notice.kind in {bounces.UNKNOWN, queries.ANSWER} else now,
    )
    made = (
        await ReceivedMail.insert(kept)
        .on_conflict(target=ReceivedMail.digest, action="DO NOTHING")
        .returning(ReceivedMail.id)
    )
    return bool(made)


async def _apply(notice: Notice, row: OutboxMessage, *, now: datetime) -> None:
    """What the notice changes, in the caller's transaction."""
    if notice.kind not in FINAL:
        if notice.kind in {bounces.DELAYED, bounces.ABSENT, bounces.UNKNOWN}:
            await history.note(row.id, notice.kind, now=now, words=notice.words)
        return
    await history.note(row.id, "returned", now=now, words=notice.words)
    values = {OutboxMessage.returned_at: now, OutboxMessage.returned_words: notice.words}
    if row.returned_at is None:
        await OutboxMessage.update(values).where(OutboxMessage.id == row.id)
    # It has arrived somewhere and come back: nobody needs to try whether it arrived.
    repeated = (OutboxMessage.state == "uncertain") & OutboxMessage.settled_at.is_null()
    await OutboxMessage.update({OutboxMessage.settled_at: now}).where((OutboxMessage.id == row.id) & repeated)
    if notice.is_address_bad and row.recipient_email:
        await _mark(row, notice, now=now)


async def _mark(row: OutboxMessage, notice: Notice, *, now: datetime) -> None:
    marked = BouncingAddress(
        email_key=streams.email_key(row.recipient_email), since=now, words=notice.words, message=row.id
    )
    await BouncingAddress.insert(marked).on_conflict(target=BouncingAddress.email_key, action="DO NOTHING")


async def _unsubscribe(content: bytes, *, now: datetime) -> bool:
    """Whether this is a mail program that writes to stop a stream (RFC 2369): the token is in the subject."""
    head = content[:HEADERS_AT_MOST].partition(b"\r\n\r\n")[0].partition(b"\n\n")[0]
    subject = re.search(rb"(?im)^Subject:(.*(?:\r?\n[ \t].*)?)$", head)
    found = ASKS_TO_STOP.search(subject[1].decode("ascii", "replace")) if subject else None
    if found is None:
        return False
    try:
        async with db.transaction():
            row = await streams.mail_of(found[1])
            await streams.keep_choice(row.recipient_email, row.stream, is_wanted=False, now=now)
    except NotFound:
        return False
    return True


async def collect(now: datetime) -> int:
    """Take in what a mail server has put into the Maildir; how many files that was. Each is removed once it is kept."""
    folder = settings.current().bounce_maildir
    if folder is None:
        return 0
    paths = await asyncio.to_thread(_waiting, folder / "new")
    for path in paths:
        await _take_in(path, now=now)
    return len(paths)


def _waiting(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_file())[:MOST_FILES]


async def _take_in(path: Path, *, now: datetime) -> None:
    try:
        content = await asyncio.to_thread(_beginning_of, path)
    except FileNotFoundError:
        return  # another mailer was faster
    try:
        await receive(content, recipient=_recipient_in(content), now=now)
    except TooMany as fault:
        log.warning("a mail that came back stays in the Maildir, under cur", fault=fault.sentence)
        await asyncio.to_thread(_put_aside, path)
        return
    await asyncio.to_thread(path.unlink, missing_ok=True)


def _put_aside(path: Path) -> None:
    """Where a mail program finds it; nothing is thrown away unread."""
    aside = path.parent.parent / "cur"
    aside.mkdir(exist_ok=True)
    with suppress(FileNotFoundError):
        path.rename(aside / f"{path.name.partition(':')[0]}:2,")


def _beginning_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(answers.LONGEST)


def _recipient_in(content: bytes) -> str:
    """The address of ours that the mail was sent to, by the headers that servers write on delivery."""
    head = content[:HEADERS_AT_MOST].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    for found in WHERE_TO.finditer(head):
        for word in re.split(r"[\s,;<>]+", found["value"].decode("ascii", "replace")):
            if _is_made(word):
                return word
    return ""
