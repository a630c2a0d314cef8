"""The page face: what people read, fill in and press."""

from __future__ import annotations

from typing import Any

from summit_service.web.session import provide_actor, refuse_cross_site

__all__ = ["provide_actor", "refuse_cross_site", "routes"]


def routes() -> list[Any]:
    """Every page's handlers."""
    from summit_service.web import (  # noqa: PLC0415 - the pages import this package's parts
        contributions,
        desk,
        desk_announcements,
        desk_enquiries,
        desk_feed_check,
        desk_log,
        desk_mails,
        desk_received,
        events,
        followed_calendars,
        home,
        join,
        mailbox,
        me,
        members,
        registrations,
        resources,
        service,
        sign_in,
        statements,
        subscribe,
        summits,
        unsubscribe,
        widget,
    )

    modules = (
        home, sign_in, me, members, join, events, followed_calendars, subscribe, summits, registrations,
        contributions, resources, statements, desk, desk_mails, desk_received, desk_announcements, desk_enquiries,
        desk_feed_check, desk_log, unsubscribe, mailbox, service, widget,
    )  # fmt: skip
    return [route for module in modules for route in module.ROUTES]
