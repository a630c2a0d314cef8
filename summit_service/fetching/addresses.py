"""Which addresses may be fetched: their form, and the networks that they lead to."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from summit_service import settings
from summit_service.errors import Invalid

LONGEST = 2_000
_V4 = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
            "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
            "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        ),
    )
)  # fmt: skip
_GLOBAL_V6 = ip_network("2000::/3")
_V6 = tuple(map(ip_network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
"""Within 2000::/3: Teredo and its like, documentation, 6to4. Outside it is what is local, mapped or translated."""


class Unfetched(Exception):
    """Nothing was fetched, with a sentence for people that names the host alone; when to ask again, in seconds.

    `detail` is for those who run the service: whoever gave the address must not learn from it what there is inside.
    """

    def __init__(self, sentence: str, *, retry_after: int | None = None, detail: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.retry_after = retry_after
        self.detail = detail


def unreachable(host: str, detail: str) -> Unfetched:
    """The one answer for a name that there is not, a place inside, and a door that is closed."""
    return Unfetched(
        f"{host} cannot be reached, or is no place that we fetch from. "
        "The address has to open for everybody on the internet, without signing in.",
        detail=detail,
    )


@dataclass(frozen=True, slots=True)
class Limits:
    """What the operator allows besides https on its own port at public addresses."""

    http: bool = False
    local: bool = False
    """This machine, on any port: for tests and trials; settings refuse it in a service that others reach."""


def limits() -> Limits:
    """As the settings have it."""
    current = settings.current()
    return Limits(http=current.fetch_http or current.fetch_local, local=current.fetch_local)


def checked_address(given: str, *, allowed: Limits) -> str:
    """The address in the form that is fetched (`webcal:` is `https:`); raises Invalid for the field `address`."""
    text = given.strip()
    for prefix in ("webcals://", "webcal://"):
        if text.lower().startswith(prefix):
            text = f"https://{text[len(prefix) :]}"
    if len(text) > LONGEST or not text.isprintable() or " " in text:
        raise _refused(
            "Give the whole address of the calendar, such as https://www.example.org/calendar.ics."
        )
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise _refused("This is not an address. Copy the whole of it, with https:// in front.") from None
    _check(parts, port, allowed)
    host = _ascii(parts.hostname or "")
    place = f"[{host}]" if ":" in host else host
    at = place if port in {None, 443 if parts.scheme == "https" else 80} else f"{place}:{port}"
    target = _quoted(parts.path or "/") + (f"?{_quoted(parts.query)}" if parts.query else "")
    return f"{parts.scheme}://{at}{target}"


def shown(address: str) -> str:
    """The address for pages and logs: its host alone, since the rest of a private calendar's is a secret."""
    return f"{urlsplit(address).hostname or 'an address'}/…"


def is_public(text: str) -> bool:
    """Whether an IP address is one that anybody on the internet may be reached at."""
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv4Address):
        return not any(found in network for network in _V4)
    return found in _GLOBAL_V6 and not any(found in network for network in _V6)


def is_allowed(text: str, allowed: Limits) -> bool:
    """Whether a connection may be made to that IP address."""
    if is_public(text):
        return True
    try:
        found: IPv4Address | IPv6Address = ip_address(text)
    except ValueError:
        return False
    return allowed.local and found.is_loopback


def _check(parts: SplitResult, port: int | None, allowed: Limits) -> None:
    schemes = {"https", "http"} if allowed.http else {"https"}
    if parts.scheme not in schemes or not parts.hostname:
        raise _refused("Give an address that begins with https:// or webcal://.")
    if parts.username or parts.password or "@" in parts.netloc:
        raise _refused(
            "Leave name and password out of the address; we cannot keep them. Ask for a private link."
        )
    if port not in {None, 443 if parts.scheme == "https" else 80} and not allowed.local:
        raise _refused(
            "Give an address without a port of its own, such as https://www.example.org/calendar.ics."
        )
    try:
        numeric: IPv4Address | IPv6Address | None = ip_address(parts.hostname)
    except ValueError:
        numeric = None
    if numeric is not None and not is_allowed(str(numeric), allowed):
        raise _refused("This address is not on the public internet.")


def _ascii(host: str) -> str:
    try:
        return host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        raise _refused("The name of the server in this address cannot be read.") from None


def _quoted(text: str) -> str:
    """Letters outside ASCII as browsers send them; what is quoted already stays."""
    return "".join(
        sign if sign.isascii() else "".join(f"%{byte:02X}" for byte in sign.encode()) for sign in text
    )


def _refused(sentence: str) -> Invalid:
    return Invalid.one("address", sentence)
