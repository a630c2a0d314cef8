"""What the templates of pages and of mails share: where they lie, and the names of countries and languages."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError

PACKAGE = Path(__file__).parent


def templates_dir() -> Path:
    """Inside an installed wheel the templates lie in the package, in the source tree beside it."""
    packed = PACKAGE / "_templates"
    return packed if packed.is_dir() else PACKAGE.parent / "templates"


@cache
def country_name(code: str) -> str:
    """`GB` as `United Kingdom`; an unknown code as itself."""
    return str(Locale("en", "GB").territories.get(code, code))


@lru_cache(maxsize=500)
def language_name(code: str) -> str:
    """`pt-BR` as `Portuguese (Brazil)`; an unknown code as itself."""
    found = _locale(code)
    return (found.get_display_name("en_GB") if found else None) or code


@lru_cache(maxsize=500)
def direction(code: str) -> str:
    """`rtl` for a language that is written from right to left, else `auto`: as its first letter says."""
    found = _locale(code)
    return "rtl" if found and found.character_order == "right-to-left" else "auto"


def _locale(code: str) -> Locale | None:
    try:
        return Locale.parse(code, sep="-")
    except (ValueError, UnknownLocaleError):
        return None
