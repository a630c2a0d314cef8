"""The desk's page about one organisation: its whole life."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from summit_service import dossier
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.consortia import rules as consortia_rules
from summit_service.mail.queries import shown_state
from summit_service.members import rules
from summit_service.resources import rules as resource_rules
from summit_service.web.desk_mails import badge
from summit_service.web.layout import page
from summit_service.web.members_people import found_by
from summit_service.web.reader_zone import zone_of

ANSWERS = {
    "signed": ("Signed", "good"),
    "declined": ("Declined", "wrong"),
    "changes_requested": ("Asked for changes", "wait"),
    "withdrawn": ("Took its answer back", "wrong"),
    "reaffirmed": ("Signed again", "good"),
    "": ("No answer yet", "wait"),
}
STATES = {"draft": "Draft", "waiting": "Waits for confirmation", "published": "", "cancelled": "Cancelled"}


@get("/desk/organisations/{slug:str}")
async def one_organisation(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    actor: NamedDependency[Actor],
    now: NamedDependency[datetime],
    *,
    all: FromQuery[str] = "",  # noqa: A002 - the word in the address
) -> Response[Any]:
    """People, events, delegates, signatures, mails and the last answer of one organisation; `all` of one of these."""
    check_secretariat(actor)
    return page(
        request,
        "desk/organisation.html",
        actor=actor,
        life=await dossier.of(await found_by(slug), now=now, whole=all),
        zone=zone_of(actor),
        kind_words=rules.KINDS,
        standing_words=rules.STANDINGS,
        role_words=rules.ROLES,
        outcomes=rules.OUTCOMES,
        answers=ANSWERS,
        states=STATES,
        resource_states=resource_rules.STATES,
        together_states=consortia_rules.STATES,
        mail_badge=lambda row: badge(shown_state(row)),
        noindex=True,
    )


ROUTES: list[Any] = [one_organisation]
