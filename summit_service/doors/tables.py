"""Doors, and who was let in by them."""

from __future__ import annotations

from piccolo.columns import Boolean, ForeignKey, OnDelete, Serial, Timestamptz, Varchar
from piccolo.table import Table

from summit_service.registrations.tables import Registration
from summit_service.summits.tables import Edition


class Door(Table, tablename="door"):
    """A place where people are let in, called as a helper calls it. Links open it until the summit is over."""

    id: Serial
    edition = ForeignKey(Edition, null=False, on_delete=OnDelete.restrict, index=True)
    name = Varchar(length=60)
    created_at = Timestamptz()
    created_by_name = Varchar(length=200, default="")
    ended_at = Timestamptz(null=True, default=None)


class Arrival(Table, tablename="arrival"):
    """One time that somebody was let in, of which at most one counts for each registration.

    `client_id` is the mark that the device gave it, by which it is told twice and written once. `at` is when it
    was seen, `received_at` when we were told; `undone_at` says that it was a mistake.
    """

    id: Serial
    registration = ForeignKey(Registration, null=False, on_delete=OnDelete.restrict, index=True)
    edition = ForeignKey(Edition, null=False, on_delete=OnDelete.restrict, index=True)
    door = ForeignKey(Door, null=False, on_delete=OnDelete.restrict)
    attendance = Varchar(length=10)
    client_id = Varchar(length=64)
    at = Timestamptz()
    received_at = Timestamptz()
    is_counted = Boolean(default=False)
    undone_at = Timestamptz(null=True, default=None)


class BadgePrint(Table, tablename="badge_print"):
    """One time that badges were made for printing."""

    id: Serial
    edition = ForeignKey(Edition, null=False, on_delete=OnDelete.restrict, index=True)
    printed_at = Timestamptz()
    printed_by_name = Varchar(length=200, default="")


class Badge(Table, tablename="badge"):
    """A badge of a print. `face` is a digest of what stood on it, so that a changed name is printed anew."""

    id: Serial
    of_print = ForeignKey(BadgePrint, null=False, on_delete=OnDelete.restrict, index=True)
    registration = ForeignKey(Registration, null=False, on_delete=OnDelete.restrict, index=True)
    face = Varchar(length=64)


class CertificateMail(Table, tablename="certificate_mail"):
    """That a delegate was mailed of their certificate: once for each registration."""

    id: Serial
    registration = ForeignKey(Registration, null=False, on_delete=OnDelete.restrict)
    edition = ForeignKey(Edition, null=False, on_delete=OnDelete.restrict, index=True)
    sent_at = Timestamptz()
