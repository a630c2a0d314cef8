"""The mails to whoever arranges access and food: that they were named, and that there is something new."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from summit_service import zones
from summit_service.accounts.tables import Person
from summit_service.mail.outbox import Mail
from summit_service.registrations import retention
from summit_service.registrations.tables import Arranger
from summit_service.summits import queries as summits
from summit_service.summits.tables import Edition

NAMED, ADDED = "arranger_named", "needs_added"


def about(arranger_id: int) -> str:
    """What the mails to an arranger are about, so that ending stops them."""
    return f"arranger:{arranger_id}"


def named(arranger: Arranger, person: Person, edition: Edition, *, by: str) -> Mail:
    """You see who needs what from now on; `by` is who named you."""
    context = {
        "days": zones.day_span(edition.starts_on, edition.ends_on),
        "by": by,
        "erased_on": zones.short_day(retention.erased_on(edition.ends_on, retention.NEEDS_KEPT)),
        "why": f"you were named to arrange access and food at {edition.title}.",
    }
    return _mail(NAMED, arranger, person, edition, context, cause="once")


def added(
    arranger: Arranger, person: Person, edition: Edition, *, count: int, since: datetime, morning: datetime
) -> Mail:
    """So many people have told or changed a need since then."""
    context = {
        "count": count,
        "since": zones.short_day(zones.at_wall(since, edition.timezone).date()),
        "why": f"you arrange access and food at {edition.title}.",
    }
    return _mail(ADDED, arranger, person, edition, context, cause=f"{morning:%Y-%m-%d}")


def _mail(
    kind: str, arranger: Arranger, person: Person, edition: Edition, context: dict[str, Any], *, cause: str
) -> Mail:
    return Mail(
        kind=kind,
        to_name=person.name,
        to_email=person.email,
        about=about(arranger.id),
        dedupe_key=f"{kind}:{arranger.id}:{cause}",
        context={"title": edition.title, "path": f"/desk/summits/{edition.year}/needs", **context},
        expires_at=summits.ends_instant(edition),
    )
