"""The server that feeds are measured beside: an ASGI application that answers with constant bytes, nothing else.

`/304` is an empty 304, any other address the file that SUMMIT_BENCH_FILE names.
"""

from __future__ import annotations

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
    known = {f"/{one.name}": one.read_bytes() for one in folder.iterdir()}
    starts = {
        name: {
            "type": "http.response.start",
            "status": 200,
            "headers": [KIND, (b"content-length", str(len(body)).encode())],
        }
        for name, body in known.items()
    }
    bodies = {
        name: {"type": "http.response.body", "body": body, "more_body": False} for name, body in known.items()
    }
    unchanged = {"type": "http.response.start", "status": 304, "headers": [(b"etag", b'"constant"')]}
    empty = {"type": "http.response.body", "body": b"", "more_body": False}

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return
        path = scope["path"]
        await send(starts.get(path, unchanged))
        await send(bodies.get(path, empty))

    return answer


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
