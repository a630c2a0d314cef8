"""Calls for contributions, what came in, who reviews, and the reviews."""

from __future__ import annotations

from piccolo.columns import Boolean, ForeignKey, Integer, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table

from summit_service.accounts.tables import Person
from summit_service.summits.tables import Edition


class Call(Table, tablename="contribution_call"):
    """One call for each edition. `kinds` and `themes` are JSON; `closes_at` is wall time in the edition's zone.

    While `is_blind`, reviewers do not see whose work it is.
    """

    id: Serial
    edition = ForeignKey(Edition, null=False, on_delete=OnDelete.restrict)
    intro = Text()
    kinds = Text()
    themes = Text()
    limit_per_person = Integer(default=3)
    most_words = Integer(default=300)
    closes_at = Varchar(length=16)
    closes_instant = Timestamptz()
    is_blind = Boolean(default=True)
    created_at = Timestamptz()
    updated_at = Timestamptz()


class Contribution(Table, tablename="contribution"):
    """Something that was proposed. `number` counts within the edition; `session` is the id of its programme item.

    `decision` is empty, accepted or declined; its author knows once `told_at` is set.
    """

    id: Serial
    edition = ForeignKey(Edition, null=False, on_delete=OnDelete.restrict)
    number = Integer()
    title = Varchar(length=200)
    kind = Varchar(length=80)
    theme = Varchar(length=80, default="")
    abstract = Text()
    name = Varchar(length=200)
    email = Varchar(length=254)
    email_key = Varchar(length=254)
    affiliation = Varchar(length=200, default="")
    co_authors = Text(default="")
    created_at = Timestamptz()
    updated_at = Timestamptz()
    withdrawn_at = Timestamptz(null=True, default=None)
    decision = Varchar(length=10, default="")
    decision_note = Text(default="")
    decided_at = Timestamptz(null=True, default=None)
    decided_by = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.restrict)
    told_at = Timestamptz(null=True, default=None)
    session = Varchar(length=60, default="")
    erased_at = Timestamptz(null=True, default=None)


class Reviewer(Table, tablename="contribution_reviewer"):
    """Somebody whom the secretariat has asked to review for an edition."""

    id: Serial
    edition = ForeignKey(Edition, null=False, on_delete=OnDelete.restrict)
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    created_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)


class Review(Table, tablename="contribution_review"):
    """What one reviewer thinks of one contribution; no score where there is a conflict of interest."""

    id: Serial
    contribution = ForeignKey(Contribution, null=False, on_delete=OnDelete.cascade)
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    score = Integer(null=True, default=None)
    comment = Text(default="")
    has_conflict = Boolean(default=False)
    created_at = Timestamptz()
    updated_at = Timestamptz()
