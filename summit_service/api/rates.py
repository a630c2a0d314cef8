"""Whether the network that an API request comes from may ask again; counted together with the pages."""

from __future__ import annotations

from typing import Any

from litestar import Request

from summit_service import settings
from summit_service.visitor import check_rate, visitor


def check(request: Request[Any, Any, Any], purpose: str) -> None:
    """Count this request; raises TooMany when its network asks for this too often."""
    peer = request.client.host if request.client else ""
    forwarded = request.headers.getall("X-Forwarded-For", [])
    check_rate(purpose, visitor(peer, forwarded, trusted=settings.current().trusted_proxies).address)
