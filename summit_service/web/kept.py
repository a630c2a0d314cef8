"""What a form says of the personal fields that it takes: what each is for, and on which day it is erased."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from summit_service import zones
from summit_service.registrations.retention import INVITED_FIELDS
from summit_service.summits import retention
from summit_service.summits.retention import Field
from summit_service.summits.tables import Edition

Row = tuple[str, str, str]
IN_PUBLIC = "Stays in every release that named them"
PROGRAMME: tuple[Row, ...] = (
    ("Speakers and chairs", "The public programme, its feeds and its files", IN_PUBLIC),
    ("Where speakers work", "Stands beside their names", IN_PUBLIC),
)
"""What a draft says about people is meant for the public, and a release is never changed."""


def rows(fields: Iterable[Field], edition: Edition) -> list[Row]:
    """Each field in words with its purpose and its day, as `summits/_kept.html` shows them."""
    return [
        row(field.words, field.purpose, retention.erased_on(edition.ends_on, field.kept)) for field in fields
    ]


def told_rows(day: date) -> list[Row]:
    """As `rows`, for what the secretariat tells about somebody whom it invites, whose day is their own."""
    return [row(words, purpose, day) for words, purpose in INVITED_FIELDS.items()]


def row(words: str, purpose: str, day: date) -> Row:
    """One line of it."""
    return words, purpose, zones.short_day(day)
