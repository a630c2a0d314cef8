"""How near two events are to each other: alike in title, of one topic, of one host, at one time. No database."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from summit_service import markup

ALIKE = 0.6
"""From this likeness on two titles are told to be alike: "Empathy workshop" and "Empathy lecture" have 0.48."""
NEAR = timedelta(days=7)
"""What others hold under a like title is told of when it is not further away than this."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class When:
    """One date: its instants, and the whole days that it touches where it takes place."""

    starts: datetime
    ends: datetime
    days_start: datetime
    days_end: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """What is compared of an event; `hosts` are slugs, the one who posts it among them."""

    title: str
    topics: Collection[str]
    hosts: Collection[str]


@dataclass(frozen=True, slots=True)
class Shared:
    """What two events have in common."""

    is_alike: bool = False
    topics: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


def likeness(one: str, other: str) -> float:
    """How alike two titles are, from 0 to 1, whatever their case, accents and order of words (decision 0052)."""
    first, second = _trigrams(one), _trigrams(other)
    if not first or not second:
        return 0.0
    return 2 * len(first & second) / (len(first) + len(second))


def shared(mine: Facts, theirs: Facts, when: Sequence[When], at: When) -> Shared | None:
    """What an event at `at` shares with one on the dates `when`; None where nobody has to be told.

    A like title and a topic count on the same days, a host only for what runs at the same time: a house may hold
    two things on one day. A like title of somebody else counts within a week too.
    """
    days = [one for one in when if at.starts < one.days_end and at.ends > one.days_start]
    is_near = any(at.starts < one.days_end + NEAR and at.ends > one.days_start - NEAR for one in when)
    if not is_near:
        return None
    is_alike = likeness(mine.title, theirs.title) >= ALIKE
    hosts = tuple(sorted(set(mine.hosts) & set(theirs.hosts)))
    if not days:
        return Shared(is_alike=True) if is_alike and not hosts else None
    topics = tuple(sorted(set(mine.topics) & set(theirs.topics)))
    at_once = any(at.starts < one.ends and at.ends > one.starts for one in days)
    found = Shared(is_alike, topics, hosts if at_once or is_alike else ())
    return found if found != Shared() else None


def _trigrams(text: str) -> frozenset[str]:
    """Of each word by itself, so that their order does not count; begin and end of a word count too."""
    padded = (f"  {word} " for word in _WORD.findall(markup.plain(text)))
    return frozenset(word[at : at + 3] for word in padded for at in range(len(word) - 2))
