"""Every operation of the OpenAPI document does what it is for: its own example, asked by one who may, is answered 2xx.

Each is asked of the same world, which is put back before each: what one does is no matter to the next.
"""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import pytest
import schemathesis

from summit_service import visitor
from tests.api.readiness import READY, Asked
from tests.api.test_every_operation import CHECKS, DOCUMENT, kept
from tests.clients import Clock, application, bearer
from tests.rights.asking import Action, actions_of
from tests.rights.world import World, make_world

WHO = ("right", "secretariat", "stranger")
FITTING = {
    '"centre-for-kindness"': '"right"',
    '"hall-of-listening"': '"wrong"',
    "2028-09-11": "2026-09-14",
    '"2028-': '"2026-',
}
"""What the examples of the document are called in the world that is asked."""
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)


@pytest.mark.timeout(300)  # some four hundred requests
@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_every_example_is_answered_by_who_may(
    client: httpx.AsyncClient, clock: Clock, database_url: str
) -> None:
    began = clock.now
    world = await make_world(DOCUMENT, now=began)
    refused: dict[str, list[str]] = {}

    with kept(database_url) as put_back:
        for action in actions_of(application(clock)):
            if not action.is_api:
                continue
            said = []
            for who in WHO:
                put_back()
                clock.now = began
                answer = await ask(client, action, who, world, clock)
                faults = faults_of(action, answer)
                said.append(f"{who}: {faults or answer.status_code} {answer.text[:300]}")
                if answer.is_success and not faults:
                    break
            else:
                refused[key_of(action)] = said

    assert set(READY) <= {key_of(action) for action in actions_of(application(clock))}
    assert not refused, "\n".join(f"{key}: {said}" for key, said in refused.items())


def test_every_body_has_an_example() -> None:
    bodies = {
        key_of(action): DOCUMENT["paths"][action.path_shown][action.method.lower()].get("requestBody")
        for action in actions_of(application())
        if action.is_api
    }

    assert [key for key, body in bodies.items() if body and "example" not in json.dumps(body)] == [], (
        "Write one into summit_service/api/examples.py."
    )


async def ask(
    client: httpx.AsyncClient, action: Action, who: str, world: World, clock: Clock
) -> httpx.Response:
    asked = Asked(client, world, clock)
    if key_of(action) in READY:
        await READY[key_of(action)](asked)
    visitor.forget_rates()
    actor = world.actors[who]
    headers = await bearer(actor, now=clock.now) if actor.is_signed_in else {}
    body = example_of(action)
    return await client.request(
        action.method,
        f"/api/v1{asked.address}" if asked.address else world.address(action.path, who),
        headers=headers,
        json=body | asked.body if isinstance(body, dict) else body,
    )


def key_of(action: Action) -> str:
    return action.key.replace(" /api/v1", " ")


def example_of(action: Action) -> Any:
    """What the document shows beside the body, in the words of this world; None where it takes none."""
    operation = DOCUMENT["paths"].get(action.path_shown, {}).get(action.method.lower(), {})
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return None
    text = json.dumps(content["example"] if "example" in content else content["schema"]["examples"][0])
    for name, fitting in FITTING.items():
        text = text.replace(name, fitting)
    return json.loads(text)


def faults_of(action: Action, answer: httpx.Response) -> list[str]:
    """What is outside the document."""
    if action.path_shown not in DOCUMENT["paths"]:
        return []
    parts = dict.fromkeys(re.findall(r"{(\w+)}", action.path_shown), "1")
    case = SCHEMA[action.path_shown][action.method].Case(path_parameters=parts)
    try:
        case.validate_response(answer, checks=CHECKS)
    except schemathesis.core.failures.FailureGroup as group:
        return [f"{type(fault).__name__} {str(fault)[:200]}" for fault in group.exceptions]
    return []
