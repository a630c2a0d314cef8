"""What runs beside the web: the mailer, with what has to be looked after from time to time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from summit_service import idempotency, settings
from summit_service.agendas import actions as agendas
from summit_service.consortia import actions as consortia
from summit_service.contributions import actions as contributions
from summit_service.desk import actions as desk
from summit_service.desk import holding
from summit_service.digests.actions import send_due
from summit_service.enquiries.actions import erase_old, take_in_answers
from summit_service.events.actions import forget_old_uploads
from summit_service.feeds.agenda_lateness import tell_late_sessions
from summit_service.feeds.lateness import tell_late
from summit_service.following.keeping import fetch_due
from summit_service.funding.actions import forget_contacts
from summit_service.journal.actions import seal
from summit_service.mail import inbox, inbox_server, mailer
from summit_service.preferences import actions as preferences
from summit_service.registrations.actions import erase_personal, expire_offers, tell_arrangers
from summit_service.resources.actions import check_links, forget_hidden, tell_sharers
from summit_service.sent_files import actions as sent_files
from summit_service.speakers import actions as speakers
from summit_service.statements.actions import (
    close_overdue,
    end_consultations,
    remind_as_wished,
    stamp_waiting,
)

HOUSEKEEPING: tuple[Callable[[datetime], Awaitable[object]], ...] = (
    expire_offers,
    erase_personal,
    tell_arrangers,
    close_overdue,
    end_consultations,
    remind_as_wished,
    idempotency.forget_old,
    erase_old,
    inbox.collect,
    take_in_answers,
    inbox.forget_old,
    contributions.erase_old,
    agendas.erase_old,
    speakers.erase_old,
    forget_old_uploads,
    sent_files.forget_old,
    fetch_due,
    tell_late,
    tell_late_sessions,
    send_due,
    desk.tell_secretariat,
    desk.forget_mornings,
    holding.forget_done,
    tell_sharers,
    check_links,
    forget_hidden,
    forget_contacts,
    consortia.tell_of_calls,
    consortia.remind,
    consortia.erase_old,
    seal,
    stamp_waiting,
)
"""Nothing is wrong when these are late: every request judges dates by itself."""


async def run_mailer() -> None:
    """Deliver mails and keep house until cancelled."""
    async with preferences.followed(), inbox_server.listening(settings.current().bounce_listen):
        await mailer.run(housekeeping=HOUSEKEEPING)
