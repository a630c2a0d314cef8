"""Personal feeds: addresses with a secret in them, of which only the hash is kept."""

from __future__ import annotations

from piccolo.columns import ForeignKey, OnDelete, Serial, Timestamptz, Varchar
from piccolo.table import Table

from summit_service.accounts.tables import Person


class PersonalFeed(Table, tablename="personal_feed"):
    """One secret address of one person's calendar. It never expires; its owner ends it.

    `fetched_by` is the kind of app that came last, in words. `digest` names the bytes that were last given out,
    and `changed_at` is since when they are these.
    """

    id: Serial
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict, index=True)
    name = Varchar(length=60)
    token_hash = Varchar(length=64)
    created_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)
    fetched_at = Timestamptz(null=True, default=None)
    fetched_by = Varchar(length=40, default="")
    digest = Varchar(length=24, default="")
    changed_at = Timestamptz(null=True, default=None)
