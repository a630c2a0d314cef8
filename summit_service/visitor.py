"""From where a request comes, and how often one place may ask."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from summit_service.errors import TooMany
from summit_service.settings import Network

TEN_MINUTES = 10
LIMITS = {
    # A whole hospital sits behind one address: these stop floods, not crowds.
    "registration": RateLimitItemPerMinute(2_000, TEN_MINUTES),
    "answer": RateLimitItemPerMinute(2_000, TEN_MINUTES),
    "sign_in": RateLimitItemPerMinute(200, TEN_MINUTES),
    "wrong_link": RateLimitItemPerMinute(600, TEN_MINUTES),
    "contribution": RateLimitItemPerMinute(200, TEN_MINUTES),
    "agenda": RateLimitItemPerMinute(4_000, TEN_MINUTES),
    "calendar_file": RateLimitItemPerMinute(60, TEN_MINUTES),
    # Each of these reads a whole calendar again; no person turns pages faster.
    "calendar_look": RateLimitItemPerMinute(300, TEN_MINUTES),
    "picture": RateLimitItemPerMinute(60, TEN_MINUTES),
    "enquiry": RateLimitItemPerMinute(60, TEN_MINUTES),
}
_storage = MemoryStorage()
_limiter = MovingWindowRateLimiter(_storage)


@dataclass(frozen=True, slots=True)
class Visitor:
    """A network address and where it was taken from: `socket`, or `forwarded` by a proxy that is trusted."""

    address: str
    source: str


def visitor(peer: str, forwarded: Sequence[str], *, trusted: tuple[Network, ...]) -> Visitor:
    """The visitor's address: the socket's peer, or the right-most hop of X-Forwarded-For that no trusted proxy is.

    `forwarded` is every line of that header, in order: some proxies add a line of their own below the visitor's.
    """
    peer = _plain(peer)
    if not forwarded or not _is_trusted(peer, trusted):
        return Visitor(peer, "socket")
    for hop in reversed([_plain(part.strip()) for part in ",".join(forwarded).split(",")]):
        if not _is_address(hop):
            break
        if not _is_trusted(hop, trusted):
            return Visitor(hop, "forwarded")
    return Visitor(peer, "socket")


def check_rate(purpose: str, address: str) -> None:
    """Count one request of this purpose from this network (/24, or /48 in IPv6); raises TooMany with seconds to wait.

    Counted per process and in memory: nothing about visitors is stored.
    """
    limit, key = LIMITS[purpose], network_of(address)
    if _limiter.hit(limit, purpose, key):
        return
    wait = max(1, int(_limiter.get_window_stats(limit, purpose, key).reset_time - time.time()) + 1)
    raise TooMany(f"Too many requests came from your network. Try again in {wait} seconds.", retry_after=wait)


def forget_rates() -> None:
    """Start counting anew."""
    _storage.reset()


def network_of(address: str) -> str:
    """The network that is counted as one visitor's."""
    if not _is_address(address):
        return "unknown"
    parsed = ip_address(address)
    return str(ip_network(f"{address}/{24 if parsed.version == 4 else 48}", strict=False))


def _plain(address: str) -> str:
    """An IPv4 address as such where a server that listens on both kinds calls it `::ffff:192.0.2.1`."""
    mapped = ip_address(address) if _is_address(address) else None
    return str(mapped.ipv4_mapped or address) if isinstance(mapped, IPv6Address) else address


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_trusted(address: str, trusted: tuple[Network, ...]) -> bool:
    return _is_address(address) and any(ip_address(address) in network for network in trusted)
