"""What was done, the words for it, and the chain over it; notes and seals are only ever added (m0091)."""

from __future__ import annotations

from piccolo.columns import Boolean, ForeignKey, Integer, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table


class JournalNote(Table, tablename="journal_note"):
    """One deed, written in the transaction of the action: `verb` is one of `rules.VERBS`, `face` the way in.

    `person` did it (null: the operator, or the service itself); `subject` is whom else it is about. Both are
    numbers: no name stands here. `object` is the address or the number of what it was done to, of its `kind`.
    """

    id: Serial
    at = Timestamptz()
    verb = Varchar(length=40)
    kind = Varchar(length=20)
    object = Varchar(length=80)
    face = Varchar(length=10)
    person = Integer(null=True, default=None)
    subject = Integer(null=True, default=None)
    commitment = Varchar(length=64)


class JournalWords(Table, tablename="journal_words"):
    """The opening of a note's commitment: salt and RFC 8785 JSON of `who` and `sentence`; both empty once erased."""

    id: Serial
    note = ForeignKey(JournalNote, null=False, on_delete=OnDelete.restrict)
    salt = Varchar(length=64)
    private = Text()
    is_sealed = Boolean(default=False)


class JournalSeal(Table, tablename="journal_seal"):
    """The link of the chain over one note; `entry_sha256` is `canonical.link_hash` of it, `seq` counts from 1."""

    id: Serial
    seq = Integer()
    note = ForeignKey(JournalNote, null=False, on_delete=OnDelete.restrict)
    prev = Varchar(length=64)
    entry_sha256 = Varchar(length=64)
    sealed_at = Timestamptz()


class JournalHead(Table, tablename="journal_head"):
    """The end of the chain, in one row: who seals holds its lock."""

    name = Varchar(length=10, primary_key=True)
    seq = Integer(default=0)
    entry_sha256 = Varchar(length=64)
