"""Every operation of the OpenAPI document, asked with what the document allows and with what it does not.

With and without each role's token, and with the secret of a mailed link where one is asked for: no answer is a fault
of ours, and none is outside its schema. That each does what it is for: test_every_operation_reached.py.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from typing import Any

import httpx
import hypothesis
import pytest
import schemathesis
from schemathesis import Case as GenericCase
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from summit_service import links, visitor
from tests.clients import BASE_URL, application, bearer
from tests.rights.asking import actions_of
from tests.rights.world import World, make_world

Case = GenericCase[Any]
APP = application()
DOCUMENT = APP.openapi_schema.to_schema()
ADDRESSES = {(action.method, action.path_shown): action.path for action in actions_of(APP)}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = {GenerationMode.POSITIVE: 3, GenerationMode.NEGATIVE: 2}
OPENED = ("contribution", "door", "invitation", "registration", "speaker")
"""Purposes of mailed links that the API takes; of each the first thing that the world has."""


def cases() -> Iterator[Case]:
    """A few requests for each operation, the same each time."""
    for result in schemathesis.openapi.from_dict(DOCUMENT).get_all_operations():
        assert isinstance(result, Ok), result
        operation = result.ok()
        for mode, number in EXAMPLES.items():
            if mode is GenerationMode.NEGATIVE and not can_be_wrong(operation):
                continue
            try:
                yield from drawn(operation.as_strategy(generation_mode=mode), number)
            except hypothesis.errors.Unsatisfiable:
                assert mode is GenerationMode.NEGATIVE, operation.label


def can_be_wrong(operation: schemathesis.schemas.APIOperation[Any, Any, Any, Any]) -> bool:
    """Whether a request can break the document: not where all that is given are words in the address.

    To look for such a request in vain takes longer than to ask all others.
    """
    kinds = {parameter.definition["schema"].get("type") for parameter in operation.path_parameters}
    return bool(operation.body) or bool(operation.query) or not kinds <= {"string"}


def drawn(strategy: hypothesis.strategies.SearchStrategy[Case], number: int) -> list[Case]:
    """So many examples, without a database of old ones and without chance."""
    found: list[Case] = []

    @hypothesis.settings(
        max_examples=number,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(strategy)
    def draw(case: Case) -> None:
        found.append(case)

    draw()
    return found[:number]


@pytest.mark.timeout(600)  # some five thousand requests, each drawn from the document
@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_every_operation_answers_within_its_schema(
    client: httpx.AsyncClient, now: datetime, database_url: str
) -> None:
    world = await make_world(DOCUMENT, now=now)
    secrets = {purpose: await links.issue(purpose, subject="1", now=now) for purpose in OPENED}
    headers = {who: await bearer(actor, now=now) for who, actor in world.actors.items() if actor.is_signed_in}
    asked, wrong = 0, set[str]()

    with kept(database_url) as put_back:
        for number, case in enumerate(cases()):
            put_back()
            visitor.forget_rates()
            address = known_address(case, world, secrets) if number % 2 == 0 else ""
            for who in ("stranger", "wrong", "right", "secretariat"):
                answer = await send(client, case, headers.get(who, {}), address)
                asked += 1
                wrong |= faults_of(case, answer, who)

    assert asked > 2_000
    assert not wrong, "\n".join(sorted(wrong))


@contextmanager
def kept(database_url: str) -> Iterator[Callable[[], None]]:
    """A function that puts the database (of SQLite) back to what it is now."""
    file = database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file)) as live, closing(sqlite3.connect(":memory:")) as copy:
        live.backup(copy)
        yield lambda: copy.backup(live)


def known_address(case: Case, world: World, secrets: Mapping[str, str]) -> str:
    """Of something that exists; with the secret of a link that opens it, where one is asked for."""
    path = ADDRESSES[case.method, case.path]
    for purpose, secret in secrets.items():
        path = path.replace(f"/{purpose}s/{{token:str}}", f"/{purpose}s/{secret}")
    return world.address(path)


async def send(
    client: httpx.AsyncClient, case: Case, headers: dict[str, str], address: str
) -> httpx.Response:
    """The request in this process, about what stands at the address, or about what was drawn."""
    given: dict[str, Any] = case.as_transport_kwargs(base_url=BASE_URL)
    if address:
        given["url"] = BASE_URL + address
    request = httpx.Request(
        given["method"],
        given["url"],
        params=given.get("params"),
        json=given.get("json"),
        content=given.get("data"),
        headers={**plain(given.get("headers") or {}), **headers},
    )
    return await client.send(request)


def plain(headers: Any) -> dict[str, str]:
    """Without what the generator puts in of who asks."""
    return {name: value for name, value in headers.items() if name.lower() != "authorization"}


def faults_of(case: Case, answer: httpx.Response, who: str) -> set[str]:
    """What is wrong with an answer, in one line each."""
    try:
        case.validate_response(answer, checks=CHECKS)
    except FailureGroup as group:
        return {
            f"{case.method} {case.path} as {who}: {answer.status_code} {type(fault).__name__}: "
            f"{str(fault)[:300]!r}; sent {case.body!r:.300} {case.query!r:.100}"
            for fault in group.exceptions
        }
    return set()
