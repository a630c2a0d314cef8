"""A real SMTP server for tests (aiosmtpd) that keeps every mail and misbehaves as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult

from tests.postbox import parsed

PHASES = ("CONNECT", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "DOT")


@dataclass
class Fault:
    """What happens in a phase instead of a welcome.

    `reply` is what is said; `closes` ends the connection without a word (in DOT the mail is kept before that
    when `keeps` is set); `hangs` never answers, `delay` welcomes after so many seconds. `only` narrows it to
    some recipients, `times` to so many occasions.
    """

    reply: str = ""
    closes: bool = False
    hangs: bool = False
    keeps: bool = False
    delay: float = 0
    times: int = 1_000_000
    only: Callable[[str], bool] = lambda _recipient: True


@dataclass
class Post:
    """What the server knows: mails in the order of their arrival with their return paths, and how many connections."""

    port: int = 0
    raw: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    connections: int = 0
    faults: dict[str, Fault] = field(default_factory=dict)
    mails_per_connection: int | None = None
    open_now: int = 0
    most_open: int = 0
    _parsed: list[EmailMessage] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def messages(self) -> list[EmailMessage]:
        """Parsed, each once."""
        self._parsed += [parsed(content) for content in self.raw[len(self._parsed) :]]
        return list(self._parsed)

    def message_ids(self) -> list[str]:
        """The Message-ID of every mail that was kept."""
        return [str(message["Message-ID"]) for message in self.messages]


class Handler:
    """aiosmtpd's hooks."""

    def __init__(self, post: Post) -> None:
        self.post = post

    async def handle_MAIL(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        kept = getattr(session, "kept", 0)
        if self.post.mails_per_connection is not None and kept >= self.post.mails_per_connection:
            server.transport.close()
            return "421 4.3.2 That was enough"
        said = await self._fault("MAIL", server)
        if said:
            return said
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        said = await self._fault("RCPT", server, address)
        if said:
            return said
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        fault = self.post.faults.get("DOT")
        if fault is None or fault.keeps or fault.times <= 0 or not fault.only(envelope.rcpt_tos[0]):
            self.post.senders.append(envelope.mail_from)
            self.post.raw.append(bytes(envelope.original_content))
            self.post.recipients.extend(envelope.rcpt_tos)
        said = await self._fault("DOT", server, envelope.rcpt_tos[0])
        session.kept = getattr(session, "kept", 0) + 1
        return said or f"250 2.0.0 taken as {len(self.post.raw)}"

    async def _fault(self, phase: str, server: Any, recipient: str = "") -> str:
        fault = self.post.faults.get(phase)
        if fault is None or fault.times <= 0 or not fault.only(recipient):
            return ""
        fault.times -= 1
        if fault.delay:
            await asyncio.sleep(fault.delay)
            return ""
        if fault.hangs:
            await asyncio.Event().wait()
        if fault.closes:
            server.transport.abort()
        return fault.reply or "421 4.3.0 closing"


class Protocol(SMTP):
    """aiosmtpd's server with faults for its own commands too, and connections counted."""

    def __init__(self, handler: Handler, **options: Any) -> None:
        self.post = handler.post
        super().__init__(handler, **options)

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.post.connections += 1
        self.post.open_now += 1
        self.post.most_open = max(self.post.most_open, self.post.open_now)

    def connection_lost(self, error: Exception | None) -> None:
        self.post.open_now -= 1
        super().connection_lost(error)

    def _first_recipient(self) -> str:
        return str(self.envelope.rcpt_tos[0]) if self.envelope and self.envelope.rcpt_tos else ""

    async def _handle_client(self) -> None:
        said = await self.event_handler._fault("CONNECT", self)
        if not said:
            await super()._handle_client()
            return
        await self.push(said)
        if self.transport is not None:
            self.transport.close()

    async def smtp_STARTTLS(self, arg: str) -> None:
        said = await self.event_handler._fault("STARTTLS", self)
        await (self.push(said) if said else super().smtp_STARTTLS(arg))

    async def smtp_AUTH(self, arg: str) -> None:
        said = await self.event_handler._fault("AUTH", self)
        await (self.push(said) if said else super().smtp_AUTH(arg))

    async def smtp_EHLO(self, hostname: str) -> None:
        said = await self.event_handler._fault("EHLO", self)
        await (self.push(said) if said else super().smtp_EHLO(hostname))

    async def smtp_HELO(self, hostname: str) -> None:
        said = await self.event_handler._fault("EHLO", self)
        await (self.push(said) if said else super().smtp_HELO(hostname))

    async def smtp_DATA(self, arg: str) -> None:
        said = await self.event_handler._fault("DATA", self, self._first_recipient())
        if said:
            await self.push(said)
            return
        await super().smtp_DATA(arg)


@asynccontextmanager
async def smtp_server(
    *, user: str = "", password: str = "", tls: Any = None, utf8: bool = True, port: int = 0
) -> AsyncIterator[Post]:
    """A server on a port of this machine; with `user` it asks for AUTH, with `tls` it offers STARTTLS."""
    post = Post()
    options: dict[str, Any] = {"enable_SMTPUTF8": utf8, "hostname": "mail.test", "ident": "test"}
    if tls is not None:
        options |= {"tls_context": tls, "require_starttls": True}
    if user:
        options |= {
            "auth_required": True,
            "auth_require_tls": tls is not None,
            "authenticator": _checking(user, password),
        }
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Protocol(Handler(post), loop=loop, **options), "127.0.0.1", port
    )
    post.port = server.sockets[0].getsockname()[1]
    try:
        yield post
    finally:
        server.close()


def _checking(user: str, password: str) -> Callable[..., Any]:
    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> Any:
        is_right = (given.login, given.password) == (user.encode(), password.encode())
        return AuthResult(success=is_right, handled=is_right)

    return check
