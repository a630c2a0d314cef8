"""Made-up people of the demo: nobody real signs or registers here."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle

FIRST = (
    "Ada", "Bo", "Chidi", "Dana", "Eda", "Farid", "Gwen", "Hana", "Ife", "Jun", "Kofi", "Lena", "Mira", "Noor",
    "Oskar", "Priya", "Quinn", "Rosa", "Sami", "Tove", "Uma", "Vera", "Wen", "Ximena", "Yara", "Zoltan",
)  # fmt: skip
LAST = ("Example", "Sample", "Placeholder", "Specimen", "Muster", "Ejemplo", "Exemple", "Esempio")
PLACES = ("Example Hospital", "Sample University", "Placeholder Hospice", "Specimen Health Trust", "")


def names(count: int, *, start: int = 0) -> Iterator[str]:
    """So many different made-up names; beyond 208 a number is added."""
    for number in range(start, start + count):
        first, last = FIRST[number % len(FIRST)], LAST[(number // len(FIRST)) % len(LAST)]
        turn = number // (len(FIRST) * len(LAST))
        yield f"{first} {last}" + (f" {turn + 1}" if turn else "")


def workplaces() -> Iterator[str]:
    """Made-up places of work, again and again; some people give none."""
    return cycle(PLACES)


def address_of(name: str) -> str:
    """A made-up address, which no mail server will ever see."""
    return name.lower().replace(" ", ".") + "@people.example"
