"""The languages that an event can be held in, by name."""

from __future__ import annotations

from functools import cache

from babel import Locale

COMMON = (
    "ar", "bn", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr", "he", "hi", "hr", "hu",
    "id", "it", "ja", "ko", "lt", "lv", "ms", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru", "sk", "sl",
    "sr", "sv", "sw", "ta", "th", "tr", "uk", "ur", "vi", "zh",
)  # fmt: skip


@cache
def language_choices() -> tuple[tuple[str, str], ...]:
    """Codes and English names, by name."""
    return tuple(sorted(((code, language_name(code)) for code in COMMON), key=lambda pair: pair[1]))


@cache
def language_name(code: str) -> str:
    """`pt-BR` as `Portuguese (Brazil)`; an unknown code as itself."""
    try:
        return str(Locale.parse(code, sep="-").get_display_name("en"))
    except ValueError:
        return code
