"""Editions of the summit, the working draft of each programme in rows, and its releases."""

from __future__ import annotations

from piccolo.columns import Boolean, Date, ForeignKey, Integer, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table

from summit_service.accounts.tables import Person


class Edition(Table, tablename="edition"):
    """One summit. Wall times are in its own zone, with the instants beside them.

    No opening time means open from the announcement on, no closing time until the end of the last day.
    `in_person_taken` and `online_taken` count confirmed places and open offers.
    """

    id: Serial
    year = Integer()
    title = Varchar(length=200)
    theme = Varchar(length=300, default="")
    host = Text(default="")
    starts_on = Date()
    ends_on = Date()
    timezone = Varchar(length=64)
    venue = Varchar(length=300, default="")
    online_url = Varchar(length=500, default="")
    in_person_capacity = Integer(default=0)
    online_capacity = Integer(default=0)
    in_person_taken = Integer(default=0)
    online_taken = Integer(default=0)
    registration_opens_at = Varchar(length=16, null=True, default=None)
    registration_opens_instant = Timestamptz(null=True, default=None)
    registration_closes_at = Varchar(length=16, null=True, default=None)
    registration_closes_instant = Timestamptz(null=True, default=None)
    is_off_cycle = Boolean(default=False)
    announced_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz()
    updated_at = Timestamptz()
    draft_changed_at = Timestamptz(null=True, default=None)


class Room(Table, tablename="room"):
    """A room of an edition, in the order of the programme's columns."""

    id: Serial
    edition = ForeignKey(Edition, null=False, on_delete=OnDelete.restrict, index=True)
    name = Varchar(length=80)
    capacity = Integer(null=True, default=None)
    position = Integer(default=0)


class Track(Table, tablename="track"):
    """A thread of the programme."""

    id: Serial
    edition = ForeignKey(Edition, null=False, on_delete=OnDelete.restrict, index=True)
    name = Varchar(length=80)
    position = Integer(default=0)


class Speaker(Table, tablename="speaker"):
    """Somebody who speaks or chairs at an edition."""

    id: Serial
    edition = ForeignKey(Edition, null=False, on_delete=OnDelete.restrict, index=True)
    name = Varchar(length=120)
    affiliation = Varchar(length=200, default="")
    position = Integer(default=0)


class Session(Table, tablename="programme_session"):
    """An item of the draft. A removed one stays: its UID comes back with it and is never given to another."""

    id: Serial
    edition = ForeignKey(Edition, null=False, on_delete=OnDelete.restrict, index=True)
    slug = Varchar(length=60)
    uid = Varchar(length=120)
    title = Varchar(length=200)
    kind = Varchar(length=20)
    starts_at = Varchar(length=16)
    ends_at = Varchar(length=16)
    starts_fold = Integer(null=True, default=None)
    ends_fold = Integer(null=True, default=None)
    starts_instant = Timestamptz()
    ends_instant = Timestamptz()
    room = ForeignKey(Room, null=True, default=None, on_delete=OnDelete.set_null)
    track = ForeignKey(Track, null=True, default=None, on_delete=OnDelete.set_null)
    abstract = Text(default="")
    objectives = Text(default="")
    capacity = Integer(null=True, default=None)
    is_cancelled = Boolean(default=False)
    position = Integer(default=0)
    created_at = Timestamptz()
    removed_at = Timestamptz(null=True, default=None)


class Appearance(Table, tablename="appearance"):
    """A speaker's part in a session: `speaker` or `chair`, in the order they are named."""

    id: Serial
    session = ForeignKey(Session, null=False, on_delete=OnDelete.cascade, index=True)
    speaker = ForeignKey(Speaker, null=False, on_delete=OnDelete.cascade, index=True)
    part = Varchar(length=10)
    position = Integer(default=0)


class Release(Table, tablename="programme_release"):
    """The programme as it was frozen: canonical JSON of what the public sees. Never changed or deleted."""

    id: Serial
    edition = ForeignKey(Edition, null=False, on_delete=OnDelete.restrict, index=True)
    number = Integer()
    note = Text(default="")
    snapshot = Text()
    released_at = Timestamptz()
    released_by = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.restrict)
    released_by_name = Varchar(length=200, default="")
