"""The mails about people's own accounts."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from summit_service.accounts import rules
from summit_service.accounts.queries import SIGN_IN
from summit_service.accounts.tables import Person
from summit_service.mail.outbox import LinkSpec, Mail


def sign_in(person: Person, *, next_path: str, now: datetime) -> Mail:
    """The link with which somebody signs in; it lives from its sending; a late mail is not sent."""
    lifetime = int(rules.LINK_LIFE.total_seconds())
    path = rules.link_path(next_path)
    return Mail(
        kind=SIGN_IN,
        to_name=person.name,
        to_email=person.email,
        about=f"person:{person.id}",
        dedupe_key=f"{SIGN_IN}:{person.id}:{uuid4().hex}",
        context={
            "minutes": lifetime // 60,
            "why": "this address was given on our sign-in page. If that was not you, nothing happens: "
            "only the link in this mail signs in.",
        },
        links={"url": LinkSpec(SIGN_IN, subject=str(person.id), path=path, lifetime_seconds=lifetime)},
        language=person.language,
        expires_at=now + rules.LINK_LIFE,
    )
