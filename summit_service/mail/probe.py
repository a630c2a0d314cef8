"""Whether the mail server lets us in, step by step and without sending anything: connect, TLS, log in."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address

import aiosmtplib

from summit_service.mail.rules import one_line
from summit_service.mail.smtp import Server

SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what was tried, whether it went well, and a sentence."""

    what: str
    is_well: bool
    sentence: str


async def steps(server: Server, *, hello: str, tls: ssl.SSLContext | None = None) -> list[Step]:
    """Each step that was reached; the first one that fails is the last. No mail is begun."""
    found = [await _connect(server)]
    if not found[-1].is_well:
        return found
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.scheme == "smtps",
        start_tls=False,
        timeout=SECONDS,
        local_hostname=hello,
        tls_context=tls,
    )
    try:
        found.append(await _secure(client, server))
        if found[-1].is_well and server.user:
            found.append(await _log_in(client, server))
    finally:
        with suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
            await client.quit(timeout=2)
        client.close()
    return found


async def _connect(server: Server) -> Step:
    """The bare connection, so that a closed port is told apart from a certificate that nobody trusts."""
    where = f"{server.host}, port {server.port},"
    try:
        async with asyncio.timeout(SECONDS):
            _, writer = await asyncio.open_connection(server.host, server.port)
    except TimeoutError:
        return Step("connect", False, f"{where} did not answer within {SECONDS:.0f} seconds.")
    except OSError as fault:
        return Step("connect", False, f"{where} cannot be reached: {one_line(str(fault))}.")
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return Step("connect", True, f"{where} answers.")


async def _secure(client: aiosmtplib.SMTP, server: Server) -> Step:
    try:
        await client.connect()
        await client.ehlo()
        if server.scheme == "smtp+starttls":
            await client.starttls()
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as fault:
        return Step("TLS", False, f"The greeting or TLS failed: {_words(fault)}.")
    if server.scheme != "smtp":
        return Step("TLS", True, "Encrypted, with a certificate that can be trusted.")
    if server.user and not _is_local(server.host):
        return Step(
            "TLS",
            False,
            "The password would go over the network in the clear: use smtps:// or smtp+starttls://.",
        )
    return Step("TLS", True, "Not used, as SUMMIT_SMTP_URL begins with smtp://.")


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _log_in(client: aiosmtplib.SMTP, server: Server) -> Step:
    try:
        await client.login(server.user, server.password)
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as fault:
        return Step("log in", False, f"The login was refused: {_words(fault)}.")
    return Step("log in", True, f"The login of {server.user} is taken.")


def _words(fault: Exception) -> str:
    """What went wrong on one line; a server never quotes a password, aiosmtplib neither."""
    if isinstance(fault, aiosmtplib.SMTPResponseException):
        return one_line(f"{fault.code} {fault.message}")[:300]
    return one_line(str(fault) or "it did not answer in time")[:300].rstrip(".")
