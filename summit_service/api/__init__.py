"""The JSON face: request to action to response."""

from __future__ import annotations

from typing import Any

from summit_service.api.auth import provide_actor

__all__ = ["provide_actor", "routes"]


def routes() -> list[Any]:
    """Every resource's handlers, below /api/v1."""
    from summit_service.api import (  # noqa: PLC0415 - the resources import this package's parts
        contributions,
        event_dates,
        event_import,
        event_states,
        events,
        journal,
        members,
        registrations,
        resources,
        statement_changes,
        statement_comments,
        statements,
        summits,
    )

    modules = (
        members, events, event_import, event_dates, event_states, summits, registrations, contributions, statements,
        resources, statement_changes, statement_comments, journal,
    )  # fmt: skip
    return [route for module in modules for route in module.ROUTES]
