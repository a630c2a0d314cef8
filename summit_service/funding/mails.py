"""The mails of a call for funding: what the secretariat decided about the first one of a new organisation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from summit_service.accounts.tables import Person
from summit_service.funding.tables import FundingCall
from summit_service.mail.outbox import Mail

WHY = "you posted this call for funding."


def funding_confirmed(row: FundingCall, person: Person) -> Mail:
    """It is published, and what you post from now on is at once."""
    return _mail("funding_confirmed", row, person, {})


def funding_returned(row: FundingCall, person: Person, *, reason: str) -> Mail:
    """It was given back, and why."""
    return _mail("funding_returned", row, person, {"reason": reason})


def _mail(kind: str, row: FundingCall, person: Person, context: Mapping[str, Any]) -> Mail:
    return Mail(
        kind=kind,
        to_name=person.name,
        to_email=person.email,
        about=f"funding:{row.id}",
        dedupe_key=f"{kind}:{row.id}:{person.id}:{row.decisions}",
        context={"title": row.title, "slug": row.slug, "why": WHY, **context},
        language=person.language,
    )
