"""Officers of the network and their terms.

Personal columns: `name`, public as long as it stands; `person`, by id. Both go when the name is erased by wish.
"""

from __future__ import annotations

from piccolo.columns import Date, ForeignKey, OnDelete, Serial, Timestamptz, Varchar
from piccolo.table import Table

from summit_service.accounts.tables import Person
from summit_service.members.tables import Organisation


class Officer(Table, tablename="officer"):
    """One term of one person in an office; the last day included, none where no end is set."""

    id: Serial
    office = Varchar(length=120)
    name = Varchar(length=200)
    person = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.restrict)
    organisation = ForeignKey(Organisation, null=True, default=None, on_delete=OnDelete.restrict)
    starts_on = Date()
    ends_on = Date(null=True, default=None)
    created_at = Timestamptz()
    changed_at = Timestamptz()
    erased_at = Timestamptz(null=True, default=None)
