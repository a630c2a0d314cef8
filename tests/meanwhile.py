"""Something that is begun by another process while this one is in the midst of a transaction."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
LONG_ENOUGH = 0.3
"""Seconds in which what is held up by nothing has long been done; what waits for a lock waits on."""


async def begun_meanwhile(work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """The work, begun outside the transaction of the caller, once it is done or waits for what the caller holds.

    Were it slower than that, a test would pass that should fail; it never fails where it should pass.
    """
    task = asyncio.create_task(work, context=contextvars.Context())
    await asyncio.wait({task}, timeout=LONG_ENOUGH)
    return task
