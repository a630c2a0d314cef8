"""Asking every route of the running application as each of the five, and what the answer means."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from inspect import cleandoc, signature
from typing import Any

import httpx
from litestar import Litestar
from litestar.routes import HTTPRoute

from summit_service.members.tables import Organisation
from tests.clients import bearer, sign_in
from tests.rights.world import World, sample


@dataclass(frozen=True, slots=True)
class Action:
    """One method of one route: its key in the table, what it says of itself, and how it knows who asks."""

    method: str
    path: str
    words: str
    asks_who: bool

    @property
    def key(self) -> str:
        """As its row is called: `POST /events/{slug}/edit`."""
        return f"{self.method} {self.path_shown}"

    @property
    def path_shown(self) -> str:
        """The path without the kinds of its parameters."""
        return re.sub(r":(str|int|path)}", "}", self.path)

    @property
    def is_api(self) -> bool:
        return self.path.startswith("/api/v1/")

    @property
    def is_form(self) -> bool:
        return self.method == "POST" and not self.path.startswith("/api/")


def actions_of(app: Litestar) -> list[Action]:
    """Every method of every route, what reads before what writes, what deletes last."""
    found = [
        Action(str(method), route.path, _words(handler.fn), "actor" in signature(handler.fn).parameters)
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in handler.http_methods - {"OPTIONS", "HEAD"}
    ]
    return sorted(
        found,
        key=lambda action: (
            action.method != "GET",
            action.method == "DELETE",
            action.path.replace("{", " "),
            action.method,
        ),
    )


def _words(handler: Callable[..., Any]) -> str:
    return cleandoc(handler.__doc__ or "").split("\n\n")[0].replace("\n", " ").replace("|", "/")


async def ask(client: httpx.AsyncClient, action: Action, who: str, world: World, *, now: datetime) -> str:
    """What this one gets: `yes`, `no`, `sign in` or `hidden`; anything else is the answer's status."""
    if who == "former":
        async with left_network("right"):
            return await _ask(client, action, who, world, now=now)
    return await _ask(client, action, who, world, now=now)


@asynccontextmanager
async def left_network(slug: str) -> AsyncIterator[None]:
    """The organisation is a former member meanwhile."""
    standing = Organisation.standing
    await Organisation.update({standing: "former"}).where(Organisation.slug == slug)
    try:
        yield
    finally:
        await Organisation.update({standing: "member"}).where(Organisation.slug == slug)


async def _ask(client: httpx.AsyncClient, action: Action, who: str, world: World, *, now: datetime) -> str:
    actor = world.actors[who]
    client.cookies.clear()
    headers = {}
    if actor.is_signed_in and action.is_api:
        headers = await bearer(actor, now=now)
    elif actor.is_signed_in:
        headers = {"X-CSRF-Token": await sign_in(client, actor, now=now)}
    body = _body(world.schema, action) if action.is_api and action.method != "GET" else None
    answer = await client.request(action.method, world.address(action.path, who), headers=headers, json=body)
    return meaning(answer, is_read=action.method == "GET")


def _body(schema: dict[str, Any], action: Action) -> Any:
    operation = schema["paths"][action.path_shown][action.method.lower()]
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return sample(schema, content.get("schema", {}))


def meaning(answer: httpx.Response, *, is_read: bool) -> str:
    """An answer in the words of the table; a fault in what was typed, or in its time, is no refusal.

    Where nothing is typed, only what is shown is a yes.
    """
    status = answer.status_code
    if status == 401 or (status == 303 and answer.headers["Location"].startswith("/sign-in?next=")):
        return "sign in"
    if status in {403, 404}:
        return {403: "no", 404: "hidden"}[status]
    return "yes" if status < 400 or (not is_read and status in {409, 410, 422}) else str(status)
