"""What changed between two versions of a text: paragraphs kept, changed, added, removed and moved. Pure functions.

`compare` is all that others need; `redline_words` says the same in words for mails.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby

from rapidfuzz.distance import LCSseq

from summit_service.statements import paragraphs, rules, word_changes
from summit_service.statements.word_changes import ADDED, KEPT, REMOVED, Run

CHANGED, MOVED, LEFT = "changed", "moved", "left"
ALIKE, ALIKE_MOVED = 0.5, 0.75
"""Two paragraphs with so much in common are one that was changed; of one that was moved, more is asked."""
LEAST_MOVED = 4
"""Words; shorter ones are alike by chance."""
MOST_LINES = 2 * rules.MOST_LINES
MOST_PAIRS = 40_000
"""Paragraphs of one text times those of the other that are held against each other."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A paragraph in a redline: kept, changed, added, removed, moved (where it is now) or left (where it was).

    `old_n` and `new_n` are its numbers; None for a heading, and where it is not. Where `is_heading` is true no number
    is missing. `runs` has its words.
    """

    kind: str
    old_n: int | None
    new_n: int | None
    runs: tuple[Run, ...]
    is_heading: bool = False


@dataclass(frozen=True, slots=True)
class _Line:
    """A block as it is compared: a paragraph's line ends say nothing, those of a list do."""

    n: int | None
    text: str


@dataclass(frozen=True, slots=True)
class _Hunk:
    """Paragraphs that stand between two places, before and after."""

    old: list[_Line]
    new: list[_Line]
    is_same: bool = False


_NOTHING = _Line(None, "")


@lru_cache(maxsize=32)
def compare(old: str, new: str) -> tuple[Piece, ...]:
    """How the canonical text `old` becomes `new`, in the new one's order; for 20 pages some 50 ms.

    What was removed stands where it was. The time is bounded for any two texts that a version can have: where that
    would take too long, paragraphs are told as removed and added. Versions never change, so answers are remembered.
    """
    if max(old.count("\n"), new.count("\n")) > MOST_LINES:
        return _whole(old, new) if old != new else ()
    before, after = _lines(old), _lines(new)
    pieces: list[Piece] = []
    for hunk in _hunks(before, after):
        if hunk.is_same:
            pieces += [_piece(KEPT, left, right) for left, right in zip(hunk.old, hunk.new, strict=True)]
        else:
            pieces += _aligned(hunk)
    return tuple(_with_moves(pieces))


def is_same(pieces: Sequence[Piece]) -> bool:
    """Whether no word was changed."""
    return all(piece.kind == KEPT for piece in pieces)


def folded(pieces: Sequence[Piece]) -> list[tuple[bool, list[Piece]]]:
    """In groups, (whether it was kept, pieces), so that what was kept can be folded away."""
    return [(kept, list(group)) for kept, group in groupby(pieces, key=lambda piece: piece.kind == KEPT)]


def _lines(canonical: str) -> list[_Line]:
    return [
        _Line(block.n, "\n\n".join(_flowing(part) for part in block.parts))
        for block in paragraphs.blocks(canonical)
    ]


def _whole(old: str, new: str) -> tuple[Piece, ...]:
    """One text out and one text in, where finding their paragraphs would take too long."""
    return tuple(
        _piece(*side) for side in ((REMOVED, _Line(None, old), None), (ADDED, None, _Line(None, new)))
    )


def _flowing(part: paragraphs.Part) -> str:
    """A paragraph without the line ends that its writer's editor made; those meant as such (`\\`) stay."""
    if part.kind != "paragraph_open":
        return part.markdown.rstrip("\n")
    return "\n".join(" ".join(line.split()) for line in part.markdown.split("\\\n"))


