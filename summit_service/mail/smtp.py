"""The way out over SMTP: one connection used again and again, each phase driven by itself (RFC 5321)."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import aiosmtplib
from aiosmtplib.protocol import normalize_message_line_endings

from summit_service.errors import Unavailable
from summit_service.mail.render import Envelope
from summit_service.mail.rules import Answer, Phase
from summit_service.mail.sinks import BeforeDot

PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
NOT_ASCII = (
    "The mail server does not take addresses with letters outside ASCII (SMTPUTF8), and this one has some."
)


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed over, from `smtp://`, `smtp+starttls://` or `smtps://USER:PASSWORD@HOST:PORT`."""

    scheme: str
    host: str
    port: int
    user: str
    password: str

    @classmethod
    def from_url(cls, url: str) -> Server:
        """The parts of the setting; what is percent-encoded in name and password is decoded."""
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.scheme, parts.hostname or "localhost", port, user, password)

    def __repr__(self) -> str:
        return f"Server({self.scheme}://{self.host}:{self.port})"


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: for one command, for everything up to the final dot, and for the answer to that dot."""

    command: float = 60
    before_dot: float = 150
    after_dot: float = 300


class Smtp:
    """A sink that talks to a server; after a failure it connects anew."""

    def __init__(
        self,
        server: Server,
        *,
        hello: str,
        patience: Patience | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.server, self.hello = server, hello
        self.patience = patience or Patience()
        self.tls = tls
        self._client: aiosmtplib.SMTP | None = None
        self._phase = Phase.CONNECT

    async def send(self, envelope: Envelope, *, before_dot: BeforeDot) -> Answer:
        """Hand one mail over. A connection that the server has closed meanwhile is made again, once."""
        content = stuffed(envelope.content)
        is_used = self._client is not None
        answer = await self._attempt(envelope, content, before_dot)
        if is_used and self._client is None and _was_closed_meanwhile(answer):
            answer = await self._attempt(envelope, content, before_dot)
        return answer

    async def _attempt(self, envelope: Envelope, content: bytes, before_dot: BeforeDot) -> Answer:
        try:
            async with asyncio.timeout(self.patience.before_dot):
                client = await self._connected()
                refusal = await self._open_letter(client, envelope)
                if refusal is not None:
                    return refusal
                await before_dot()
            return await self._write(client, content)
        except aiosmtplib.SMTPResponseException as fault:
            self._drop()
            return Answer(self._phase, fault.code, fault.message)
        except Unavailable:
            self._drop()
            raise
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as fault:
            self._drop()
            return Answer(self._phase, None, str(fault) or "The mail server did not answer in time.")
        except BaseException:
            self._drop()
            raise

    async def _connected(self) -> aiosmtplib.SMTP:
        if self._client is not None and self._client.is_connected:
            return self._client
        self._drop()
        self._phase = Phase.CONNECT
        client = aiosmtplib.SMTP(
            hostname=self.server.host,
            port=self.server.port,
            use_tls=self.server.scheme == "smtps",
            start_tls=self.server.scheme == "smtp+starttls",
            timeout=self.patience.command,
            local_hostname=self.hello,
            tls_context=self.tls,
        )
        self._client = client
        await client.connect()
        await _greet(client)
        if self.server.user:
            self._phase = Phase.AUTH
            await client.login(self.server.user, self.server.password)
        return client

    async def _open_letter(self, client: aiosmtplib.SMTP, envelope: Envelope) -> Answer | None:
        """MAIL, RCPT and DATA, each with its phase; an answer when the mail is refused there."""
        if envelope.needs_utf8 and not client.supports_extension("smtputf8"):
            return Answer(Phase.RCPT, None, NOT_ASCII, is_ours=True)
        extra = " SMTPUTF8" if envelope.needs_utf8 else ""
        commands = (
            (Phase.MAIL, f"MAIL FROM:<{envelope.sender}>{extra}", (250,)),
            (Phase.RCPT, f"RCPT TO:<{envelope.recipient}>", (250, 251)),
            (Phase.DATA, "DATA", (354,)),
        )
        for phase, command, welcome in commands:
            self._phase = phase
            response = await client.execute_command(command.encode())
            if response.code not in welcome:
                await self._start_over(client)
                return Answer(phase, response.code, response.message)
        return None

    async def _write(self, client: aiosmtplib.SMTP, content: bytes) -> Answer:
        """The content with its final dot, and the word on which everything hangs."""
        protocol = client.protocol
        if protocol is None:
            raise aiosmtplib.SMTPServerDisconnected("The mail server closed the connection.")
        protocol.write(content)
        self._phase = Phase.DOT
        response = await protocol.read_response(timeout=self.patience.after_dot)
        if response.code == 421:
            self._drop()
        return Answer(Phase.DOT, response.code, response.message)

    async def _start_over(self, client: aiosmtplib.SMTP) -> None:
        """After a refusal the connection can be used for the next mail, unless the server has closed it."""
        try:
            await client.rset()
        except (aiosmtplib.SMTPException, OSError):
            self._drop()

    def _drop(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = None

    async def close(self) -> None:
        """Say QUIT, and leave in any case."""
        client, self._client = self._client, None
        if client is None or not client.is_connected:
            return
        with suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
            await client.quit(timeout=2)
        client.close()


async def _greet(client: aiosmtplib.SMTP) -> None:
    if not client.is_ehlo_or_helo_needed:
        return
    try:
        await client.ehlo()
    except aiosmtplib.SMTPHeloError:
        await client.helo()


def stuffed(content: bytes) -> bytes:
    """As DATA takes it: CRLF, a dot before each leading dot, and the final dot (RFC 5321 section 4.5.2)."""
    if not content.count(b"\r") == content.count(b"\n") == content.count(b"\r\n"):
        content = normalize_message_line_endings(content)
    if content.startswith(b"."):
        content = b"." + content
    return content.replace(b"\r\n.", b"\r\n..") + b".\r\n"


def _was_closed_meanwhile(answer: Answer) -> bool:
    return answer.phase is Phase.MAIL and answer.code in (None, 421)
