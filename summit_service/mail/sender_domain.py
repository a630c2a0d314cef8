"""What DNS says of the sender's domain: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489)."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass

import dns.asyncresolver
import dns.exception
import dns.resolver

SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that was looked up. `is_well` is None where DNS did not answer, or it cannot be known from here."""

    what: str
    is_well: bool | None
    sentence: str


class _Silence(Exception):
    """DNS did not answer."""


async def examine(
    *,
    envelope_domain: str,
    from_domain: str,
    selector: str,
    key: str = "",
    resolver: dns.asyncresolver.Resolver | None = None,
) -> list[Record]:
    """Look all three up; `selector` is that of the DKIM key, empty where it is not known here.

    `key` is the public half of the key that we sign with, in base64; empty where somebody else signs.
    """
    ask = _Asker(resolver)
    return [
        await _told("SPF", _spf(ask, envelope_domain)),
        await _told("DKIM", _dkim(ask, from_domain, selector, key)),
        await _told("DMARC", _dmarc(ask, from_domain)),
    ]


class _Asker:
    """Asks for texts; one that was not answered is not waited for again."""

    def __init__(self, resolver: dns.asyncresolver.Resolver | None) -> None:
        self._resolver = resolver
        self._is_silent = False

    async def texts(self, name: str) -> list[str]:
        """The TXT records of a name, none where it has none; raises _Silence."""
        if self._is_silent:
            raise _Silence
        try:
            resolver = self._resolver or dns.asyncresolver.Resolver()
            answer = await resolver.resolve(name, "TXT", lifetime=SECONDS)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError) as fault:
            self._is_silent = True
            raise _Silence from fault
        return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]


async def _told(what: str, look: Awaitable[Record]) -> Record:
    try:
        return await look
    except _Silence:
        return Record(what, None, "DNS did not answer, so this is not known.")


async def _spf(ask: _Asker, domain: str) -> Record:
    found = [text for text in await ask.texts(domain) if text.lower().split(" ")[0] == "v=spf1"]
    if not found:
        return Record("SPF", False, f"{domain} has no SPF record: add one that names your mail server.")
    if len(found) > 1:
        return Record("SPF", False, f"{domain} has {len(found)} SPF records; receivers then use none.")
    if "+all" in found[0].split() or "all" in found[0].split():
        return Record("SPF", False, f"The SPF record of {domain} lets everybody send: “{found[0]}”.")
    return Record("SPF", True, f"{domain} says “{found[0]}”. See that your mail server is in it.")


async def _dkim(ask: _Asker, domain: str, selector: str, key: str) -> Record:
    if not selector:
        return Record(
            "DKIM", None, "SUMMIT_DKIM_SELECTOR is not set, so the key of your mail server is not known here."
        )
    name = f"{selector}._domainkey.{domain}"
    keys = [_tags(text).get("p") for text in await ask.texts(name)]
    if not keys:
        return Record("DKIM", False, f"{name} has no key: receivers cannot check the signature.")
    if not any(keys):
        return Record("DKIM", False, f"The key at {name} is withdrawn (p= is empty).")
    if key and key not in [found.replace(" ", "") for found in keys if found]:
        return Record("DKIM", False, f"The key at {name} is not the one in SUMMIT_DKIM_KEY_FILE.")
    return Record("DKIM", True, f"{name} has a key.")


async def _dmarc(ask: _Asker, domain: str) -> Record:
    """Of the domain, or of the nearest one above it that has a record."""
    labels = domain.split(".")
    for start in range(max(len(labels) - 1, 1)):
        place = ".".join(labels[start:])
        found = [text for text in await ask.texts(f"_dmarc.{place}") if _tags(text).get("v") == "DMARC1"]
        if len(found) > 1:
            return Record(
                "DMARC", False, f"_dmarc.{place} has {len(found)} records; receivers then use none."
            )
        if found:
            policy = _tags(found[0]).get("p", "none")
            return Record("DMARC", True, f"_dmarc.{place} asks receivers for the policy “{policy}”.")
    return Record(
        "DMARC", False, f"{domain} has no DMARC record: large receivers sort out mails without one."
    )


def _tags(text: str) -> dict[str, str]:
    """`v=DMARC1; p=reject` by name."""
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs if name.strip()}
