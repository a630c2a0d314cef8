"""A client in a process of its own that costs less than what it asks: connections kept open, requests in batches.

Reads one JSON object a line (port, path, headers, seconds, connections, batch) and answers each with one.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time


class Connection(asyncio.Protocol):
    """Sends a batch of one request, counts the bytes that come back, and sends the next when all are there."""

    def __init__(self, requests: bytes, expected: int) -> None:
        self.requests, self.expected = requests, expected
        self.due = 0
        self.received = 0
        self.is_over = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.begin()

    def begin(self) -> None:
        self.due = self.expected
        self.transport.write(self.requests)

    def data_received(self, data: bytes) -> None:
        self.due -= len(data)
        self.received += len(data)
        if self.due == 0 and not self.is_over:
            self.begin()


def request_of(asked: dict[str, object]) -> bytes:
    headers = asked.get("headers") or {}
    assert isinstance(headers, dict)
    lines = [f"GET {asked['path']} HTTP/1.1", "Host: 127.0.0.1", *(f"{k}: {v}" for k, v in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def first_answer(port: int, request: bytes) -> tuple[str, int, int]:
    """Status line, length of the whole answer, and milliseconds until it was there, in microseconds."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    began = time.perf_counter()
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").lower().split("\r\n")
    length = sum(int(line.partition(":")[2]) for line in lines if line.startswith("content-length:"))
    length = 0 if " 304 " in lines[0] else length
    await reader.readexactly(length)
    took = time.perf_counter() - began
    writer.close()
    return head.decode("latin-1"), len(head) + length, round(took * 1_000_000)


async def hammer(asked: dict[str, object]) -> dict[str, object]:
    port, seconds = int(str(asked["port"])), float(str(asked["seconds"]))
    batch, connections = int(str(asked.get("batch", 8))), int(str(asked.get("connections", 8)))
    request = request_of(asked)
    head, length, took = await first_answer(port, request)
    if not seconds:
        return {"head": head, "length": length, "microseconds": took}
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    made = [
        (
            await loop.create_connection(
                lambda: Connection(request * batch, length * batch), "127.0.0.1", port
            )
        )[1]
        for _ in range(connections)
    ]
    await asyncio.sleep(seconds)
    number, elapsed = sum(one.received for one in made) / length, time.perf_counter() - began
    for one in made:
        one.is_over = True
        one.transport.abort()
    return {"head": head, "length": length, "rate": number / elapsed}


def main() -> None:
    for line in sys.stdin:
        print(json.dumps(asyncio.run(hammer(json.loads(line)))), flush=True)


if __name__ == "__main__":
    main()
