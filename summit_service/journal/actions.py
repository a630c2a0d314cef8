"""Writing a note in the transaction of a deed, sealing notes into the chain, erasing their words."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from summit_service import canonical, caseless, db
from summit_service.journal import queries, rules
from summit_service.journal.rules import Who
from summit_service.journal.tables import JournalHead, JournalNote, JournalSeal, JournalWords

BATCH = 500
HEAD = "chain"


@dataclass(frozen=True, slots=True)
class Note:
    """What was done to one object, as `note` takes it."""

    verb: str
    of: object
    what: str = ""
    detail: str = ""
    subject: int | None = None


async def note(
    verb: str,
    actor: Who,
    of: object,
    what: str = "",
    *,
    now: datetime,
    detail: str = "",
    subject: int | None = None,
) -> None:
    """Write down that the actor did this to the object `of` (called `what`), in the caller's transaction.

    `subject` is the person whom it concerns besides the actor: when they are erased, these words go.
    No secret, no address and no personal answer belongs into `detail`.
    """
    await note_all([Note(verb, of, what, detail, subject)], actor, now=now)


async def note_all(notes: Sequence[Note], actor: Who, *, now: datetime) -> None:
    """As `note`, for what one actor did to many objects at once: a note for each, in their order."""
    db.current_transaction()
    opened = [_opened(one, actor) for one in notes]
    rows = [
        JournalNote(
            at=now,
            verb=one.verb,
            kind=rules.kind_of(one.verb),
            object=canonical.nfc(str(one.of)[:80]),
            face=actor.via,
            person=actor.person_id,
            subject=one.subject,
            commitment=canonical.commitment(salt, said),
        )
        for one, (salt, said) in zip(notes, opened, strict=True)
    ]
    await db.insert_rows(rows)
    await db.insert_rows(
        [
            JournalWords(note=written.id, salt=salt, private=canonical.jcs(said))
            for written, (salt, said) in zip(rows, opened, strict=True)
        ]
    )


def _opened(one: Note, actor: Who) -> tuple[str, dict[str, str]]:
    said = {"who": canonical.nfc(actor.name), "sentence": rules.deed(one.verb, one.what, one.detail)}
    return secrets.token_hex(16), said


async def seal(now: datetime) -> int:
    """Housekeeping: link what was noted since the last time into the chain, in the order of the notes; how many.

    Several processes may do it at once: whoever holds the lock of the chain's end goes first.
    """
    sealed = 0
    while await queries.is_waiting():
        sealed += await _seal_batch(now)
    return sealed


async def _seal_batch(now: datetime) -> int:
    async with db.transaction():
        await JournalHead.insert(JournalHead(name=HEAD, seq=0, entry_sha256=canonical.GENESIS)).on_conflict(
            action="DO NOTHING"
        )
        head = await db.for_update(JournalHead.objects().where(JournalHead.name == HEAD)).first()
        if head is None:
            raise RuntimeError("The end of the journal's chain is not there.")
        notes = await queries.unsealed(limit=BATCH)
        if notes:
            await _link(head, notes, now=now)
        return len(notes)


async def _link(head: JournalHead, notes: Sequence[JournalNote], *, now: datetime) -> None:
    seals = []
    seq, prev = head.seq, head.entry_sha256
    for row in notes:
        seq += 1
        made = rules.entry_hash(seq, prev, queries.body(row))
        seals.append(JournalSeal(seq=seq, note=row.id, prev=prev, entry_sha256=made, sealed_at=now))
        prev = made
    await JournalSeal.insert(*seals)
    await JournalWords.update({JournalWords.is_sealed: True}).where(
        JournalWords.note.is_in([row.id for row in notes])
    )
    changed: dict[Any, Any] = {JournalHead.seq: seq, JournalHead.entry_sha256: prev}
    await JournalHead.update(changed).where(JournalHead.name == HEAD)


async def erase_words_of(person_id: int) -> int:
    """Erase the words of every note that this person made or that is about them; the chain stays whole.

    In the caller's transaction. How many.
    """
    db.current_transaction()
    theirs = await JournalNote.select(JournalNote.id).where(
        (JournalNote.person == person_id) | (JournalNote.subject == person_id)
    )
    numbers = [row["id"] for row in theirs]
    await _blank(numbers)
    return len(numbers)


async def erase_words_with(words: Sequence[str]) -> int:
    """Erase the words of every note that says one of these, such as a person's name; as `erase_words_of`."""
    db.current_transaction()
    found: set[int] = set()
    for one in words:
        whole = re.compile(rf"(?<!\w){re.escape(canonical.nfc(one))}(?!\w)", re.IGNORECASE)
        as_json = json.dumps(canonical.nfc(one), ensure_ascii=False)[1:-1]
        like = caseless.has(JournalWords.private, as_json)
        for row in await JournalWords.select(JournalWords.note, JournalWords.private).where(like):
            said = json.loads(row["private"])
            if any(whole.search(text) for text in said.values()):
                found.add(row["note"])
    await _blank(sorted(found))
    return len(found)


async def erase_words_about(name: str) -> int:
    """Erase the words of every note about what is called so, or by it; as `erase_words_of`.

    Only where it stands alone: many organisations are called by words that everybody uses.
    """
    db.current_transaction()
    told = canonical.nfc(name)
    as_json = json.dumps(told, ensure_ascii=False)[1:-1]
    rows = await JournalWords.select(JournalWords.note, JournalWords.private).where(
        caseless.has(JournalWords.private, as_json)
    )
    found = [row["note"] for row in rows if _is_about(json.loads(row["private"]), told)]
    await _blank(found)
    return len(found)


def _is_about(said: dict[str, str], name: str) -> bool:
    sentence = said["sentence"]
    return said["who"] == name or f"“{name}”" in sentence or sentence.endswith(f": {name}")


async def _blank(notes: Sequence[int]) -> None:
    blank: dict[Any, Any] = {JournalWords.salt: "", JournalWords.private: ""}
    for first in range(0, len(notes), BATCH):
        await JournalWords.update(blank).where(JournalWords.note.is_in(list(notes[first : first + BATCH])))
