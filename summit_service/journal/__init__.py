"""The journal: who did what, when and by which way in; append-only, chained, its personal words erasable."""

from summit_service.journal.actions import (
    Note,
    erase_words_about,
    erase_words_of,
    erase_words_with,
    note,
    note_all,
)

__all__ = ["Note", "erase_words_about", "erase_words_of", "erase_words_with", "note", "note_all"]
