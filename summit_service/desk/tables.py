"""Who of the secretariat gets the morning mail when and what the last one said; who has begun on which line."""

from __future__ import annotations

from piccolo.columns import ForeignKey, Integer, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table

from summit_service.accounts.tables import Person
from summit_service.desk.rules import HOUR


class MorningMail(Table, tablename="desk_morning"):
    """One person's; a row comes by itself. `told_until` is the morning up to which they have been told.

    `hour` is by the clock in their own zone. `told_keys` are the marks of the last mail's lines as JSON, empty before
    the first. Who wants none has stopped the stream.
    """

    id: Serial
    person = Integer(unique=True)
    hour = Integer(default=HOUR)
    told_until = Timestamptz()
    told_keys = Text(default="")


class Hold(Table, tablename="desk_hold"):
    """Who of the secretariat has begun on a line of the waiting list; `key` and `source` are those of `Waiting`."""

    id: Serial
    key = Varchar(length=20, unique=True)
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    taken_at = Timestamptz()
    source = Varchar(length=40, default="")
