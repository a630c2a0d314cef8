"""What changed inside a paragraph, word by word: runs that were kept, removed or added. Pure functions."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import Indel, LCSseq

from summit_service.statements import words

KEPT, REMOVED, ADDED = "kept", "removed", "added"
MOST_WORK = 400_000_000
"""Words of one text times words of the other; beyond it nobody looks for what was kept (a third of a second)."""


@dataclass(frozen=True, slots=True)
class Run:
    """Words in a row of one kind: kept, removed or added."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class _Step:
    """What stood between two places, and what stands there now; the same where it was kept."""

    old: str
    new: str

    @property
    def is_kept(self) -> bool:
        return self.old == self.new

    def __add__(self, other: _Step) -> _Step:
        return _Step(self.old + other.old, self.new + other.new)


def between(old: str, new: str) -> tuple[Run, ...]:
    """How the one becomes the other; joining all but the removed runs gives `new`, all but the added ones `old`."""
    return tuple(_runs(_readable(_steps(words.cut(old), words.cut(new)))))


def said(text: str) -> list[str]:
    """Its words alone, without blanks and marks."""
    return [piece for piece in words.cut(text) if words.is_word(piece)]


@lru_cache(maxsize=4096)
def letters(text: str) -> str:
    """A letter for each word, the same for the same word, so that two texts are held against each other fast.

    That two words in a million share a letter makes a paragraph a hair more alike than it is, and nothing else.
    """
    return "".join(chr(zlib.crc32(word.casefold().encode()) % 0x110000) for word in said(text))


def likeness(old: str, new: str, *, least: float) -> float:
    """From 0 to 1, how many words of two texts are common and in the same order; 0 when it is below `least`."""
    left, right = letters(old), letters(new)
    if not left or not right or len(left) * len(right) > MOST_WORK:
        return 0.0
    return float(Indel.normalized_similarity(left, right, score_cutoff=least))


def _steps(old: list[str], new: list[str]) -> Iterator[_Step]:
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    yield _Step("".join(old[:head]), "".join(new[:head]))
    inner_old, inner_new = old[head : len(old) - tail], new[head : len(new) - tail]
    if len(inner_old) * len(inner_new) > MOST_WORK:
        yield _Step("".join(inner_old), "".join(inner_new))
    else:
        for step in LCSseq.opcodes(inner_old, inner_new):
            yield _Step(
                "".join(inner_old[step.src_start : step.src_end]),
                "".join(inner_new[step.dest_start : step.dest_end]),
            )
    yield _Step("".join(old[len(old) - tail :]), "".join(new[len(new) - tail :]))


def _common(old: list[str], new: list[str]) -> int:
    pairs = zip(old, new, strict=False)
    return next((n for n, (left, right) in enumerate(pairs) if left != right), min(len(old), len(new)))


def _readable(steps: Iterator[_Step]) -> list[_Step]:
    """Neighbours joined, and what was kept by chance between two larger changes taken into them.

    A stray “the” between two rewritten halves of a sentence would only make the reader stumble.
    """
    found: list[_Step] = []
    for step in steps:
        if not step.old and not step.new:
            continue
        if found and found[-1].is_kept == step.is_kept:
            found[-1] += step
        else:
            found.append(step)
        while len(found) > 2 and not step.is_kept and _is_chance(*found[-3:]):
            last, kept, first = found.pop(), found.pop(), found.pop()
            found.append(first + kept + last)
    return found


def _is_chance(before: _Step, kept: _Step, after: _Step) -> bool:
    if not kept.is_kept or before.is_kept or after.is_kept:
        return False
    if not words.is_word(kept.old):
        return "\n" not in kept.old
    length = len(kept.old)
    return all(length <= max(len(step.old), len(step.new)) for step in (before, after)) and length < 12


def _runs(steps: list[_Step]) -> Iterator[Run]:
    for step in steps:
        if step.is_kept:
            yield Run(KEPT, step.old)
            continue
        if step.old:
            yield Run(REMOVED, step.old)
        if step.new:
            yield Run(ADDED, step.new)
