"""The mails of a contribution: it came in, it was withdrawn, what was decided; and the request to review."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from summit_service import zones
from summit_service.accounts.tables import Person
from summit_service.contributions import rules
from summit_service.contributions.queries import LINK, OpenCall, erased_at
from summit_service.contributions.tables import Contribution
from summit_service.mail.outbox import LinkSpec, Mail
from summit_service.summits.tables import Edition

WHY = "you proposed a contribution to this summit with this address."


def about_reviewer(edition_id: int, person_id: int) -> str:
    """What the mails to somebody who is asked to review are about."""
    return f"reviewer:{edition_id}:{person_id}"


def about(row: Contribution) -> str:
    """What the mails of a contribution are about, so that they can be stopped and erased with it."""
    return f"contribution:{row.id}"


def received(row: Contribution, call: OpenCall) -> Mail:
    """It is here, with the link that changes and withdraws it."""
    context = {
        "until": zones.long_deadline(call.row.closes_instant, call.edition.timezone),
        "why": "somebody proposed a contribution with this address. If that was not you, have it erased by the link.",
    }
    return _mail("contribution_received", row, call.edition, "1", context)


def withdrawn(row: Contribution, edition: Edition) -> Mail:
    """It takes part in nothing any more."""
    return _mail("contribution_withdrawn", row, edition, "1", {}, is_linked=False)


def decided(row: Contribution, edition: Edition, *, leaves_at: datetime) -> Mail:
    """Accepted or declined, with the secretariat's words; it waits until `leaves_at`, so that it can be stopped."""
    kind = "contribution_accepted" if row.decision == rules.ACCEPTED else "contribution_declined"
    number = row.decided_at.isoformat() if row.decided_at else "1"
    return _mail(kind, row, edition, number, {"note": row.decision_note}, leaves_at=leaves_at)


def review_request(person: Person, call: OpenCall, *, number: int) -> Mail:
    """Would you review; the page is behind the sign-in."""
    edition = call.edition
    return Mail(
        kind="review_request",
        to_name=person.name,
        to_email=person.email,
        about=about_reviewer(edition.id, person.id),
        dedupe_key=f"review_request:{edition.id}:{person.id}:{number}",
        context={
            "title": edition.title,
            "year": edition.year,
            "closes": zones.long_deadline(call.row.closes_instant, edition.timezone),
            "why": "the secretariat asked you to review contributions to this summit.",
        },
        language=person.language,
    )


def _mail(
    kind: str,
    row: Contribution,
    edition: Edition,
    number: str,
    context: Mapping[str, Any],
    *,
    is_linked: bool = True,
    leaves_at: datetime | None = None,
) -> Mail:
    link = LinkSpec(LINK, subject=str(row.id), path="/contributions/{token}", expires_at=erased_at(edition))
    return Mail(
        kind=kind,
        to_name=row.name,
        to_email=row.email,
        about=about(row),
        dedupe_key=f"{kind}:{row.id}:{number}",
        context={"name": row.title, "title": edition.title, "year": edition.year, "why": WHY, **context},
        links={"url": link} if is_linked else {},
        due_at=leaves_at,
    )
