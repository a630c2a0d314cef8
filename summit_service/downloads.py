"""What goes with a file that somebody sent us and we hand out: it is saved, and runs nowhere on our host."""

from __future__ import annotations

HANDED_OUT = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}
"""Whatever is in the file, no browser runs it as a part of our site; whether one may read it is asked each time."""


def headers(name: str, digest: str) -> dict[str, str]:
    """For the file with this name of our making (ASCII) and the digest of its bytes."""
    return {
        **HANDED_OUT,
        "ETag": f'"{digest}"',
        "Content-Disposition": f'attachment; filename="{name}"',
    }


def is_known(tags: str, digest: str) -> bool:
    """Whether If-None-Match names these bytes, so that they need not go out again."""
    return f'"{digest}"' in {part.strip().removeprefix("W/") for part in tags.split(",")}
