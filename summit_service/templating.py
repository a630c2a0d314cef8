"""What the templates of pages and of mails share: where they lie, and the names of countries."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from babel import Locale

PACKAGE = Path(__file__).parent


def templates_dir() -> Path:
    """Inside an installed wheel the templates lie in the package, in the source tree beside it."""
    packed = PACKAGE / "_templates"
    return packed if packed.is_dir() else PACKAGE.parent / "templates"


@cache
def country_name(code: str) -> str:
    """`GB` as `United Kingdom`; an unknown code as itself."""
    return str(Locale("en", "GB").territories.get(code, code))
