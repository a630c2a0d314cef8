"""The mails of an enquiry: to confirm the address, a question, the decision, the welcome."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from summit_service import zones
from summit_service.accounts import rules as accounts
from summit_service.accounts.queries import SIGN_IN
from summit_service.accounts.tables import Person
from summit_service.enquiries import queries, rules
from summit_service.enquiries.queries import LINK
from summit_service.enquiries.tables import Enquiry, EnquiryNote
from summit_service.mail.outbox import LinkSpec, Mail
from summit_service.members.tables import Organisation

WHY = "you enquired about joining with this address."


def about(enquiry_id: int | str) -> str:
    """What the mails of an enquiry are about, so that they can be erased with it; of '', how all of them begin."""
    return f"enquiry:{enquiry_id}"


def confirmation(enquiry: Enquiry) -> Mail:
    """The link that confirms the address; a mail that is too late is not sent."""
    until = enquiry.created_at + rules.CONFIRM_WITHIN
    link = LinkSpec(LINK, subject=str(enquiry.id), path="/join/{token}", expires_at=until)
    context = {
        "name": enquiry.name,
        "until": zones.long_day(until.date()),
        "why": "somebody enquired about joining with this address. If that was not you, do nothing: "
        "what was typed is erased after seven days.",
    }
    return _mail("enquiry_confirmation", enquiry, "1", context, links={"url": link}, expires_at=until)


def question(enquiry: Enquiry, note: EnquiryNote) -> Mail:
    """A question of the secretariat's, with the day to which it moves the erasing."""
    context = {
        "name": enquiry.name,
        "question": note.text,
        "is_decided": enquiry.decision not in {"", "kept"},
        "erased_on": zones.long_day(queries.ends_at(enquiry).date()),
        "why": WHY,
    }
    return _mail("enquiry_question", enquiry, str(note.id), context)


def declined(enquiry: Enquiry) -> Mail:
    """They cannot join, and why."""
    return _mail("enquiry_declined", enquiry, str(enquiry.decisions), _decision(enquiry))


def kept(enquiry: Enquiry) -> Mail:
    """There is no rule for them yet; the enquiry is kept."""
    return _mail("enquiry_kept", enquiry, str(enquiry.decisions), _decision(enquiry))


def accepted(enquiry: Enquiry, *, organisation: Organisation, person: Person) -> Mail:
    """Welcome, with the first sign-in; the link lives as every sign-in link does, from its sending."""
    lifetime = int(accounts.LINK_LIFE.total_seconds())
    path = accounts.link_path(accounts.OWN_PAGE)
    link = LinkSpec(SIGN_IN, subject=str(person.id), path=path, lifetime_seconds=lifetime)
    context = _decision(enquiry) | {
        "name": organisation.name,
        "slug": organisation.slug,
        "standing": "an associate member" if enquiry.decision == "associate" else "a member",
        "signs": enquiry.decision == "member",
        "email": person.email,
        "minutes": lifetime // 60,
    }
    return _mail("enquiry_accepted", enquiry, str(enquiry.decisions), context, links={"url": link})


def _decision(enquiry: Enquiry) -> dict[str, Any]:
    erased = zones.long_day(queries.ends_at(enquiry).date())
    return {"name": enquiry.name, "reason": enquiry.reason, "erased_on": erased, "why": WHY}


def _mail(
    kind: str,
    enquiry: Enquiry,
    number: str,
    context: Mapping[str, Any],
    *,
    links: Mapping[str, LinkSpec] | None = None,
    expires_at: datetime | None = None,
) -> Mail:
    return Mail(
        kind=kind,
        to_name=enquiry.contact_name,
        to_email=enquiry.email,
        about=about(enquiry.id),
        dedupe_key=f"{kind}:{enquiry.id}:{number}",
        context=context,
        links=links or {},
        expires_at=expires_at,
    )
