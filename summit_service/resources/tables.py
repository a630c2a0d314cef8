"""What members share: resources and their history.

Personal columns: who shared or changed something (`created_by`, `person`), by id alone.
"""

from __future__ import annotations

from piccolo.columns import ForeignKey, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table

from summit_service.accounts.tables import Person
from summit_service.members.tables import Organisation


class Resource(Table, tablename="resource"):
    """Something that helps others. `topics` is `,a,b,`; `search` is what words are looked for in.

    `state` is waiting (for confirmation), returned (given back), published or withdrawn; `reason` says why it was
    given back or withdrawn. `title_key` is the title without its case, so that one is not shared twice.
    """

    id: Serial
    slug = Varchar(length=80)
    organisation = ForeignKey(Organisation, null=False, on_delete=OnDelete.restrict)
    title = Varchar(length=200)
    title_key = Varchar(length=400)
    kind = Varchar(length=12)
    summary = Text()
    url = Varchar(length=500, default="")
    topics = Text(default="")
    language = Varchar(length=12, default="en")
    licence = Varchar(length=12)
    visibility = Varchar(length=10, default="public")
    state = Varchar(length=12, default="published")
    reason = Text(default="")
    search = Text(default="")
    created_by = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.restrict)
    created_at = Timestamptz()
    changed_at = Timestamptz()
    published_at = Timestamptz(null=True, default=None)
    withdrawn_at = Timestamptz(null=True, default=None)


class ResourceChange(Table, tablename="resource_change"):
    """One thing that somebody did to a resource; `before` is JSON: the fields that differ, as they were."""

    id: Serial
    resource = ForeignKey(Resource, null=False, on_delete=OnDelete.restrict, index=True)
    person = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.restrict)
    kind = Varchar(length=20)
    before = Text(default="")
    note = Text(default="")
    created_at = Timestamptz()
