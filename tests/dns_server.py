"""A name server on this machine for tests: it answers TXT questions from a dictionary, or says nothing at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import dns.asyncresolver
import dns.flags
import dns.message
import dns.rcode
import dns.rrset


class _Names(asyncio.DatagramProtocol):
    def __init__(self, texts: Mapping[str, Sequence[str]] | None) -> None:
        self.texts = texts

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, address: Any) -> None:
        if self.texts is None:
            return
        question = dns.message.from_wire(data)
        answer = dns.message.make_response(question)
        name = question.question[0].name
        found = self.texts.get(name.to_text(omit_final_dot=True))
        if found is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        else:
            quoted = [
                " ".join(f'"{text[at : at + 200]}"' for at in range(0, len(text), 200)) for text in found
            ]
            answer.answer.append(dns.rrset.from_text_list(name, 60, "IN", "TXT", quoted))
        self.transport.sendto(answer.to_wire(), address)


@asynccontextmanager
async def name_server(texts: Mapping[str, Sequence[str]] | None) -> AsyncIterator[dns.asyncresolver.Resolver]:
    """A resolver that asks a server with these TXT records; None: a server that never answers."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: _Names(texts), local_addr=("127.0.0.1", 0))
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers = ["127.0.0.1"]
    resolver.port = transport.get_extra_info("sockname")[1]
    try:
        yield resolver
    finally:
        transport.close()
