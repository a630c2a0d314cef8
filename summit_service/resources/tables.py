"""What members share: resources and their history.

Personal columns: who shared or changed something (`created_by`, `person`), by id alone; what a comment says (`body`).
"""

from __future__ import annotations

from piccolo.columns import ForeignKey, Integer, OnDelete, Serial, Text, Timestamptz, Varchar
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


class ResourceFile(Table, tablename="resource_file"):
    """The one file of a resource: `body` is base64, `digest` the SHA-256 of its bytes, `size` how many there are.

    `media_type` was found in the bytes; `name` is of our making, with the ending that goes with it.
    """

    id: Serial
    resource = ForeignKey(Resource, null=False, on_delete=OnDelete.restrict)
    name = Varchar(length=100)
    media_type = Varchar(length=100)
    size = Integer()
    digest = Varchar(length=64)
    body = Text()
    created_at = Timestamptz()


class LinkCheck(Table, tablename="resource_link_check"):
    """How the link of a resource was when somebody looked last; another link begins anew.

    `failures` in a row; `fault` is what went wrong last, in words, empty while it works. `told_at` is when who
    shares it was told that it is broken.
    """

    id: Serial
    resource = ForeignKey(Resource, null=False, on_delete=OnDelete.restrict)
    url = Varchar(length=500)
    checked_at = Timestamptz(null=True, default=None)
    next_at = Timestamptz()
    failures = Integer(default=0)
    fault = Text(default="")
    told_at = Timestamptz(null=True, default=None)


class ResourceUse(Table, tablename="resource_use"):
    """An organisation that uses the resource, and where or how in a sentence; withdrawn rows stay as history.

    `told_at` is when who shares it was told by mail, or when there was nobody to tell.
    """

    id: Serial
    resource = ForeignKey(Resource, null=False, on_delete=OnDelete.restrict, index=True)
    organisation = ForeignKey(Organisation, null=False, on_delete=OnDelete.restrict, index=True)
    person = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.restrict)
    words = Text()
    created_at = Timestamptz()
    changed_at = Timestamptz()
    withdrawn_at = Timestamptz(null=True, default=None)
    told_at = Timestamptz(null=True, default=None)


class ResourceComment(Table, tablename="resource_comment"):
    """What a member says about a resource, for members. Taken back, its text is gone at once.

    Hidden by the secretariat it is kept for `rules.HIDDEN_KEPT`, for its author and the secretariat, with the reason.
    """

    id: Serial
    resource = ForeignKey(Resource, null=False, on_delete=OnDelete.restrict, index=True)
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict, index=True)
    body = Text()
    created_at = Timestamptz()
    changed_at = Timestamptz()
    withdrawn_at = Timestamptz(null=True, default=None)
    hidden_at = Timestamptz(null=True, default=None)
    hidden_reason = Text(default="")
    told_at = Timestamptz(null=True, default=None)
