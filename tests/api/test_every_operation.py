"""Every operation of the OpenAPI document, asked with what the document allows and with what it does not.

With and without each role's token: no answer is a fault of ours, and none is outside its schema.
"""

from __future__ import annotations

from collections.abc import Iterator
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

from summit_service import visitor
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


@pytest.mark.timeout(300)  # some two thousand requests, each drawn from the document
@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_every_operation_answers_within_its_schema(client: httpx.AsyncClient, now: datetime) -> None:
    world = await make_world(DOCUMENT, now=now)
    asked, wrong = 0, set[str]()

    for number, case in enumerate(cases()):
        visitor.forget_rates()
        for who in ("stranger", "right", "secretariat"):
            headers = await bearer(world.actors[who], now=now) if who != "stranger" else {}
            answer = await send(client, case, world, headers, is_known_thing=number % 2 == 0)
            asked += 1
            wrong |= faults_of(case, answer, who)

    assert asked > 500
    assert not wrong, "\n".join(sorted(wrong))


async def send(
    client: httpx.AsyncClient, case: Case, world: World, headers: dict[str, str], *, is_known_thing: bool
) -> httpx.Response:
    """The request in this process; every second one is about something that exists."""
    given: dict[str, Any] = case.as_transport_kwargs(base_url=BASE_URL)
    if is_known_thing:
        given["url"] = BASE_URL + world.address(ADDRESSES[case.method, case.path])
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
