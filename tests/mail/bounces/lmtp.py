"""Handing a mail over at our own door, as the mail server in front of it does."""

from __future__ import annotations

import asyncio


async def hand_over(port: int, recipient: str, content: bytes) -> str:
    """One mail over LMTP, without a sender as what comes back has none; the answer to the last command."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    said = await reader.readline()
    for command in ("LHLO mx.example", "MAIL FROM:<>", f"RCPT TO:<{recipient}>", "DATA"):
        writer.write(command.encode() + b"\r\n")
        said = await reader.readline()
        while said[3:4] == b"-":
            said = await reader.readline()
        if not said.startswith((b"2", b"3")):
            writer.close()
            return said.decode()
    stuffed = content.replace(b"\r\n", b"\n").replace(b"\n.", b"\n..").replace(b"\n", b"\r\n")
    writer.write(stuffed + b"\r\n.\r\n")
    said = await reader.readline()
    writer.close()
    return said.decode()
