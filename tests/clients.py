"""HTTP clients for tests: the whole application with its edge, a frozen clock, and a way to be signed in."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from litestar import Litestar

from summit_service import edge, settings, tokens, visitor
from summit_service.accounts import queries as accounts
from summit_service.accounts.actor import Actor
from summit_service.accounts.tables import ApiToken, Login
from summit_service.app import create_app, settle
from summit_service.web.session import cookie_name, csrf_of
from tests import answers

BASE_URL = "http://127.0.0.1:8000"


class Clock:
    """The time that the application sees; tests move it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **step: float) -> datetime:
        """Let time pass, in the words of `timedelta`."""
        self.now += timedelta(**step)
        return self.now


@pytest.fixture(autouse=True)
def service_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Settings of this test alone: nothing of the machine's environment, files in a folder of the test's."""
    for name in [
        name for name in os.environ if name.startswith("SUMMIT_") and not name.startswith("SUMMIT_TEST_")
    ]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SUMMIT_VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("SUMMIT_BASE_URL", BASE_URL)
    settings.forget()
    visitor.forget_rates()
    yield
    settings.forget()
    structlog.reset_defaults()


@pytest.fixture
def clock(now: datetime) -> Clock:
    """The application's clock, at `now`."""
    return Clock(now)


@pytest.fixture
async def client(database: object, clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    """A visitor who is not signed in."""
    async with new_client(clock) as made:
        yield made


def new_client(clock: Clock) -> httpx.AsyncClient:
    """Another visitor with cookies of their own; close it, or use it in `async with`.

    All of a test's visitors see the clock that was given last.
    """
    made = _application()
    made.clock = clock
    hooks: dict[str, list[Any]] = {"response": [_within_document]}
    return httpx.AsyncClient(transport=made.transport, base_url=BASE_URL, event_hooks=hooks)


def application(clock: Clock | None = None) -> Litestar:
    """The application without its edge; all that is asked of it from now on happens at this clock's time."""
    made = _application()
    made.clock = clock or made.clock
    return made.bare


class _Application:
    """The one application of this process: it holds nothing of a test's, and takes longer to make than most tests."""

    def __init__(self) -> None:
        self.clock: Clock | None = None
        self.bare = create_app(clock=self.read)
        settle()
        self.transport = httpx.ASGITransport(app=edge.wrap(self.bare, clock=self.seconds))  # type: ignore[arg-type]

    def seconds(self) -> float:
        return self.read().timestamp()

    def read(self) -> datetime:
        assert self.clock is not None
        return self.clock()


async def _within_document(answer: httpx.Response) -> None:
    """Whatever a test asks the API for; the walks over its document and routes would take long."""
    is_walk = "test_every_" in os.environ.get("PYTEST_CURRENT_TEST", "")
    if not is_walk and answer.request.url.path.startswith(answers.FACE):
        await _document().check(answer)


@cache
def _document() -> answers.Document:
    return answers.Document(_application().bare.openapi_schema.to_schema())


@cache
def _application() -> _Application:
    return _Application()


async def sign_in(client: httpx.AsyncClient, actor: Actor, *, now: datetime) -> str:
    """Sign the actor in with this client; returns the form secret that its POSTs need in the field `csrf`."""
    token = tokens.mint()
    await Login.insert(
        Login(
            person=actor.person_id,
            token_hash=tokens.fingerprint(accounts.LOGIN, token),
            created_at=now,
            expires_at=now + timedelta(days=3650),
        )
    )
    client.cookies.set(cookie_name(), token)
    return csrf_of(token)


async def bearer(actor: Actor, *, now: datetime) -> dict[str, str]:
    """Headers of an API request that acts for this person."""
    token = tokens.mint()
    await ApiToken.insert(
        ApiToken(
            person=actor.person_id,
            name="test",
            token_hash=tokens.fingerprint(accounts.API_TOKEN, token),
            created_at=now,
        )
    )
    return {"Authorization": f"Bearer {token}"}
