"""What waits for somebody, as every domain tells it to the desk: each a sentence with its button."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

FAR = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of the waiting list: what is the matter, where it is done, and what the button says.

    Urgency 0 comes first; of the same urgency, what has waited longest (`since`, where that is known). `count` is
    how many things the line stands for. `which` tells lines with the same page and button apart, and stands for
    the button where that changes while the line waits. `matter` is what is another on a line that goes on waiting, such
    as one more answer.
    """

    urgency: int
    sentence: str
    url: str
    button: str
    since: datetime | None = None
    count: int = 1
    which: str = ""
    matter: str = ""
    is_rest: bool = False
    """Whether it stands for those that are not told each by itself (`with_rest`)."""
    source: str = ""
    """Which domain tells it, on the desk's list."""

    @property
    def mark(self) -> str:
        """Of the line and its matter: whoever was told of this one knows of it."""
        return f"{self.key} {self.matter}".strip()

    @property
    def key(self) -> str:
        """What stays the same while the line waits, whatever its sentence says by then: 20 hexadecimal digits."""
        told = f"{self.url.partition('#')[0]} {self.which or self.button}"
        return hashlib.sha256(told.encode()).hexdigest()[:20]


def by_urgency(found: Sequence[Waiting]) -> list[Waiting]:
    """The most urgent first, then the longest waiting, then as they were told."""
    return sorted(found, key=lambda item: (item.urgency, item.since or FAR))


def headline(found: Sequence[Waiting]) -> str:
    """How many lines wait and how many of them are urgent, as a sentence that agrees with the list below it."""
    if not found:
        return "Nothing waits for you."
    urgent = sum(item.urgency == 0 for item in found)
    if len(found) == 1:
        return "1 urgent task waits for you." if urgent else "1 task waits for you."
    return f"{len(found)} tasks wait for you, the most urgent first" + (
        f": {urgent} of them urgent." if urgent else "."
    )


def with_rest(found: Sequence[Waiting], count: int, *, rest: Callable[[int], Waiting]) -> list[Waiting]:
    """What was read of `count` things, and `rest` told how many more there are, where there are more."""
    left = count - len(found)
    return [*found, replace(rest(left), is_rest=True)] if left > 0 else list(found)


def at_most(found: Sequence[Waiting], most: int, *, rest: Callable[[int], Waiting]) -> list[Waiting]:
    """The first ones, and `rest` told how many more there are, where there are more."""
    return with_rest(found[:most], len(found), rest=rest)
