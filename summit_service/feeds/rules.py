"""What holds for personal feeds: how many, how they are named, which app a request comes from, which are in use."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from summit_service import markup
from summit_service.errors import Conflict

MOST_FEEDS = 20
LONGEST_NAME = 60
SETTLES_IN = timedelta(minutes=10)
"""A change is often followed by another, and quick apps come by themselves."""
IN_USE = timedelta(days=8)
"""A calendar that was not fetched for longer than this before another of the same person is looked at no more; the
slowest apps come weekly."""
APPS = (
    ("Google-Calendar-Importer", "Google Calendar"),
    ("CalendarAgent", "Apple Calendar on a Mac"),
    ("dataaccessd", "Apple Calendar on an iPhone or iPad"),
    ("iOS/", "Apple Calendar on an iPhone or iPad"),
    ("Thunderbird", "Thunderbird"),
    ("Microsoft.Exchange", "Outlook on the web"),
    ("Microsoft Exchange", "Outlook on the web"),
    ("Outlook", "Outlook"),
    ("Microsoft Office", "Outlook"),
    ("Nextcloud", "Nextcloud"),
    ("ICSx5", "ICSx5 on Android"),
    ("DAVx5", "DAVx5 on Android"),
    ("Evolution", "Evolution"),
    ("Mozilla/", "A browser"),
)
_PROGRAM = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,29}")


def app_of(agent: str) -> str:
    """The calendar app behind a User-Agent, in words: `Google Calendar`; the program's own name when unknown."""
    for mark, words in APPS:
        if mark in agent:
            return words
    program = _PROGRAM.match(agent)
    return program.group() if program else "An unnamed program"


def check_name(name: str) -> str:
    """What the owner calls a feed; raises Invalid for `calendar_name`."""
    return markup.one_line(name, field="calendar_name", longest=LONGEST_NAME, name="The name")


def check_can_have_feed(number: int) -> None:
    """Raises Conflict for who has very many."""
    if number >= MOST_FEEDS:
        raise Conflict(f"You have {number} calendar addresses. End one that you do not use any more first.")


def all_have_seen(fetches: Sequence[datetime]) -> datetime:
    """Until when all calendars of a person that are in use have seen what changed, by the last fetch of each."""
    newest = max(fetches)
    return min(at for at in fetches if newest - at <= IN_USE)
