"""From which network a page's request comes, and whether it may ask again."""

from __future__ import annotations

from typing import Any

from litestar import Request

from summit_service import settings
from summit_service.visitor import check_rate, visitor


def address_of(request: Request[Any, Any, Any]) -> str:
    """The visitor's network address; a proxy's word counts where the settings trust it."""
    peer = request.client.host if request.client else ""
    forwarded = request.headers.getall("X-Forwarded-For", [])
    return visitor(peer, forwarded, trusted=settings.current().trusted_proxies).address


def check(request: Request[Any, Any, Any], purpose: str) -> None:
    """Count this request; raises TooMany when its network asks for this too often."""
    check_rate(purpose, address_of(request))
