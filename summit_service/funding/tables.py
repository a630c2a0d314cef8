"""Calls for funding and the organisations that want to apply.

Personal columns: who posted a call or spoke for an organisation (`created_by`, `person`), by id; `contact` as typed.
"""

from __future__ import annotations

from piccolo.columns import BigInt, ForeignKey, Integer, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table

from summit_service.accounts.tables import Person
from summit_service.events.tables import Event
from summit_service.members.tables import Organisation


class FundingCall(Table, tablename="funding_call"):
    """A call for funding. Wall time and zone of its deadline are the truth, the instant an index.

    `countries` is `,DE,GB,`, empty for all. `event` is its deadline in the shared calendar, from when it is published.
    """

    id: Serial
    slug = Varchar(length=80)
    organisation = ForeignKey(Organisation, null=False, on_delete=OnDelete.restrict)
    title = Varchar(length=180)
    funder = Varchar(length=200)
    url = Varchar(length=500, default="")
    amount = BigInt(null=True, default=None)
    currency = Varchar(length=3, default="")
    deadline_at = Varchar(length=16)
    timezone = Varchar(length=64)
    deadline_instant = Timestamptz()
    countries = Text(default="")
    summary = Text()
    search = Text(default="")
    state = Varchar(length=12, default="published")
    reason = Text(default="")
    event = ForeignKey(Event, null=True, default=None, on_delete=OnDelete.restrict)
    decisions = Integer(default=0)
    created_by = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.restrict)
    created_at = Timestamptz()
    changed_at = Timestamptz()


class FundingInterest(Table, tablename="funding_interest"):
    """An organisation that wants to apply: leads, partners or either. Withdrawn, its words are gone."""

    id: Serial
    call = ForeignKey(FundingCall, null=False, on_delete=OnDelete.restrict, index=True)
    organisation = ForeignKey(Organisation, null=False, on_delete=OnDelete.restrict, index=True)
    person = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.restrict)
    role = Varchar(length=10)
    brings = Text()
    contact = Text()
    created_at = Timestamptz()
    changed_at = Timestamptz()
    withdrawn_at = Timestamptz(null=True, default=None)
