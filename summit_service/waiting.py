"""What waits for somebody, as every domain tells it to the desk: each a sentence with its button."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

FAR = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the waiting list: what is the matter, where it is done, and what the button says.

    Urgency 0 comes first; of the same urgency, what has waited longest (`since`, where that is known). `count` is
    how many things the line stands for.
    """

    urgency: int
    sentence: str
    url: str
    button: str
    since: datetime | None = None
    count: int = 1


def by_urgency(found: Sequence[Waiting]) -> list[Waiting]:
    """The most urgent first, then the longest waiting, then as they were told."""
    return sorted(found, key=lambda item: (item.urgency, item.since or FAR))


def with_rest(found: Sequence[Waiting], count: int, *, rest: Callable[[int], Waiting]) -> list[Waiting]:
    """What was read of `count` things, and `rest` told how many more there are, where there are more."""
    left = count - len(found)
    return [*found, rest(left)] if left > 0 else list(found)


def at_most(found: Sequence[Waiting], most: int, *, rest: Callable[[int], Waiting]) -> list[Waiting]:
    """The first ones, and `rest` told how many more there are, where there are more."""
    return with_rest(found[:most], len(found), rest=rest)
