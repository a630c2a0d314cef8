"""Conditions on text that do not mind its case, the same on both databases.

Piccolo joins what its functions return by `|` to a COALESCE; these are plain conditions, for `&` and `|`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from piccolo.columns import Text, Varchar
from piccolo.columns.combination import WhereRaw

Words = Varchar | Text


def is_same(column: Words, text: str) -> WhereRaw:
    """Whether the column has this text; only ASCII letters lose their case on SQLite."""
    return WhereRaw(f"LOWER({_name(column)}) = {{}}", text.lower())


def is_one_of(column: Words, texts: Sequence[str]) -> WhereRaw:
    """Whether the column has one of these texts, at least one, as `is_same` compares them."""
    marks = ", ".join("{}" for _ in texts)
    return WhereRaw(f"LOWER({_name(column)}) IN ({marks})", *(text.lower() for text in texts))


def has(column: Words, text: str) -> WhereRaw:
    """Whether the column has this text in it; % and _ mean themselves.

    As it is written, too: SQLite folds ASCII letters alone, and would not find `Élodie` by `élodie`.
    """
    plain = re.sub(r"([\\%_])", r"\\\1", text)
    name = _name(column)
    return WhereRaw(
        f"(LOWER({name}) LIKE {{}} ESCAPE '\\' OR {name} LIKE {{}} ESCAPE '\\')",
        f"%{plain.lower()}%",
        f"%{plain}%",
    )


def _name(column: Words) -> str:
    return f'"{column._meta.table._meta.tablename}"."{column._meta.name}"'
