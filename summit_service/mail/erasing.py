"""Erasing one person from the mails: what went to them, what they wrote, and their name in mails to others."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

import msgspec
from piccolo.custom_types import Combinable

from summit_service import caseless, db, settings
from summit_service.links import Link
from summit_service.mail import history, mailbox, outbox
from summit_service.mail.tables import BouncingAddress, MailEvent, OptOut, OutboxMessage, ReceivedMail

REASON = "The person has been erased."
MORNING = "desk_morning"
"""The kind of mail that names whoever waits for the secretariat."""
SHORTEST = 3
"""Characters of a name that is looked for in mails to others; shorter ones are found everywhere."""
ANSWERS = (
    OutboxMessage.server_reply,
    OutboxMessage.returned_words,
    OutboxMessage.stop_reason,
    MailEvent.words,
    BouncingAddress.words,
)
"""Where the words of servers stand, which quote addresses, and the reason why a mail was stopped."""


async def ids_to(key: str) -> list[int]:
    """The numbers of all mails to this address (`accounts.addresses.email_key`), whatever became of them."""
    rows = await OutboxMessage.select(OutboxMessage.id).where(
        caseless.is_same(OutboxMessage.recipient_email, key)
    )
    return [row["id"] for row in rows]


async def erase_person(names: Sequence[str], key: str, *, instead: str, now: datetime) -> None:
    """Blank the mails to this address, end every link in them, and put `instead` where others were told of the person.

    `names` are the one they have and those that they had. In the caller's transaction. The rows stay, as a count; what
    was delivered is the recipients'.
    """
    db.current_transaction()
    mine = await ids_to(key)
    await outbox.erase_rows(mine, reason=REASON, now=now)
    await _end_links_of(mine, now=now)
    await BouncingAddress.delete().where(BouncingAddress.email_key == key)
    await OptOut.delete().where(OptOut.email_key == key)
    await _erase_mornings(names, key, now=now)
    await _erase_received(key)
    await _rename_in_others(names, key, instead=instead)
    await _rename_in_answers(names, key, instead=instead)
    for name in names:
        await MailEvent.update({MailEvent.who: instead}).where(MailEvent.who == name)
        await ReceivedMail.update({ReceivedMail.seen_by: instead}).where(ReceivedMail.seen_by == name)


async def erase_name(name: str, *, instead: str) -> None:
    """Put `instead` where a mail is told the name of an organisation, in the caller's transaction.

    Only where it stands alone: many are called by words that everybody uses.
    """
    await _replace_whole(name, instead=instead)


async def change_told(words: str, *, kind: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Let `change` alter what mails of this kind tell where they tell these words, in the caller's transaction.

    What was delivered is the recipients'; what waits leaves as it is then.
    """
    db.current_transaction()
    rows = await _telling(words, OutboxMessage.kind == kind)
    for row in rows:
        context = json.loads(row["context"])
        change(context)
        await _tell_instead(row, msgspec.json.encode(context).decode())


async def _replace_whole(text: str, *, instead: str) -> None:
    """Another text where this one is the whole of a value."""
    db.current_transaction()
    whole, other = (json.dumps(one, ensure_ascii=False) for one in (text, instead))
    for row in await _telling(text):
        await _tell_instead(row, row["context"].replace(whole, other))


async def _telling(text: str, *where: Combinable) -> list[dict[str, Any]]:
    """The mails in which this is the whole of a value."""
    has = caseless.has(OutboxMessage.context, json.dumps(text, ensure_ascii=False))
    return await OutboxMessage.select(OutboxMessage.id, OutboxMessage.context).where(has, *where)


async def _tell_instead(row: dict[str, Any], context: str) -> None:
    if context != row["context"]:
        changed: dict[Any, Any] = {OutboxMessage.context: context}
        await OutboxMessage.update(changed).where(OutboxMessage.id == row["id"])
        mailbox.forget(settings.current().mailbox_dir, [row["id"]])


async def _end_links_of(messages: Sequence[int], *, now: datetime) -> None:
    """A link that travelled with a mail to them opens nothing any more, whatever it was for."""
    ended: dict[Any, Any] = {Link.ended_at: now, Link.ended_reason: "erased"}
    for first in range(0, len(messages), outbox.AT_ONCE):
        batch = list(messages[first : first + outbox.AT_ONCE])
        await Link.update(ended).where(Link.outbox_id.is_in(batch) & Link.ended_at.is_null())


