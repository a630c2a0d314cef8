"""The mails about roles: an invitation, a signatory to confirm, one that ended, a successor to confirm, a farewell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from summit_service import zones
from summit_service.accounts import rules as accounts
from summit_service.accounts.queries import SIGN_IN
from summit_service.accounts.tables import Person
from summit_service.mail.outbox import LinkSpec, Mail
from summit_service.members import rules
from summit_service.members.queries import Contact
from summit_service.members.tables import Handover, Organisation, Role


def role_invitation(
    person: Person, organisation: Organisation, kinds: Sequence[str], *, invited_by: str, cause: str
) -> Mail:
    """What somebody may do from now on, with a link that signs in for the first time; `cause` is a mail's key."""
    path = accounts.link_path(accounts.OWN_PAGE)
    lifetime = int(accounts.LINK_LIFE.total_seconds())
    return Mail(
        kind="role_invitation",
        to_name=person.name,
        to_email=person.email,
        about=f"person:{person.id}",
        dedupe_key=f"role_invitation:{cause}",
        context={
            "organisation": organisation.name,
            "invited_by": invited_by,
            "is_own": rules.is_one_person(organisation.kind, organisation.name, person.name),
            "roles": [rules.ROLES[kind] for kind in kinds],
            "is_representative": "representative" in kinds,
            "signs": any(kind in rules.SIGNING_ROLES for kind in kinds),
            "email": person.email,
            "minutes": lifetime // 60,
            "why": f"{invited_by} added you to {organisation.name}.",
        },
        links={"url": LinkSpec(SIGN_IN, subject=str(person.id), path=path, lifetime_seconds=lifetime)},
        language=person.language,
    )


def role_proposed(
    role: Role, person: Person, organisation: Organisation, *, contact: Contact, by: str
) -> Mail:
    """To the main contact: somebody has named a signatory, who signs for nobody before it is confirmed."""
    return Mail(
        kind="role_proposed",
        to_name=contact.name,
        to_email=contact.email,
        about=f"organisation:{organisation.id}",
        dedupe_key=f"role_proposed:{role.id}",
        context={
            "organisation": organisation.name,
            "slug": organisation.slug,
            "person": person.name,
            "email": person.email,
            "role": rules.ROLES[role.kind].lower(),
            "by": by,
            "why": f"you are the main contact of {organisation.name}.",
        },
    )


def role_ended(
    role: Role, person: Person, organisation: Organisation, *, left: Sequence[str], by: str, now: datetime
) -> Mail:
    """To whoever lost a role by another's hand; `left` are the kinds that they still have there."""
    return Mail(
        kind="role_ended",
        to_name=person.name,
        to_email=person.email,
        about=f"person:{person.id}",
        dedupe_key=f"role_ended:{role.id}",
        context={
            "organisation": organisation.name,
            "role": rules.ROLES[role.kind].lower(),
            "by": by,
            "on": zones.long_day(now.date()),
            "kinds_left": [rules.ROLES[kind] for kind in left],
            "why": f"you acted for {organisation.name}.",
        },
        language=person.language,
    )


def handover_asked(handover: Handover, organisation: Organisation, *, contact: Contact, why: str) -> Mail:
    """To whoever confirms: who leaves, who follows, and where to answer."""
    return Mail(
        kind="handover_asked",
        to_name=contact.name,
        to_email=contact.email,
        about=about(handover),
        dedupe_key=f"handover_asked:{handover.id}:{contact.email.lower()}",
        context={
            "organisation": organisation.name,
            "leaver": handover.leaver_name,
            "successor": handover.successor_name,
            "email": handover.successor_email,
            "path": f"/organisations/{organisation.slug}/handovers/{handover.id}",
            "why": why,
        },
    )


def handover_decided(
    handover: Handover, organisation: Organisation, leaver: Person, *, now: datetime
) -> Mail:
    """To who leaves: it is done and their access has ended, or it was refused and nothing has changed."""
    return Mail(
        kind="handover_confirmed" if handover.outcome == "confirmed" else "handover_refused",
        to_name=leaver.name,
        to_email=leaver.email,
        about=about(handover),
        dedupe_key=f"handover_decided:{handover.id}",
        context={
            "organisation": organisation.name,
            "successor": handover.successor_name,
            "on": zones.long_day(now.date()),
            "why": f"you acted for {organisation.name}.",
        },
        language=leaver.language,
    )


def about(handover: Handover) -> str:
    """What the mails of a hand-over are about."""
    return f"handover:{handover.id}"
