"""Enquiries for tests: a form that the rules take, and enquiries at each step."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from piccolo.conf.apps import Finder

from summit_service import links
from summit_service.enquiries import actions, queries
from summit_service.enquiries.rules import Form
from summit_service.enquiries.tables import Enquiry

FORM = Form(
    name="Institute of Listening",
    kind="centre",
    country="FR",
    city="Lyon",
    website="https://listening.example",
    contact_name="Ana Ruiz",
    email="ana@listening.example",
    works="yes",
    how="We teach nurses to listen.",
    body="academic",
    evidence="University of Lyon",
)


async def make_enquiry(*, now: datetime, **typed: str) -> Enquiry:
    """An enquiry whose address is not confirmed yet."""
    await actions.enquire(replace(FORM, **typed), now=now)
    enquiry = await Enquiry.objects().order_by(Enquiry.id, ascending=False).first()
    assert enquiry is not None
    return enquiry


async def link_to(enquiry: Enquiry, *, now: datetime) -> str:
    """The secret of a link that confirms it."""
    return await links.issue(queries.LINK, subject=str(enquiry.id), now=now)


async def make_confirmed(*, now: datetime, **typed: str) -> Enquiry:
    """An enquiry that the desk reads."""
    enquiry = await make_enquiry(now=now, **typed)
    return await actions.confirm(await link_to(enquiry, now=now), now=now)


async def everything_stored() -> str:
    """Every value of every row of every table, to look for what should not be there any more."""
    rows = [str(await table.select()) for table in Finder().get_table_classes()]
    return "\n".join(rows)
