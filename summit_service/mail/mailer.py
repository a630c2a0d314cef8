"""The one loop that delivers the outbox."""

from __future__ import annotations


async def run() -> None:
    """Deliver until cancelled."""
