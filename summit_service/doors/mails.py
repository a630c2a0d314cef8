"""The mail that a certificate of attendance is ready, with the delegate's own link to it."""

from __future__ import annotations

from summit_service import zones
from summit_service.mail.outbox import LinkSpec, Mail
from summit_service.registrations import mails as registrations
from summit_service.registrations import queries
from summit_service.registrations.tables import Registration
from summit_service.summits.tables import Edition

CERTIFICATE = "certificate_ready"


def about(registration: Registration) -> str:
    """What the mail is about: as all mails of a registration, so that it is erased with them."""
    return registrations.about(registration)


def certificate_ready(registration: Registration, edition: Edition, *, words: str) -> Mail:
    """The certificate is there; `words` is what the secretariat adds."""
    return Mail(
        kind=CERTIFICATE,
        to_name=registration.name,
        to_email=registration.email,
        about=about(registration),
        dedupe_key=f"{CERTIFICATE}:{registration.id}",
        context={
            "title": edition.title,
            "year": edition.year,
            "days": zones.day_span(edition.starts_on, edition.ends_on),
            "words": words,
            "why": f"you were let in at the door of {edition.title}.",
        },
        links={"url": LinkSpec(queries.LINK, str(registration.id), "/registrations/{token}/certificate.pdf")},
    )
