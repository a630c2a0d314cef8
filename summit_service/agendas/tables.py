"""Agendas: the stars, and the secrets that open them, of which only the hashes are kept."""

from __future__ import annotations

from piccolo.columns import ForeignKey, OnDelete, Serial, Timestamptz, Varchar
from piccolo.table import Table

from summit_service.summits.tables import Edition


class Agenda(Table, tablename="agenda"):
    """The stars of one visitor at one edition. It says nothing of who that is.

    `holder` is empty, or names what it belongs to, `registration:12` say: one agenda for each. `changed_at` is
    the last change of its stars, each in a second of its own, so that If-Modified-Since never hides one.
    """

    id: Serial
    edition = ForeignKey(Edition, null=False, on_delete=OnDelete.restrict, index=True)
    holder = Varchar(length=40, default="")
    created_at = Timestamptz()
    changed_at = Timestamptz()


class AgendaKey(Table, tablename="agenda_key"):
    """One secret that opens an agenda on a device, and the calendar address that follows from it.

    The calendar's secret is derived from the device's and not the other way round, so that an address that is
    passed on lets nobody change a star. `fetched_by` is the kind of app that came last, in words.
    """

    id: Serial
    agenda = ForeignKey(Agenda, null=False, on_delete=OnDelete.cascade, index=True)
    token_hash = Varchar(length=64)
    calendar_hash = Varchar(length=64)
    created_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)
    fetched_at = Timestamptz(null=True, default=None)
    fetched_by = Varchar(length=40, default="")


class Star(Table, tablename="agenda_star"):
    """A session that stands in an agenda, by its UID: it stays starred when it moves or comes back."""

    id: Serial
    agenda = ForeignKey(Agenda, null=False, on_delete=OnDelete.cascade)
    session_uid = Varchar(length=120, index=True)
    created_at = Timestamptz()
