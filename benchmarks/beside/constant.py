"""The server that feeds are measured beside: an ASGI application that answers with constant bytes, nothing else.

In the folder that SUMMIT_BENCH_FOLDER names lie the body and the headers. `/feed` has the headers that ours sends too,
`/feed/bare` two; `/none` and `/none/bare` are the same for an empty 304.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from granian import Granian
from granian.constants import Interfaces

KIND = (b"content-type", b"text/calendar; charset=utf-8")


def application() -> Any:
    """What granian runs."""
    folder = Path(os.environ["SUMMIT_BENCH_FOLDER"])
    heads = json.loads((folder / "heads.json").read_text())
    body = (folder / "feed").read_bytes()
    length = (b"content-length", str(len(body)).encode())
    full = {"type": "http.response.body", "body": body, "more_body": False}
    empty = {**full, "body": b""}
    answers = {
        "/feed": (start(200, encoded(heads["feed"])), full),
        "/feed/bare": (start(200, [KIND, length]), full),
        "/none": (start(304, encoded(heads["none"])), empty),
    }
    unchanged = (start(304, [(b"etag", b'"constant"')]), empty)

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return
        begun, rest = answers.get(scope["path"], unchanged)
        await send(begun)
        await send(rest)

    return answer


def start(status: int, headers: list[tuple[bytes, bytes]]) -> dict[str, Any]:
    """How an answer begins."""
    return {"type": "http.response.start", "status": status, "headers": headers}


def encoded(pairs: list[list[str]]) -> list[tuple[bytes, bytes]]:
    """Headers as ASGI has them."""
    return [(name.encode(), value.encode()) for name, value in pairs]


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    Granian(
        "constant:application",
        factory=True,
        address="127.0.0.1",
        port=int(sys.argv[1]),
        workers=1,
        interface=Interfaces.ASGI,
        log_access=False,
    ).serve()
