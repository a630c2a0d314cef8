"""A refusal as problem+json (RFC 9457), with a JSON pointer (RFC 6901) for each fault."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec
from litestar import Response
from litestar.openapi.datastructures import ResponseSpec

from summit_service.errors import Fault, Invalid, SummitError, TooMany


class Place(msgspec.Struct):
    """One fault of the input: where it is and what is wrong."""

    pointer: str
    detail: str


class Problem(msgspec.Struct, omit_defaults=True):
    """The body of every refusal; `code` is for programs, `detail` for people."""

    title: str
    status: int
    detail: str
    code: str
    type: str = "about:blank"
    errors: list[Place] = []


TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    410: "Gone",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
REFUSALS = {
    status: ResponseSpec(
        Problem, generate_examples=False, description=words, media_type="application/problem+json"
    )
    for status, words in TITLES.items()
    if status not in {405, 500}
}
"""What each operation of the OpenAPI document may be refused with."""
_NAMED_FIELD = re.compile(r"Object (?:contains unknown|missing required) field `([^`]+)`")


def documented(handlers: Iterable[Any]) -> list[Any]:
    """The handlers, each telling the OpenAPI document what it may be refused with."""
    found = list(handlers)
    for handler in found:
        handler.responses = {**REFUSALS, **(handler.responses or {})}
    return found


def misread(key: str, message: str) -> Fault:
    """What the framework found in a body or a query: where, in our words for places, and what.

    It calls the whole body `data`; a field that is missing or unknown is named in its message alone.
    """
    parts = [part for part in key.split(".") if part and part != "data"]
    named = _NAMED_FIELD.search(message)
    return Fault("/".join([*parts, named[1]] if named else parts), message)


def problem(fault: SummitError, status: int) -> Response[bytes]:
    """The answer for a refusal."""
    errors = (
        [Place(_pointer(f.field), f.sentence) for f in fault.faults] if isinstance(fault, Invalid) else []
    )
    body = Problem(TITLES.get(status, "Error"), status, fault.sentence, fault.code, errors=errors)
    headers = {"Cache-Control": "no-store"}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(fault, TooMany):
        headers["Retry-After"] = str(fault.retry_after)
    if status == 503:
        headers["Retry-After"] = "30"
    return Response(
        msgspec.json.encode(body), status_code=status, media_type="application/problem+json", headers=headers
    )


def _pointer(field: str) -> str:
    parts = (part.replace("~", "~0") for part in field.split("/"))
    return "/" + "/".join(parts) if field else ""
