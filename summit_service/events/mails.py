"""The mails of an event: what the secretariat decided about the first one of a new organisation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from summit_service.accounts.tables import Person
from summit_service.events.tables import Event
from summit_service.mail.outbox import Mail

WHY = "you posted this event."


def event_confirmed(event: Event, person: Person, *, number: int) -> Mail:
    """It is published, and what you post from now on is at once."""
    return _mail("event_confirmed", event, person, number, {})


def event_returned(event: Event, person: Person, *, reason: str, number: int) -> Mail:
    """It is a draft again, and why."""
    return _mail("event_returned", event, person, number, {"reason": reason})


def _mail(kind: str, event: Event, person: Person, number: int, context: Mapping[str, Any]) -> Mail:
    return Mail(
        kind=kind,
        to_name=person.name,
        to_email=person.email,
        about=f"event:{event.id}",
        dedupe_key=f"{kind}:{event.id}:{person.id}:{number}",
        context={"summary": event.summary, "slug": event.slug, "why": WHY, **context},
    )
