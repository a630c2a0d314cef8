"""Consortia: who is in, the versions of their outline, and what was done.

Personal columns: who did something (`invited_by`, `answered_by`, `person`, by id); what was typed (`words`, `reason`,
`markdown`, `note`, `text`) may name people. All are erased two years after the call's deadline.
"""

from __future__ import annotations

from piccolo.columns import BigInt, ForeignKey, Integer, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table

from summit_service.accounts.tables import Person
from summit_service.funding.tables import FundingCall
from summit_service.members.tables import Organisation


class Consortium(Table, tablename="consortium"):
    """Organisations that apply for a call together, and what became of it.

    `told_deadline` is the deadline that those in it know: where the call has another by now, they are mailed.
    """

    id: Serial
    call = ForeignKey(FundingCall, null=False, on_delete=OnDelete.restrict, index=True)
    lead = ForeignKey(Organisation, null=False, on_delete=OnDelete.restrict, index=True)
    title = Varchar(length=180)
    state = Varchar(length=12, default="forming")
    amount = BigInt(null=True, default=None)
    currency = Varchar(length=3, default="")
    public_line = Text(default="")
    created_at = Timestamptz()
    changed_at = Timestamptz()
    outcome_at = Timestamptz(null=True, default=None)
    reminded_at = Timestamptz(null=True, default=None)
    erased_at = Timestamptz(null=True, default=None)
    told_deadline = Timestamptz(null=True, default=None)
    told_withdrawn_at = Timestamptz(null=True, default=None)


class ConsortiumMember(Table, tablename="consortium_member"):
    """An organisation's way into a consortium and out of it; `state` is one of `rules.MEMBER_STATES`.

    Invited again after it is over, it gets another row.
    """

    id: Serial
    consortium = ForeignKey(Consortium, null=False, on_delete=OnDelete.restrict, index=True)
    organisation = ForeignKey(Organisation, null=False, on_delete=OnDelete.restrict, index=True)
    state = Varchar(length=12)
    words = Text(default="")
    reason = Text(default="")
    invited_by = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.restrict)
    invited_at = Timestamptz()
    answered_by = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.restrict)
    answered_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)


class ConsortiumOutline(Table, tablename="consortium_outline"):
    """A version of the shared outline; never changed, erased with the consortium's words."""

    id: Serial
    consortium = ForeignKey(Consortium, null=False, on_delete=OnDelete.restrict, index=True)
    n = Integer()
    markdown = Text()
    canonical = Text()
    note = Text(default="")
    person = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.restrict)
    created_at = Timestamptz()


class ConsortiumChange(Table, tablename="consortium_change"):
    """The history: who did what for which organisation; `kind` is one of `rules.CHANGES`."""

    id: Serial
    consortium = ForeignKey(Consortium, null=False, on_delete=OnDelete.restrict, index=True)
    kind = Varchar(length=12)
    organisation = ForeignKey(Organisation, null=True, default=None, on_delete=OnDelete.restrict)
    person = ForeignKey(Person, null=True, default=None, on_delete=OnDelete.restrict)
    text = Text(default="")
    at = Timestamptz()
