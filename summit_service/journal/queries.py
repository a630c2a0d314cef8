"""Reading the journal, filtered; and checking its chain from the first entry to the last."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from piccolo.columns.combination import Where

from summit_service import canonical
from summit_service.journal import rules
from summit_service.journal.tables import JournalHead, JournalNote, JournalSeal, JournalWords

SEALED_WITHIN = timedelta(minutes=5)
ERASED = "Somebody whose data are erased"
STEP = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What is looked for; what is empty does not matter. `before` is the number of a note."""

    people: Collection[int] | None = None
    kind: str = ""
    of: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of the journal as people read it; `seq` is None until it is sealed."""

    number: int
    at: datetime
    who: str
    sentence: str
    verb: str
    kind: str
    object: str
    face: str
    person: int | None
    subject: int | None
    seq: int | None
    entry_sha256: str

    @property
    def url(self) -> str:
        """Where its object is looked at; empty where there is no such page."""
        pattern = rules.KINDS[self.kind][2] if self.kind in rules.KINDS else ""
        return pattern.format(self.object) if pattern and self.object else ""


@dataclass(slots=True)
class Verified:
    """What a check of the chain found; `faults` has a sentence for each thing that is wrong."""

    entries: int = 0
    waiting: int = 0
    erased: int = 0
    head: str = canonical.GENESIS
    faults: list[str] = field(default_factory=list)


def body(row: JournalNote) -> dict[str, Any]:
    """What the chain binds of this row."""
    return rules.body_of(
        number=row.id,
        at=row.at,
        verb=row.verb,
        kind=row.kind,
        of=row.object,
        face=row.face,
        person=row.person,
        subject=row.subject,
        commitment=row.commitment,
    )


async def deeds(wanted: Filter, *, limit: int) -> list[Deed]:
    """The newest first, in three queries."""
    rows = JournalNote.objects().order_by(JournalNote.id, ascending=False).limit(limit)
    for condition in _conditions(wanted):
        rows = rows.where(condition)
    found = list(await rows)
    numbers = [row.id for row in found]
    if not numbers:
        return []
    words = {
        row["note"]: row["private"]
        for row in await JournalWords.select(JournalWords.note, JournalWords.private).where(
            JournalWords.note.is_in(numbers)
        )
    }
    seals = {row.note: row for row in await JournalSeal.objects().where(JournalSeal.note.is_in(numbers))}
    return [_deed(row, words.get(row.id, ""), seals.get(row.id)) for row in found]


def _conditions(wanted: Filter) -> list[Where | Any]:
    found: list[Any] = []
    if wanted.people is not None:
        people = list(wanted.people) or [0]
        found.append(JournalNote.person.is_in(people) | JournalNote.subject.is_in(people))
    if wanted.kind:
        found.append(JournalNote.kind == wanted.kind)
    if wanted.of:
        found.append(JournalNote.object == wanted.of)
    if wanted.since is not None:
        found.append(JournalNote.at >= wanted.since)
    if wanted.until is not None:
        found.append(JournalNote.at < wanted.until)
    if wanted.before is not None:
        found.append(JournalNote.id < wanted.before)
    return found


def _deed(row: JournalNote, private: str, sealed: JournalSeal | None) -> Deed:
    said = json.loads(private) if private else {}
    who = said.get("who") or (ERASED if row.person is not None or not private else "Somebody")
    told = said.get("sentence") or (rules.deed(row.verb) if row.verb in rules.VERBS else row.verb)
    return Deed(
        number=row.id,
        at=row.at,
        who=who,
        sentence=f"{told}.",
        verb=row.verb,
        kind=row.kind,
        object=row.object,
        face=row.face,
        person=row.person,
        subject=row.subject,
        seq=sealed.seq if sealed else None,
        entry_sha256=sealed.entry_sha256 if sealed else "",
    )


async def names_of(person_id: int) -> list[str]:
    """Every name under which this person did anything, as far as words are kept: who marries has had another."""
    rows = await JournalWords.select(JournalWords.private).where(
        JournalWords.note.is_in(JournalNote.select(JournalNote.id).where(JournalNote.person == person_id))
        & (JournalWords.private != "")
    )
    return sorted({str(json.loads(row["private"])["who"]) for row in rows} - {""})


async def is_waiting() -> bool:
    """Whether something was noted that is not sealed yet."""
    return bool(await JournalWords.exists().where(JournalWords.is_sealed.eq(False)))


async def unsealed(*, limit: int) -> list[JournalNote]:
    """What waits to be sealed, the oldest first."""
    waiting = JournalWords.select(JournalWords.note).where(JournalWords.is_sealed.eq(False))
    numbers = [row["note"] for row in await waiting.order_by(JournalWords.note).limit(limit)]
    if not numbers:
        return []
    return list(await JournalNote.objects().where(JournalNote.id.is_in(numbers)).order_by(JournalNote.id))


async def verified(*, now: datetime) -> Verified:
    """Walk the chain from its beginning: every hash, every note under it, every commitment that is not erased."""
    found = Verified()
    last = 0
    while True:
        seals = await (
            JournalSeal.objects().where(JournalSeal.seq > last).order_by(JournalSeal.seq).limit(STEP)
        )
        if not seals:
            break
        notes = {
            row.id: row
            for row in await JournalNote.objects().where(JournalNote.id.is_in([one.note for one in seals]))
        }
        for one in seals:
            _check_seal(one, notes.get(one.note), found)
        last = seals[-1].seq
    await _check_words(found)
    await _check_ends(found, now=now)
    return found


def _check_seal(one: JournalSeal, row: JournalNote | None, found: Verified) -> None:
    expected = found.entries + 1
    if one.seq != expected or one.prev != found.head:
        found.faults.append(
            f"Entry {one.seq} does not follow from entry {expected - 1}: one was removed or put in."
        )
    elif row is None:
        found.faults.append(f"The note under entry {one.seq} was removed.")
    elif rules.entry_hash(one.seq, one.prev, body(row)) != one.entry_sha256:
        found.faults.append(f"Entry {one.seq} was changed after it was sealed.")
    found.entries, found.head = one.seq, one.entry_sha256


async def _check_words(found: Verified) -> None:
    last = 0
    while True:
        rows: Any = await (
            JournalWords.objects(JournalWords.note)
            .where(JournalWords.id > last)
            .order_by(JournalWords.id)
            .limit(STEP)
        )
        if not rows:
            return
        for row in rows:
            if not row.salt and not row.private:
                found.erased += 1
            elif not _opens(row):
                found.faults.append(f"The words of note {row.note.id} were changed after they were written.")
        last = rows[-1].id


def _opens(row: Any) -> bool:
    try:
        return bool(canonical.commitment(row.salt, json.loads(row.private)) == row.note.commitment)
    except ValueError:
        return False


async def _check_ends(found: Verified, *, now: datetime) -> None:
    """What was cut off at the end, and notes that nobody has sealed in time."""
    head = await JournalHead.objects().first()
    known = (head.seq, head.entry_sha256) if head else (0, canonical.GENESIS)
    if known != (found.entries, found.head):
        found.faults.append(f"The chain ends at entry {found.entries}, and should end at entry {known[0]}.")
    sealed = JournalSeal.select(JournalSeal.note)
    waiting = await JournalNote.select(JournalNote.id, JournalNote.at).where(JournalNote.id.not_in(sealed))
    found.waiting = len(waiting)
    late = [row["id"] for row in waiting if row["at"] < now - SEALED_WITHIN]
    if late:
        found.faults.append(
            f"{len(late)} notes from note {min(late)} on wait to be sealed for too long: is the mailer running?"
        )
