"""The mails of a consortium: an invitation, its answer, the deadline that comes, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from summit_service import zones
from summit_service.accounts.tables import Person
from summit_service.consortia import rules
from summit_service.consortia.queries import Brief
from summit_service.mail.outbox import Mail

INVITED_WHY = "you represent an organisation that was invited to apply for funding with others."
IN_WHY = "you represent an organisation that applies for funding with others."
ANSWERS = {
    "joined": "applies with you",
    "declined": "does not apply with you",
    "left": "does not apply with you any more",
}


def about(consortium_id: int) -> str:
    """What the mails of a consortium are about."""
    return f"consortium:{consortium_id}"


def about_invitation(place_id: int) -> str:
    """What the mails of one invitation are about; they are stopped when it is answered or taken back."""
    return f"consortium-invitation:{place_id}"


def consortium_invited(
    one: Brief, person: Person, *, organisation: str, words: str, place_id: int, number: int
) -> Mail:
    """The lead asks an organisation to apply with it."""
    context = {"organisation": organisation, "lead": one.lead_name, "words": words, "why": INVITED_WHY}
    return _mail(
        "consortium_invited",
        one,
        person,
        context | _deadline(one, person),
        cause=f"{place_id}:{number}",
        about=about_invitation(place_id),
        expires_at=one.deadline,
    )


def consortium_answered(
    one: Brief, person: Person, *, organisation: str, kind: str, reason: str, place_id: int
) -> Mail:
    """An organisation has accepted, declined or left; for the lead."""
    context = {"organisation": organisation, "answer": ANSWERS[kind], "reason": reason, "why": IN_WHY}
    return _mail("consortium_answered", one, person, context, cause=f"{place_id}:{kind}")


def consortium_deadline(one: Brief, person: Person, *, moment: datetime, now: datetime) -> Mail:
    """The deadline comes near; `moment` is when this reminder was due."""
    days = rules.days_left(one.deadline, now=now)
    context = {"days": days, "why": IN_WHY} | _deadline(one, person)
    return _mail(
        "consortium_deadline",
        one,
        person,
        context,
        cause=moment.isoformat(timespec="minutes"),
        expires_at=one.deadline,
    )


def consortium_call(one: Brief, person: Person, *, reason: str) -> Mail:
    """The call has another deadline by now, or is withdrawn, for that reason."""
    is_withdrawn = one.call_state == "withdrawn"
    context = {"is_withdrawn": is_withdrawn, "reason": reason, "slug": one.call, "why": IN_WHY}
    cause = "withdrawn" if is_withdrawn else one.deadline.isoformat(timespec="minutes")
    return _mail("consortium_call", one, person, context | _deadline(one, person), cause=cause)


def consortium_outcome(one: Brief, person: Person, *, by: str, number: int) -> Mail:
    """What became of it; for the others in it."""
    amount = f"{int(one.amount):,} {one.currency}" if one.amount else ""
    context = {
        "state": rules.STATES[one.state],
        "amount": amount,
        "public_line": one.public_line,
        "by": by,
        "why": IN_WHY,
    }
    return _mail("consortium_outcome", one, person, context, cause=str(number))


def _deadline(one: Brief, person: Person) -> dict[str, str]:
    """In the words of the call, and in the reader's own zone where that is another."""
    own = person.timezone if person.timezone and person.timezone != one.timezone else ""
    return {
        "deadline": zones.long_deadline(one.deadline, one.timezone),
        "own_deadline": zones.long_moment(one.deadline, own) if own else "",
    }


def _mail(
    kind: str,
    one: Brief,
    person: Person,
    context: Mapping[str, Any],
    *,
    cause: str,
    about: str = "",
    expires_at: datetime | None = None,
) -> Mail:
    return Mail(
        kind=kind,
        to_name=person.name,
        to_email=person.email,
        about=about or f"consortium:{one.id}",
        dedupe_key=f"{kind}:{one.id}:{cause}:{person.id}",
        context={"id": one.id, "title": one.title, "call": one.call_title, **context},
        language=person.language,
        expires_at=expires_at,
    )
