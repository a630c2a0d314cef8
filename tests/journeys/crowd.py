"""Many clients at once through a real server, and what the tables then say of everybody."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import httpx

from summit_service import links
from summit_service.mail.tables import OutboxMessage
from summit_service.registrations import queries, rules
from summit_service.registrations.tables import Place, Registration
from summit_service.summits.tables import Edition

Press = tuple[str, dict[str, str] | None]
"""An address and what is sent there."""
WAITS = "registration_waitlisted"
SAID_BY = {
    "confirmed": "registration_confirmed",
    "offered": "registration_offered",
    "waitlisted": WAITS,
    "cancelled": "registration_cancelled",
    "declined": "registration_cancelled",
    "expired": "registration_offer_expired",
}
"""The mail that says how it stands; whatever another one of a registration says is stopped."""


async def at_once(presses: Iterable[Press]) -> list[httpx.Response]:
    """Everybody in one moment, each on a connection of their own; the answers in the order of the presses."""
    return await asyncio.gather(*(_alone(*press) for press in presses))


async def _alone(url: str, sent: dict[str, str] | None) -> httpx.Response:
    """One of them; a client that all share looks through all connections for each of them."""
    async with httpx.AsyncClient(verify=False, timeout=120) as client:
        return await client.post(url, json=sent)


async def links_of(emails: Iterable[str]) -> dict[str, str]:
    """The token of each one's manage link, as the mailer would mint it."""
    rows = await Registration.select(Registration.id, Registration.email)
    numbers = {row["email"]: row["id"] for row in rows}
    now = datetime.now(UTC)
    return {email: await links.issue(queries.LINK, subject=str(numbers[email]), now=now) for email in emails}


async def standings() -> dict[str, str]:
    """How it stands with each address: the state of its place, or why its registration ended."""
    live = await Place.select(Place.registration, Place.state).where(Place.state.is_in(list(rules.LIVE)))
    states = {row["registration"]: row["state"] for row in live}
    rows = await Registration.select().order_by(Registration.id)
    return {row["email"]: states.get(row["id"]) or row["cancelled_reason"] for row in rows}


async def queue(state: str = rules.WAITLISTED) -> list[str]:
    """The addresses of those who wait, or of those with an offer, in the order of their turns."""
    rows = await Place.select(Place.registration).where(Place.state == state).order_by(Place.queue_number)
    emails = {
        row["id"]: row["email"] for row in await Registration.select(Registration.id, Registration.email)
    }
    return [emails[row["registration"]] for row in rows]


async def everything() -> list[Any]:
    """All that registrations are made of, to be compared."""
    tables = (Registration, Place, OutboxMessage, Edition)
    return [await table.select().order_by(table._meta.primary_key) for table in tables]


async def check_places() -> None:
    """I1 and I2, nothing below nothing, one turn each, and nobody overtaken."""
    edition = await Edition.objects().first()
    assert edition is not None
    places = await Place.select().order_by(Place.queue_number)
    held = [place for place in places if place["state"] in rules.HOLDING]
    assert 0 <= edition.in_person_taken == len(held) <= edition.in_person_capacity
    assert edition.online_taken == 0

    live = await Registration.select().where(Registration.cancelled_at.is_null())
    assert len({row["email_key"] for row in live}) == len(live)
    with_place = [place["registration"] for place in places if place["state"] in rules.LIVE]
    assert sorted(with_place) == sorted(row["id"] for row in live)

    turns = [place["queue_number"] for place in places if place["queue_number"] is not None]
    assert turns == list(range(1, len(turns) + 1))
    waiting = [place["queue_number"] for place in places if place["state"] == rules.WAITLISTED]
    offered = [place["queue_number"] for place in places if place["offered_at"] is not None]
    assert not waiting or not offered or max(offered) < min(waiting)


async def check_mails() -> None:
    """What goes out says how it stands, each cause has one mail, and offers go out in the order of the queue."""
    mails = await OutboxMessage.select().order_by(OutboxMessage.id)
    numbers = {row["email"]: row["id"] for row in await Registration.select()}
    assert max(Counter((mail["about"], mail["kind"]) for mail in mails).values()) == 1
    going = {
        email: [
            mail["kind"]
            for mail in mails
            if mail["about"] == f"registration:{number}" and mail["state"] == "queued"
        ]
        for email, number in numbers.items()
    }
    told = {email: [kind for kind in kinds if kind != "registration_link"] for email, kinds in going.items()}
    assert told == {email: [SAID_BY[standing]] for email, standing in (await standings()).items()}

    for mail in mails:
        if mail["kind"] == "registration_link" and mail["state"] == "queued":
            assert json.loads(mail["context"])["state"] == (await standings())[mail["recipient_email"]]

    by_turn = await Place.select().where(Place.offered_at.is_not_null()).order_by(Place.queue_number)
    offers = [mail["about"] for mail in mails if mail["kind"] == "registration_offered"]
    assert offers == [f"registration:{place['registration']}" for place in by_turn]


async def turns_in_mails() -> dict[str, int]:
    """The place in the queue that each one's mail tells."""
    rows = await OutboxMessage.select().where(OutboxMessage.kind == WAITS)
    return {row["recipient_email"]: json.loads(row["context"])["position"] for row in rows}
