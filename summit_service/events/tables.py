"""Events as they were typed, with the index of their instants and the rendered entry."""

from __future__ import annotations

from piccolo.columns import Boolean, Date, ForeignKey, Integer, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table

from summit_service.accounts.tables import Person
from summit_service.members.tables import Organisation


class Event(Table, tablename="event"):
    """A shared event. Wall time and zone are the truth; the instants are computed from them and found by.

    `categories` is `,research,teaching,`, so that it can be searched; so are `hosts`, the addresses (slugs) of the
    other organisations that hold it, and `excluded`, with wall times. `state` is draft, waiting (for confirmation),
    published or cancelled.
    `last_instant` is the end of the last date, null for a series without end; `earliest_instant` the start of a
    date that was moved to before the series begins. `search` is what words are
    looked for in, without case and accents. `vevent` is the rendered entry, with one for each override.
    `noted_in` is the number that feeds had (`changes`) when it was last written; 0 until that is noted, and for drafts.
    """

    id: Serial
    slug = Varchar(length=80)
    uid = Varchar(length=120)
    sequence = Integer(default=0)
    status = Varchar(length=12, default="CONFIRMED")
    state = Varchar(length=12, default="published", index=True)
    organisation = ForeignKey(Organisation, null=False, on_delete=OnDelete.restrict)
    summary = Varchar(length=200)
    description = Text(default="")
    starts_at = Varchar(length=16)
    ends_at = Varchar(length=16)
    timezone = Varchar(length=64)
    all_day = Boolean(default=False)
    repeated_hour = Varchar(length=6, default="")
    recurrence = Varchar(length=500, default="")
    excluded = Text(default="")
    starts_instant = Timestamptz()
    ends_instant = Timestamptz()
    last_instant = Timestamptz(null=True, default=None)
    earliest_instant = Timestamptz(null=True, default=None)
    location = Varchar(length=300, default="")
    mode = Varchar(length=12, default="in_person")
    online_url = Varchar(length=255, default="")
    url = Varchar(length=255, default="")
    categories = Text(default="")
    language = Varchar(length=12, default="en")
    visibility = Varchar(length=10, default="public")
    hosts = Text(default="")
    search = Text(default="")
    created_by = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.restrict)
    created_at = Timestamptz()
    changed_at = Timestamptz()
    cancelled_at = Timestamptz(null=True, default=None)
    vevent = Text(default="")
    noted_in = Integer(default=0)


class Cancellation(Table, tablename="event_cancellation"):
    """Who called an event off, when and why."""

    id: Serial
    event = ForeignKey(Event, null=False, on_delete=OnDelete.restrict)
    person = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.restrict)
    reason = Text(default="")
    created_at = Timestamptz()


class EventOverride(Table, tablename="event_override"):
    """What became of one date of a series: held otherwise (wall times in the zone of the event) or cancelled.

    Its own title, description and place are empty where they are those of the series.
    Found by the day on which the series has it; kept when the series has that day no more.
    """

    id: Serial
    event = ForeignKey(Event, null=False, on_delete=OnDelete.restrict)
    day = Date()
    starts_at = Varchar(length=16, default="")
    ends_at = Varchar(length=16, default="")
    location = Varchar(length=300, default="")
    reason = Text(default="")
    is_cancelled = Boolean(default=False)
    summary = Varchar(length=200, default="")
    description = Text(default="")
    person = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.restrict)
    changed_at = Timestamptz()


class EventChange(Table, tablename="event_change"):
    """One thing that somebody did to an event: who, when, and what it said before and after.

    `before` and `after` are JSON objects of the fields that differ.
    """

    id: Serial
    event = ForeignKey(Event, null=False, on_delete=OnDelete.restrict, index=True)
    person = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.restrict)
    kind = Varchar(length=20)
    before = Text(default="")
    after = Text(default="")
    note = Text(default="")
    created_at = Timestamptz()


class EventSource(Table, tablename="event_source"):
    """What a calendar from elsewhere said of an event when it was last taken over: `taken` is JSON."""

    id: Serial
    event = ForeignKey(Event, null=False, on_delete=OnDelete.restrict, unique=True)
    taken = Text(default="")
    taken_at = Timestamptz()


class EventUpload(Table, tablename="event_upload"):
    """A calendar file between its preview and what is taken of it; `body` is packed, and kept for hours."""

    id: Serial
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict, index=True)
    organisation = ForeignKey(Organisation, null=False, on_delete=OnDelete.restrict)
    name = Varchar(length=120, default="")
    body = Text(default="")
    created_at = Timestamptz()


class FeedVersion(Table, tablename="feed_version"):
    """One row (id 1): a number that rises with every change of any event, and the second of the last one."""

    id: Serial
    version = Integer(default=0)
    changed_at = Timestamptz()
