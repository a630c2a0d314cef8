"""Where a mail goes: what every way out has in common, and the folder that stands in for a server."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol

from summit_service.mail.render import Envelope
from summit_service.mail.rules import Answer, Phase

BeforeDot = Callable[[], Awaitable[None]]


class Sink(Protocol):
    """One way out, used by one worker at a time."""

    async def send(self, envelope: Envelope, *, before_dot: BeforeDot) -> Answer:
        """Hand the mail over; `before_dot` is awaited before it may be taken. Only MustNotLeave is raised."""

    async def close(self) -> None:
        """Leave politely."""


class Folder:
    """Mails as files, `new/<id>.eml`, each there whole or not at all. A retry writes over the same file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    async def send(self, envelope: Envelope, *, before_dot: BeforeDot) -> Answer:
        """Write the file; a full disk is a reason to try again later."""
        try:
            await asyncio.to_thread(self._write, envelope.id, envelope.content)
        except OSError as fault:
            return Answer(Phase.CONNECT, None, f"The mailbox folder cannot be written: {fault.strerror}")
        return Answer(Phase.DOT, 250, f"kept as new/{envelope.id}.eml")

    def _write(self, identifier: int, content: bytes) -> None:
        for name in ("tmp", "new"):
            (self.path / name).mkdir(parents=True, exist_ok=True)
        part = self.path / "tmp" / f"{identifier}.{os.getpid()}.eml"
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self.path / "new" / f"{identifier}.eml")

    async def close(self) -> None:
        """There is nothing to close."""
