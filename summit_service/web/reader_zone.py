"""The reader's own zone: named in the address, chosen by a form and kept in a cookie, or that of who is signed in."""

from __future__ import annotations

from typing import Any

from litestar import Request
from litestar.datastructures import Cookie

from summit_service import settings, zones
from summit_service.accounts.actor import Actor

COOKIE = "summit_zone"
A_YEAR = 365 * 86_400


def named_zone(request: Request[Any, Any, Any]) -> str:
    """The zone that the address names; empty for none."""
    return _known(str(request.query_params.get("zone", "")))


def chosen_zone(request: Request[Any, Any, Any]) -> str:
    """The zone that this browser's reader has chosen; empty for none."""
    return _known(request.cookies.get(COOKIE, ""))


def reader_zone(request: Request[Any, Any, Any], actor: Actor) -> str:
    """The zone whose times stand beside those of the event; empty where nothing is known of the reader."""
    return named_zone(request) or chosen_zone(request) or _known(actor.timezone or "")


def zone_of(actor: Actor) -> str:
    """The zone of whoever is signed in, where they have chosen one, else that of the network."""
    return actor.timezone or settings.current().timezone


def zone_cookie(zone: str) -> Cookie:
    """Remembers the choice for a year, for this site alone; an empty zone forgets it."""
    return Cookie(
        key=COOKIE,
        value=zone,
        path="/",
        httponly=True,
        secure=settings.current().is_https,
        samesite="lax",
        max_age=A_YEAR if zone else 0,
    )


def _known(name: str) -> str:
    return name if zones.is_zone(name) else ""
