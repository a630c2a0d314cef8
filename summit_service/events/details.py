"""What is said about an event, and the checks of each text in it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, fields
from typing import Any, TypeVar
from urllib.parse import urlsplit

from babel import Locale, UnknownLocaleError

from summit_service import markup
from summit_service.errors import Fault, Invalid

T = TypeVar("T")
MODES = {"in_person": "In person", "online": "Online", "hybrid": "In person and online"}
VISIBILITIES = {"public": "Everybody", "members": "Members only"}
REPEATED_HOURS = ("", "first", "second")
LONGEST_SUMMARY, LONGEST_DESCRIPTION, LONGEST_LOCATION, LONGEST_URL, LONGEST_CATEGORY = (
    200,
    20_000,
    300,
    255,
    40,
)
MOST_CATEGORIES = 10
MOST_HOSTS = 20
LONGEST_LANGUAGE = 12
LONGEST_SLUG = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What somebody says about an event. Unchecked as it was typed, or checked and in the form that is kept.

    Wall times are `2027-03-04T09:00`, whole days `2027-03-04` with the last day included.
    """

    summary: str = ""
    description: str = ""
    starts_at: str = ""
    ends_at: str = ""
    timezone: str = ""
    all_day: bool = False
    repeated_hour: str = ""
    recurrence: str = ""
    excluded: tuple[str, ...] = ()
    location: str = ""
    mode: str = "in_person"
    online_url: str = ""
    url: str = ""
    categories: tuple[str, ...] = ()
    language: str = "en"
    visibility: str = "public"
    hosts: tuple[str, ...] = ()
    """Addresses (slugs) of the organisations that hold it together with the one that posts it."""


FIELDS = tuple(field.name for field in fields(Details))


def attempt(faults: list[Fault], check: Callable[[], T], otherwise: T) -> T:
    """What the check returns; `otherwise`, and its faults collected, where it refuses."""
    try:
        return check()
    except Invalid as fault:
        faults.extend(fault.faults)
        return otherwise


def category_slug(name: str) -> str:
    """A category as it is kept and filtered by."""
    return markup.slug(name) if name.strip() else ""


def checked_texts(given: Details, faults: list[Fault]) -> dict[str, Any]:
    """Every field but the times in the form that is kept; what is wrong is added to `faults`."""
    line = markup.one_line
    checks: dict[str, Callable[[], object]] = {
        "summary": lambda: line(given.summary, field="summary", longest=LONGEST_SUMMARY, name="The title"),
        "description": lambda: markup.many_lines(
            given.description, field="description", longest=LONGEST_DESCRIPTION, name="The description"
        ),
        "location": lambda: line(
            given.location, field="location", longest=LONGEST_LOCATION, name="The place", required=False
        ),
        "mode": lambda: _one_of(given.mode, MODES, "mode", "how people take part"),
        "visibility": lambda: _one_of(given.visibility, VISIBILITIES, "visibility", "who may see the event"),
        "repeated_hour": lambda: _one_of(
            given.repeated_hour, REPEATED_HOURS, "repeated_hour", "which hour is meant"
        ),
        "online_url": lambda: _checked_url(given.online_url, "online_url"),
        "url": lambda: _checked_url(given.url, "url"),
        "categories": lambda: _checked_categories(given.categories),
        "language": lambda: _checked_language(given.language),
        "hosts": lambda: _checked_hosts(given.hosts),
    }
    return {name: attempt(faults, check, getattr(given, name)) for name, check in checks.items()}


def _one_of(value: str, choices: Collection[str], field: str, what: str) -> str:
    if value not in choices:
        raise Invalid.one(field, f"Say {what}: {', '.join(name for name in choices if name)}.")
    return value


def _checked_url(value: str, field: str) -> str:
    text = markup.one_line(value, field=field, longest=LONGEST_URL, name="The address", required=False)
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname) and " " not in text
    except ValueError:
        is_address = False
    if not is_address:
        raise Invalid.one(field, "Give the whole address, such as https://www.example.org/meeting.")
    return text


def _checked_categories(given: tuple[str, ...]) -> tuple[str, ...]:
    if len(given) > 5 * MOST_CATEGORIES:
        raise Invalid.one("categories", f"Give at most {MOST_CATEGORIES} categories.")
    names = [
        markup.one_line(name, field="categories", longest=LONGEST_CATEGORY, name="A category", required=False)
        for name in given
    ]
    found = sorted({category_slug(name) for name in names if name})
    if len(found) > MOST_CATEGORIES:
        raise Invalid.one("categories", f"Give at most {MOST_CATEGORIES} categories.")
    return tuple(found)


def _checked_hosts(given: tuple[str, ...]) -> tuple[str, ...]:
    """In the order given, each once; whether there is such an organisation is the action's to find out."""
    found = tuple(dict.fromkeys(slug.strip() for slug in given if slug.strip()))
    if len(found) > MOST_HOSTS:
        raise Invalid.one("hosts", f"Name at most {MOST_HOSTS} other organisations.")
    if any(len(slug) > LONGEST_SLUG or "," in slug for slug in found):
        raise Invalid.one("hosts", "Name each organisation by its address, such as centre-for-kindness.")
    return found


def _checked_language(value: str) -> str:
    try:
        locale = Locale.parse(value.strip(), sep="-")
    except (ValueError, UnknownLocaleError):
        raise Invalid.one("language", "Give the language by its code, such as en, fr or pt-BR.") from None
    code = str(locale).replace("_", "-")
    if len(code) > LONGEST_LANGUAGE:
        raise Invalid.one("language", "Give the language by a shorter code, such as en, fr or pt-BR.")
    return code
