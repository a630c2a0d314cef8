"""What was said about a draft, and what became of it; rows are only ever added (piccolo_migrations/m0081).

Times are UTC.
"""

from __future__ import annotations

from piccolo.columns import Boolean, ForeignKey, Integer, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table

from summit_service.accounts.tables import Person
from summit_service.members.tables import Organisation
from summit_service.statements.tables import Statement, TextVersion


class Comment(Table, tablename="statement_comment"):
    """What an organisation said about a version, for ever; `paragraph` is null for the text as a whole.

    `wording` is how the quoted words (or, without any, the paragraph) should read. `via` is page, api or link.
    """

    id: Serial
    statement = ForeignKey(Statement, null=False, index=True, on_delete=OnDelete.restrict)
    version = ForeignKey(TextVersion, null=False, on_delete=OnDelete.restrict)
    paragraph = Integer(null=True, default=None)
    quoted = Text(default="")
    body = Text(default="")
    wording = Text(default="")
    organisation = ForeignKey(Organisation, null=False, on_delete=OnDelete.restrict)
    organisation_name = Varchar(length=200)
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    person_name = Varchar(length=200)
    via = Varchar(length=12, default="page")
    is_late = Boolean(default=False)
    created_at = Timestamptz()


class Disposition(Table, tablename="comment_disposition"):
    """What became of a comment and why; only ever added, the last one counts."""

    id: Serial
    comment = ForeignKey(Comment, null=False, index=True, on_delete=OnDelete.restrict)
    kind = Varchar(length=20)
    reason = Text(default="")
    decided_by = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.restrict)
    created_at = Timestamptz()
