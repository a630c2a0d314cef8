"""Which events: what a reader may see, what somebody may change, what filters leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from piccolo.columns.combination import And, Or, Where, WhereRaw

from summit_service import markup
from summit_service.accounts.actor import Actor
from summit_service.events.tables import Event

PUBLISHED = ("published", "cancelled")
MOST_WORDS = 8
_MARKS = str.maketrans("", "", "%_\\")
Condition = Where | WhereRaw | And | Or


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which events; an empty text takes all. `organisation` is a slug."""

    category: str = ""
    organisation: str = ""
    country: str = ""
    language: str = ""
    mode: str = ""
    words: str = ""
    """What was searched for, as it was typed; all of it has to be in the texts."""
    slug: str = ""


ALL = Filters()


def visible(viewer: Actor) -> Condition:
    """What is published; members-only events are for members, the secretariat and the operator."""
    shown = ["public", "members"] if viewer.is_member else ["public"]
    return Event.visibility.is_in(shown) & Event.state.is_in(list(PUBLISHED))


def own(viewer: Actor) -> Condition:
    """What this viewer may change."""
    if viewer.is_secretariat:
        return Event.id > 0
    return Event.organisation.is_in(list(viewer.represents) or [0])


def matching(filters: Filters) -> Condition:
    """What the filters leave; an organisation has what it posts and what it holds with others."""
    where: Condition = Event.id > 0
    if filters.organisation:
        held = Event.hosts.like(f"%,{_literal(filters.organisation)},%")
        where = (Event.organisation.slug == filters.organisation) | held
    pairs: Sequence[tuple[str, Any]] = (
        (filters.country.upper(), Event.organisation.country),
        (filters.language, Event.language),
        (filters.mode, Event.mode),
        (filters.slug, Event.slug),
    )
    for value, column in pairs:
        if value:
            where = where & (column == value)
    if filters.category:
        where = where & Event.categories.like(f"%,{filters.category},%")
    if filters.words:
        where = where & with_words(
            [markup.plain(word) for word in markup.sought(filters.words, most=MOST_WORDS)]
        )
    return where


def between(after: datetime | None, before: datetime | None) -> Condition:
    """What may have a date that ends after the one and begins before the other: of a series its whole span."""
    where: Condition = Event.id > 0
    if after is not None:
        where = where & (Event.last_instant.is_null() | (Event.last_instant > after))
    if before is not None:
        where = where & ((Event.starts_instant < before) | (Event.earliest_instant < before))
    return where


def repeating(*, is_series: bool) -> Condition:
    """Series, or what takes place once.

    Series are asked for by their ids: they are few among all events, and SQLite, which knows no numbers, would look
    through every event for them.
    """
    if not is_series:
        return Event.recurrence == ""
    return Event.id.is_in(Event.select(Event.id).where(WhereRaw("recurrence <> ''")))


def running(moment: datetime) -> Condition:
    """What takes place once, has begun by then and is not over; found by the index of their ends."""
    theirs = (Event.recurrence == "") & (Event.last_instant > moment) & (Event.starts_instant <= moment)
    return Event.id.is_in(Event.select(Event.id).where(theirs))


def beginning(after: datetime, before: datetime) -> Condition:
    """What takes place once and begins after the one and before the other."""
    return (Event.recurrence == "") & (Event.starts_instant > after) & (Event.starts_instant < before)


def with_words(words: Sequence[str]) -> Condition:
    """What has all the words in its texts. A mark that stands for anything in LIKE is any one character."""
    where: Condition = Event.id > 0
    for word in words:
        where = where & Event.search.like(f"%{word.translate(markup.LIKE)}%")
    return where


def _literal(text: str) -> str:
    """Without the marks that stand for anything in LIKE; no address of an organisation has them."""
    return text.replace("%", "").replace("_", "")
