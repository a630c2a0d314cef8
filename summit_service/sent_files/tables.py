"""Files that wait to be taken in."""

from __future__ import annotations

from piccolo.columns import ForeignKey, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table

from summit_service.accounts.tables import Person


class SentFile(Table, tablename="sent_file"):
    """A file for one purpose (`about`: `members`, `programme/2028`); `body` is packed, and kept for hours."""

    id: Serial
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict, index=True)
    about = Varchar(length=40, default="")
    name = Varchar(length=120, default="")
    body = Text(default="")
    created_at = Timestamptz()
