"""Organisations, the roles that people have in them, and how roles go from one person to the next."""

from __future__ import annotations

from piccolo.columns import Boolean, ForeignKey, Integer, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table

from summit_service.accounts.tables import Person


class Organisation(Table, tablename="organisation"):
    """A member of the network: a centre, a group, a museum, or one person who counts as an organisation.

    `is_new` until the secretariat has confirmed an event of it.
    `name_key` is the name without its case (`rules.name_key`): the databases fold case each in its own way.
    """

    id: Serial
    slug = Varchar(length=80)
    name = Varchar(length=200)
    name_key = Varchar(length=400)
    kind = Varchar(length=20)
    parent = Varchar(length=200, default="")
    city = Varchar(length=120, default="")
    country = Varchar(length=2, default="")
    website = Varchar(length=300, default="")
    summary = Text(default="")
    timezone = Varchar(length=64, default="")
    standing = Varchar(length=20, default="member")
    contact_name = Varchar(length=200, default="")
    contact_email = Varchar(length=254, default="")
    is_new = Boolean(default=False)
    created_at = Timestamptz()
    updated_at = Timestamptz()


class Role(Table, tablename="role"):
    """What a person may do, for an organisation or (the secretariat) the network; ended, never deleted.

    One that is proposed gives no right before the key contact or the secretariat has confirmed it. The columns
    `confirmed_…` are a `rules.Confirmation`, of those who sign alone; empty where that is not on record.
    """

    id: Serial
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    organisation = ForeignKey(Organisation, null=True, default=None, on_delete=OnDelete.restrict)
    kind = Varchar(length=20)
    is_proposed = Boolean(default=False)
    created_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)
    confirmed_at = Timestamptz(null=True, default=None)
    confirmed_by = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.restrict)
    confirmed_name = Varchar(length=200, default="")
    confirmed_as = Varchar(length=12, default="")
    confirmed_via = Varchar(length=12, default="")


class Handover(Table, tablename="handover"):
    """Somebody who leaves an organisation names their successor; `outcome` is one of `rules.OUTCOMES`, or empty."""

    id: Serial
    organisation = ForeignKey(Organisation, null=False, on_delete=OnDelete.restrict)
    leaver = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    leaver_name = Varchar(length=200)
    successor_name = Varchar(length=200)
    successor_email = Varchar(length=254)
    outcome = Varchar(length=12, default="")
    created_at = Timestamptz()
    decided_at = Timestamptz(null=True, default=None)
    decided_by = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.restrict)


class OrganisationLogo(Table, tablename="organisation_logo"):
    """The one logo of an organisation: `body` is base64, `digest` the SHA-256 of its bytes, sizes in pixels."""

    id: Serial
    organisation = ForeignKey(Organisation, null=False, on_delete=OnDelete.restrict)
    digest = Varchar(length=64)
    media_type = Varchar(length=20)
    width = Integer()
    height = Integer()
    alt = Varchar(length=200)
    body = Text()
    created_at = Timestamptz()
