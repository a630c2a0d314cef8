"""Submitting a contribution without an account, changing and withdrawing it by its link."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from summit_service import db
from summit_service.accounts.addresses import email_key
from summit_service.contributions import mails, queries, rules
from summit_service.contributions.queries import OpenCall
from summit_service.contributions.rules import Form
from summit_service.contributions.tables import Contribution
from summit_service.errors import Gone
from summit_service.mail import outbox
from summit_service.summits import queries as summits

WITHDRAWN = "This contribution is withdrawn. You can propose another one while the call is open."

DECIDED = (
    "This contribution has been decided, so it stays as it is. Answer our mail if something has to change."
)


async def submit(year: int, given: Form, *, now: datetime) -> Contribution:
    """Keep a contribution and mail its link. Raises Invalid, Gone after the close, Conflict over the limit."""
    async with db.transaction():
        edition = await summits.locked_edition(year)
        call = await queries.announced_call(year)
        rules.check_open(call.row.closes_instant, now=now)
        clean = _checked(given, call)
        key = email_key(clean.email)
        live = (Contribution.edition == edition.id) & Contribution.withdrawn_at.is_null()
        number = await Contribution.count().where(live & (Contribution.email_key == key))
        rules.check_limit(number, call.row.limit_per_person)
        row = Contribution(
            edition=edition.id,
            number=await _next_number(edition.id),
            email=clean.email,
            email_key=key,
            created_at=now,
            updated_at=now,
            **_texts(clean),
        )
        await row.save()
        await outbox.add(mails.received(row, call), now=now)
    return row


def _checked(given: Form, call: OpenCall) -> Form:
    kinds = [kind.name for kind in call.kinds]
    return rules.checked(given, kinds=kinds, themes=call.themes, most_words=call.row.most_words)


def _texts(clean: Form) -> dict[str, Any]:
    names = ("title", "kind", "theme", "abstract", "name", "affiliation", "co_authors")
    return {name: getattr(clean, name) for name in names}


async def _next_number(edition_id: int) -> int:
    """The edition's row is locked, so nobody takes the same one."""
    last = (
        await Contribution.select(Contribution.number)
        .where(Contribution.edition == edition_id)
        .order_by(Contribution.number, ascending=False)
        .first()
    )
    return last["number"] + 1 if last else 1


async def change(token: str, given: Form, *, now: datetime) -> Contribution:
    """Change it while the call is open and nothing is told; the address stays. Raises Invalid, NotFound, Gone."""
    async with db.transaction():
        row, call = await _changeable(token)
        rules.check_open(call.row.closes_instant, now=now)
        clean = _checked(given, call)
        values = {getattr(Contribution, name): text for name, text in _texts(clean).items()}
        await Contribution.update({**values, Contribution.updated_at: now}).where(Contribution.id == row.id)
    return row


async def withdraw(token: str, *, now: datetime) -> Contribution:
    """Take it back, at any time; twice is once. What is in the programme already is the secretariat's to remove."""
    async with db.transaction():
        row, call = await queries.behind(token)
        row = await queries.locked(row.id)
        if row.withdrawn_at is None:
            await outbox.stop(mails.about(row), reason="It was withdrawn.", now=now)
            await Contribution.update({Contribution.withdrawn_at: now, Contribution.updated_at: now}).where(
                Contribution.id == row.id
            )
            await outbox.add(mails.withdrawn(row, call.edition), now=now)
    return row


async def _changeable(token: str) -> tuple[Contribution, OpenCall]:
    row, call = await queries.behind(token)
    row = await queries.locked(row.id)
    if row.withdrawn_at is not None:
        raise Gone(WITHDRAWN)
    if row.told_at is not None:
        raise Gone(DECIDED)
    return row, call
