"""Enquiries to membership and what was written about them."""

from __future__ import annotations

from piccolo.columns import Boolean, ForeignKey, Integer, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table

from summit_service.accounts.tables import Person
from summit_service.members.tables import Organisation


class Enquiry(Table, tablename="enquiry"):
    """Somebody's wish to join; never deleted, but what is personal is blanked when its time is over.

    `decision` is empty, member, associate, declined or kept. `decisions` counts them, so that two people who
    decide on the same page cannot overwrite each other. `active_at` is when it was confirmed or we mailed a
    question or decision last: its year counts from then. `answered_at` is when they answered a mail, while nobody of
    the desk has done anything since.
    """

    id: Serial
    name = Varchar(length=200)
    kind = Varchar(length=20)
    country = Varchar(length=2)
    city = Varchar(length=120, default="")
    website = Varchar(length=300, default="")
    contact_name = Varchar(length=200)
    email = Varchar(length=254)
    email_key = Varchar(length=254)
    works_on_empathy = Boolean(default=False)
    how = Text(default="")
    body = Varchar(length=20)
    evidence = Text(default="")
    created_at = Timestamptz()
    confirmed_at = Timestamptz(null=True, default=None)
    active_at = Timestamptz()
    decision = Varchar(length=20, default="")
    decisions = Integer(default=0)
    reason = Text(default="")
    decided_at = Timestamptz(null=True, default=None)
    decided_by = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.restrict)
    organisation = ForeignKey(Organisation, null=True, default=None, on_delete=OnDelete.restrict)
    erased_at = Timestamptz(null=True, default=None)
    answered_at = Timestamptz(null=True, default=None)


class EnquiryNote(Table, tablename="enquiry_note"):
    """One piece of the talk about an enquiry: a question that was mailed, a reply, or a note of the desk's own.

    An answer came by mail by itself, and nobody wrote it down. `sender` is who it came from, where that is another
    address than the enquirer's.
    """

    id: Serial
    enquiry = ForeignKey(Enquiry, null=False, on_delete=OnDelete.restrict)
    kind = Varchar(length=20)
    text = Text()
    author = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.restrict)
    created_at = Timestamptz()
    sender = Varchar(length=300, default="")
