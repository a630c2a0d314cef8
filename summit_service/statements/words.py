"""Text cut into words as Unicode says (UAX #29), never inside what a reader takes for one letter."""

from __future__ import annotations

from itertools import accumulate

import unicode_segmentation_rs as segmentation


def cut(text: str) -> list[str]:
    """Words, blanks and marks, in order; joined they are the text again.

    Scripts without blanks between words (Chinese, Japanese, Thai, Khmer, ...) come out letter by letter: their words
    are in dictionaries, not in the standard. A letter with its marks is one piece always (UAX #29, grapheme cluster).
    """
    whole_letters = set(accumulate(map(len, segmentation.graphemes(text, is_extended=True))))
    pieces: list[str] = []
    start = end = 0
    for piece in segmentation.split_word_bounds(text):
        end += len(piece)
        if end in whole_letters:
            pieces.append(text[start:end])
            start = end
    return pieces


def is_word(piece: str) -> bool:
    """Whether it says something, as blanks and punctuation do not."""
    return any(character.isalnum() for character in piece)