def _hunks(before: list[_Line], after: list[_Line]) -> list[_Hunk]:
    old, new = [line.text for line in before], [line.text for line in after]
    if len(old) * len(new) > word_changes.MOST_WORK:
        return [_Hunk(before, after)]
    found: list[_Hunk] = []
    for step in LCSseq.opcodes(old, new):
        hunk = _Hunk(
            before[step.src_start : step.src_end],
            after[step.dest_start : step.dest_end],
            is_same=step.tag == "equal",
        )
        if found and not hunk.is_same and not found[-1].is_same:
            hunk = _Hunk(found[-1].old + hunk.old, found.pop().new + hunk.new)
        found.append(hunk)
    return found


def _aligned(hunk: _Hunk) -> list[Piece]:
    """Its paragraphs side by side where they are alike, in order; the rest removed or added."""
    pieces: list[Piece] = []
    left = right = 0
    for i, j in [*_partners(hunk), (len(hunk.old), len(hunk.new))]:
        pieces += [_piece(REMOVED, line, None) for line in hunk.old[left:i]]
        pieces += [_piece(ADDED, None, line) for line in hunk.new[right:j]]
        if i < len(hunk.old):
            pieces.append(_piece(CHANGED, hunk.old[i], hunk.new[j]))
        left, right = i + 1, j + 1
    return pieces


def _partners(hunk: _Hunk) -> list[tuple[int, int]]:
    """The pairs, ascending in both, that have most in common together (dynamic programming)."""
    if len(hunk.old) * len(hunk.new) > MOST_PAIRS:
        return []
    best = [[0.0] * (len(hunk.new) + 1) for _ in range(len(hunk.old) + 1)]
    for i in range(len(hunk.old) - 1, -1, -1):
        for j in range(len(hunk.new) - 1, -1, -1):
            paired = _likeness(hunk.old[i], hunk.new[j]) + best[i + 1][j + 1]
            best[i][j] = max(best[i + 1][j], best[i][j + 1], paired)
    pairs, i, j = [], 0, 0
    while i < len(hunk.old) and j < len(hunk.new):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            pairs.append((i, j))
            i, j = i + 1, j + 1
    return pairs


def _likeness(old: _Line, new: _Line) -> float:
    if (old.n is None) != (new.n is None):
        return 0.0
    return word_changes.likeness(old.text, new.text, least=ALIKE)


def _piece(kind: str, old: _Line | None, new: _Line | None) -> Piece:
    before, after = old.text if old else "", new.text if new else ""
    whole = {KEPT: after, REMOVED: before, ADDED: after}
    runs = (Run(kind, whole[kind]),) if kind in whole else word_changes.between(before, after)
    return Piece(
        kind,
        old.n if old else None,
        new.n if new else None,
        runs,
        is_heading=(new or old or _NOTHING).n is None,
    )


def _with_moves(pieces: list[Piece]) -> list[Piece]:
    """What was removed in one place and added in another, alike, was moved."""
    removed = [n for n, piece in enumerate(pieces) if piece.kind == REMOVED and _is_long(piece)]
    added = [n for n, piece in enumerate(pieces) if piece.kind == ADDED and _is_long(piece)]
    if len(removed) * len(added) > MOST_PAIRS:
        return pieces
    for there in added:
        scores = [(_moved_likeness(pieces[here], pieces[there]), -here) for here in removed]
        score, here = max(scores, default=(0.0, 0))
        if score:
            removed.remove(-here)
            pieces[-here], pieces[there] = _moved(pieces[-here], pieces[there])
    return pieces


def _is_long(piece: Piece) -> bool:
    return len(word_changes.letters(piece.runs[0].text)) >= LEAST_MOVED


def _moved_likeness(old: Piece, new: Piece) -> float:
    if old.is_heading != new.is_heading:
        return 0.0
    return word_changes.likeness(old.runs[0].text, new.runs[0].text, least=ALIKE_MOVED)


def _moved(old: Piece, new: Piece) -> tuple[Piece, Piece]:
    old_n, new_n = old.old_n, new.new_n
    runs = word_changes.between(old.runs[0].text, new.runs[0].text)
    return (
        replace(old, kind=LEFT, old_n=old_n, new_n=new_n),
        replace(new, kind=MOVED, old_n=old_n, new_n=new_n, runs=runs),
    )
