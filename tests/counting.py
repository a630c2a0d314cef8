"""How many statements reach the database while something is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from summit_service import db


class Count:
    """The number of statements so far."""

    number = 0


@contextmanager
def count_queries() -> Iterator[Count]:
    """Counts every query of the bound database, whoever sends it."""
    count = Count()
    engine: Any = db.engine()

    def counting(kept: Any) -> Any:
        async def counted(*args: Any, **kwargs: Any) -> Any:
            count.number += 1
            return await kept(*args, **kwargs)

        return counted

    engine.run_querystring, engine.run_text = counting(engine.run_querystring), counting(engine.run_text)
    try:
        yield count
    finally:
        del engine.run_querystring, engine.run_text
