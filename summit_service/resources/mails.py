"""The mails of a resource: what the secretariat decided about the first one of a new organisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from summit_service.accounts.tables import Person
from summit_service.mail import streams
from summit_service.mail.outbox import Mail
from summit_service.resources.tables import Resource
from summit_service.resources.talk import Told

WHY = "you shared this resource."
TALK = "resource_talk"
"""The kind of mail that tells what others say."""


def about(row: Resource) -> str:
    """What the mails of a resource are about."""
    return f"resource:{row.id}"


def resource_confirmed(row: Resource, person: Person, *, number: int) -> Mail:
    """It is published, and what you share from now on is at once."""
    return _mail("resource_confirmed", row, person, number, {})


def resource_returned(row: Resource, person: Person, *, reason: str, number: int) -> Mail:
    """It was given back, and why."""
    return _mail("resource_returned", row, person, number, {"reason": reason})


def resource_link_broken(row: Resource, person: Person, *, fault: str, now: datetime) -> Mail:
    """Its link has not worked on several days, and what came instead."""
    mail = _mail("resource_link_broken", row, person, 0, {"url": row.url, "fault": fault})
    return replace(mail, dedupe_key=f"resource_link_broken:{row.id}:{person.id}:{now.isoformat()}")


def resource_talk(person: Person, told: Sequence[Told], *, now: datetime) -> Mail:
    """What others said of everything that this person shares, since the last such mail."""
    return Mail(
        kind=TALK,
        to_name=person.name,
        to_email=person.email,
        about=f"person:{person.id}",
        dedupe_key=f"{TALK}:{person.id}:{now.isoformat()}",
        context={
            "told": [{"title": one.title, "slug": one.slug, "lines": list(one.lines)} for one in told],
            "why": "you shared this, and others have said something about it. You get at most one such mail a day.",
        },
        language=person.language,
        stream=streams.BEST_PRACTICE,
    )


def _mail(kind: str, row: Resource, person: Person, number: int, context: Mapping[str, Any]) -> Mail:
    return Mail(
        kind=kind,
        to_name=person.name,
        to_email=person.email,
        about=about(row),
        dedupe_key=f"{kind}:{row.id}:{person.id}:{number}",
        context={"title": row.title, "slug": row.slug, "why": WHY, **context},
        language=person.language,
    )
