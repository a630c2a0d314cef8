"""Announcements as they were written, and the frozen list of the mails that each became."""

from __future__ import annotations

from piccolo.columns import ForeignKey, Integer, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table

from summit_service.accounts.tables import Person


class Announcement(Table, tablename="announcement"):
    """One text to many. `audience` is one of `audiences.KINDS`, `audience_of` the statement or year it speaks of.

    `version` rises with every change of a draft; the one that was read is the one that is sent. Once `sent_at`
    is set nothing changes but `stopped_at`. Names are kept beside ids, as they were then.
    """

    id: Serial
    subject = Varchar(length=200)
    body = Text()
    audience = Varchar(length=20)
    audience_of = Varchar(length=80, default="")
    version = Integer(default=1)
    written_by = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.restrict)
    created_at = Timestamptz()
    changed_at = Timestamptz()
    sent_at = Timestamptz(null=True, default=None)
    sent_by = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.restrict)
    sent_by_name = Varchar(length=200, default="")
    leaves_at = Timestamptz(null=True, default=None)
    stopped_at = Timestamptz(null=True, default=None)
    stopped_by_name = Varchar(length=200, default="")


class AnnouncementMail(Table, tablename="announcement_mail"):
    """One mail of an announcement; who got it stands in the outbox, and is erased there when its time has come."""

    id: Serial
    announcement = ForeignKey(Announcement, null=False, on_delete=OnDelete.restrict, index=True)
    message = Integer(index=True)
