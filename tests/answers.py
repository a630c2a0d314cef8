"""Every answer of the API in its tests is held against its OpenAPI document: its status, its type, its body."""

from __future__ import annotations

import re
from typing import Any

import httpx
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

FACE = "/api/v1/"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
OF_NO_OPERATION = (405, 503)
"""What is said where the document has nothing: an address that does not take that method; a database that is down."""


class Document:
    """The OpenAPI document as schemathesis reads it."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self.schema = schemathesis.openapi.from_dict(raw)
        # Words go before parameters, as in the routes.
        paths = sorted(raw["paths"], key=lambda path: path.replace("{", "~"))
        self.paths = [(re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)), path) for path in paths]

    async def check(self, answer: httpx.Response) -> None:
        """Fails the test that gets an answer of the API which the document does not know."""
        path, method = answer.request.url.path, answer.request.method
        if not path.startswith(FACE) or answer.status_code in OF_NO_OPERATION:
            return
        for pattern, known in self.paths:
            found = pattern.fullmatch(path)
            if found is not None and method in self.schema[known]:
                await answer.aread()
                case = self.schema[known][method].Case(path_parameters=found.groupdict())
                case.validate_response(answer, checks=CHECKS)
                return
