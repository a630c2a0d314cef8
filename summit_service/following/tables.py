"""Followed calendars, the events that came from them, and what a person left alone."""

from __future__ import annotations

from piccolo.columns import Boolean, ForeignKey, Integer, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table

from summit_service.accounts.tables import Person
from summit_service.events.tables import Event
from summit_service.members.tables import Organisation


class FollowedCalendar(Table, tablename="followed_calendar"):
    """One address that an organisation gave. `sealed` is the address, encrypted; `host` is all that is shown of it.

    `body` is what came last, packed. `failures` is how many in a row; `result` what the last fetch came to, in
    words, `detail` why for the secretariat alone. Who holds the lease fetches; nobody else does before `lease_until`.
    """

    id: Serial
    organisation = ForeignKey(Organisation, null=False, on_delete=OnDelete.restrict, index=True)
    person = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.restrict)
    host = Varchar(length=255)
    sealed = Text(default="")
    address_hash = Varchar(length=64)
    takes_new = Boolean(default=False)
    added_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)
    etag = Varchar(length=500, default="")
    last_modified = Varchar(length=100, default="")
    body = Text(default="")
    fetched_at = Timestamptz(null=True, default=None)
    succeeded_at = Timestamptz(null=True, default=None)
    next_at = Timestamptz()
    lease_until = Timestamptz(null=True, default=None)
    failures = Integer(default=0)
    result = Text(default="")
    detail = Text(default="")
    waiting = Integer(default=0)


class FollowedEvent(Table, tablename="followed_event"):
    """An event that a followed calendar has, by the key of its entry."""

    id: Serial
    calendar = ForeignKey(FollowedCalendar, null=False, on_delete=OnDelete.restrict)
    event = ForeignKey(Event, null=False, on_delete=OnDelete.cascade)
    key = Varchar(length=130)


class FollowedDecision(Table, tablename="followed_decision"):
    """What a person left alone: the entry's key, and what it said or that it had vanished."""

    id: Serial
    calendar = ForeignKey(FollowedCalendar, null=False, on_delete=OnDelete.restrict)
    key = Varchar(length=130)
    mark = Varchar(length=16)
    person = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.restrict)
    decided_at = Timestamptz()