async def _erase_mornings(names: Sequence[str], key: str, *, now: datetime) -> None:
    """Blank the secretariat's morning mails that name them: beside the name stand their own words."""
    rows = await OutboxMessage.select(OutboxMessage.id).where(
        (OutboxMessage.kind == MORNING) & _naming(names, key)
    )
    await outbox.erase_rows([row["id"] for row in rows], reason=REASON, now=now)


def _naming(names: Sequence[str], key: str) -> Combinable:
    """The condition for mails that have the person in them."""
    found = [caseless.has(OutboxMessage.context, key), caseless.has(OutboxMessage.dedupe_key, key)]
    for name in names:
        if len(name) >= SHORTEST:
            found += [
                caseless.has(OutboxMessage.context, _as_json(name)),
                caseless.has(OutboxMessage.calendar, name),
            ]
    return reduce(or_, found)


async def _erase_received(key: str) -> None:
    """What came from them or quotes their address: a notice of a server, an answer to one of our mails."""
    columns = (ReceivedMail.sender, ReceivedMail.subject, ReceivedMail.words, ReceivedMail.text)
    quoting = reduce(or_, (caseless.has(column, key) for column in columns))
    await ReceivedMail.update(dict(history.BLANK_RECEIVED)).where(quoting)


async def erase_from_mornings(name: str, key: str, *, instead: str) -> None:
    """Put `instead` where the secretariat's morning mails name them, in the caller's transaction."""
    db.current_transaction()
    await _rename_in_others([name], key, instead=instead, kind=MORNING)


async def _rename_in_others(names: Sequence[str], key: str, *, instead: str, kind: str = "") -> None:
    """Mails to others that name the person: the words go, and the file where a folder stands in for a server."""
    known = _patterns(names, key)
    found = _naming(names, key)
    if kind:
        found = (OutboxMessage.kind == kind) & found
    columns = (OutboxMessage.id, OutboxMessage.context, OutboxMessage.calendar, OutboxMessage.dedupe_key)
    touched = []
    for row in await OutboxMessage.select(*columns).where(found):
        values: dict[Any, Any] = {
            OutboxMessage.context: _without(row["context"], known, _as_json(instead)),
            OutboxMessage.calendar: _without(row["calendar"], known, instead) if row["calendar"] else None,
        }
        if key in row["dedupe_key"].lower():
            values[OutboxMessage.dedupe_key] = f"erased:{row['id']}"
        await OutboxMessage.update(values).where(OutboxMessage.id == row["id"])
        touched.append(row["id"])
    mailbox.forget(settings.current().mailbox_dir, touched)


async def _rename_in_answers(names: Sequence[str], key: str, *, instead: str) -> None:
    """What servers said of mails to others, to an office that passes them on, say; and who stopped them."""
    known = _patterns(names, key)
    words = [key, *(name for name in names if len(name) >= SHORTEST)]
    for column in ANSWERS:
        table = column._meta.table
        number = table._meta.primary_key
        found = reduce(or_, (caseless.has(column, word) for word in words))
        for row in await table.select(number, column).where(found):
            clean = _without(row[column._meta.name], known, instead)
            await table.update({column: clean}).where(number == row["id"])


def _patterns(names: Sequence[str], key: str) -> list[re.Pattern[str]]:
    """The address in any case, and each name as it is, neither as a part of a longer word."""
    found = [re.compile(rf"(?<![\w.+-]){re.escape(key)}(?![\w-])", re.IGNORECASE)]
    for name in names:
        if len(name) >= SHORTEST:
            found += [re.compile(rf"(?<!\w){re.escape(one)}(?!\w)") for one in {name, _as_json(name)}]
    return found


def _without(text: str, patterns: Sequence[re.Pattern[str]], instead: str) -> str:
    for pattern in patterns:
        text = pattern.sub(lambda _: instead, text)
    return text


def _as_json(text: str) -> str:
    """As it stands within a string of the context's JSON."""
    return json.dumps(text, ensure_ascii=False)[1:-1]
