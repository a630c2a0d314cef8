"""Each change of a setting, for ever: the last one holds."""

from __future__ import annotations

from piccolo.columns import Integer, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table


class Preference(Table, tablename="preference"):
    """The `version`-th value of the setting `name`; no value means that the environment's holds again.

    Who changed it stands in the journal.
    """

    id: Serial
    name = Varchar(length=40)
    version = Integer()
    value = Text(null=True, default=None)
    set_at = Timestamptz()
