"""Who wants a digest, and up to when they have been told."""

from __future__ import annotations

from piccolo.columns import Integer, Serial, Timestamptz, Varchar
from piccolo.table import Table


class DigestChoice(Table, tablename="digest_choice"):
    """One person's choice; no row means none. `told_until` is the moment up to which they have been told.

    `hour` is by the clock in their own zone.
    """

    id: Serial
    person = Integer(unique=True)
    rhythm = Varchar(length=10)
    told_until = Timestamptz()
    hour = Integer(default=8)
