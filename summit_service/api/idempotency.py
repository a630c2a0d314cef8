"""`Idempotency-Key` on POST: the second request with a key gets the answer of the first."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

from litestar.datastructures import Headers
from litestar.enums import HttpMethod, ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from summit_service import idempotency, tokens
from summit_service.errors import Invalid

LONGEST_KEY = 200
LARGEST_BODY = 2_000_000


def honour(app: ASGIApp) -> ASGIApp:
    """The middleware around every resource."""

    async def middleware(scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope["headers"])
        key = headers.get("Idempotency-Key", "")
        if scope["type"] != ScopeType.HTTP or scope["method"] != HttpMethod.POST or not key:
            await app(scope, receive, send)
            return
        if len(key) > LONGEST_KEY:
            raise Invalid.one("", f"An Idempotency-Key has at most {LONGEST_KEY} characters.")
        body = await _whole_body(receive)
        # what is kept has to be text, so nobody is to compress it
        scope["headers"] = [pair for pair in scope["headers"] if pair[0].lower() != b"accept-encoding"]
        await _once(app, scope, send, body, _key_hash(scope, headers, key))

    return middleware


async def _once(app: ASGIApp, scope: Scope, send: Send, body: bytes, key_hash: str) -> None:
    request_hash = hashlib.sha256(body).hexdigest()
    kept = await idempotency.begin(key_hash, request_hash, now=datetime.now(UTC))
    if kept is not None:
        await _replay(send, kept)
        return
    answer = _Answer()
    try:
        await app(scope, _replayed(body), answer.keep)
    finally:
        await answer.settle(key_hash)
    for message in answer.messages:
        await send(message)


class _Answer:
    """Holds the answer back until it is kept: who has read it may repeat the request at once."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.status = 500
        self.content_type = ""
        self.body = b""

    async def keep(self, message: Message) -> None:
        self.messages.append(message)
        if message["type"] == "http.response.start":
            self.status = message["status"]
            found = {name.lower(): value for name, value in message["headers"]}
            self.content_type = found.get(b"content-type", b"").decode("latin-1")
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")

    async def settle(self, key_hash: str) -> None:
        """Keep what took effect; a refusal may be tried again with the same key."""
        if 200 <= self.status < 300:
            await idempotency.finish(
                key_hash, status=self.status, content_type=self.content_type, body=self.body.decode()
            )
        elif self.status < 500:
            await idempotency.forget(key_hash)


def _key_hash(scope: Scope, headers: Headers, key: str) -> str:
    whom = hashlib.sha256(headers.get("Authorization", "").encode()).hexdigest()
    return tokens.fingerprint("idempotency", "\x00".join((scope["path"], whom, key)))


async def _whole_body(receive: Receive) -> bytes:
    chunks, size = [], 0
    while True:
        message: Any = await receive()
        if message["type"] == "http.disconnect":
            raise Invalid.one("", "The request broke off before its end.")
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > LARGEST_BODY:
            raise Invalid.one("", "What was sent is larger than we take (2 MB).")
        chunks.append(chunk)
        if not message.get("more_body"):
            return b"".join(chunks)


def _replayed(body: bytes) -> Receive:
    async def receive() -> Any:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _replay(send: Send, kept: idempotency.KeptAnswer) -> None:
    headers = [(b"content-type", kept.content_type.encode("latin-1")), (b"idempotency-replayed", b"true")]
    start: Any = {"type": "http.response.start", "status": kept.status, "headers": headers}
    last: Any = {"type": "http.response.body", "body": kept.body.encode(), "more_body": False}
    await send(start)
    await send(last)
