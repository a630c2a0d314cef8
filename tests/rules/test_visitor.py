"""Where a request comes from, and how often one place may ask."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from summit_service import visitor
from summit_service.errors import TooMany

PROXIES = (ip_network("10.0.0.0/8"),)


@pytest.mark.parametrize(
    ("peer", "forwarded", "address", "source"),
    [
        ("203.0.113.9", [], "203.0.113.9", "socket"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9", "socket"),
        ("10.0.0.2", ["198.51.100.1"], "198.51.100.1", "forwarded"),
        ("10.0.0.2", ["1.1.1.1, 198.51.100.1, 10.0.0.3"], "198.51.100.1", "forwarded"),
        ("10.0.0.2", ["1.1.1.1", "198.51.100.1, 10.0.0.3"], "198.51.100.1", "forwarded"),
        ("10.0.0.2", ["1.1.1.1, nonsense"], "10.0.0.2", "socket"),
        ("10.0.0.2", ["2001:db8::1"], "2001:db8::1", "forwarded"),
        ("::ffff:10.0.0.2", ["::ffff:198.51.100.1"], "198.51.100.1", "forwarded"),
        ("::ffff:203.0.113.9", [], "203.0.113.9", "socket"),
    ],
)
def test_address_is_believed_from_trusted_proxies_alone(
    peer: str, forwarded: list[str], address: str, source: str
) -> None:
    found = visitor.visitor(peer, forwarded, trusted=PROXIES)

    assert (found.address, found.source) == (address, source)


def test_a_hospital_behind_one_address_is_not_refused() -> None:
    for _ in range(600):
        visitor.check_rate("registration", "203.0.113.9")
    for _ in range(300):
        visitor.check_rate("answer", "203.0.113.9")


def test_a_flood_is_refused_with_seconds_to_wait() -> None:
    for _ in range(200):
        visitor.check_rate("sign_in", "203.0.113.9")

    with pytest.raises(TooMany) as refusal:
        visitor.check_rate("sign_in", "203.0.113.77")

    assert 1 <= refusal.value.retry_after <= 601
    visitor.check_rate("sign_in", "198.51.100.1")
