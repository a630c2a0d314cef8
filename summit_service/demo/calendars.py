"""A made-up calendar that a member of the demo keeps elsewhere and that is followed; it never meets the network."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from summit_service.accounts.actor import OPERATOR
from summit_service.following import actions, keeping
from summit_service.following.actions import Decisions
from summit_service.following.board import board_of, packed
from summit_service.following.tables import FollowedCalendar

ORGANISATION = "the-stoneygate-centre-for-empathic-healthcare"
ADDRESS = "https://calendar.example/centre/teaching.ics"
ENTRIES = (
    ("seminar", "Demonstration: a seminar on silence", 66, "Made up, to show an entry that was taken over."),
    ("clinic", "Demonstration: an open clinic for questions", 73, "Made up, to show an entry that waits."),
    ("films", "Demonstration: three short films, and a talk", 87, "Made up, to show an entry that waits."),
)
NOT_TAKEN = "Demonstration: a meeting of the team"


async def load_calendar(now: datetime) -> None:
    """Fetched once: one entry was taken over, two wait for a look, and one cannot be taken."""
    made = await actions.follow(ORGANISATION, ADDRESS, takes_new=False, actor=OPERATOR, now=now)
    mine = FollowedCalendar.id == made.id
    await FollowedCalendar.update({FollowedCalendar.body: packed(calendar(now.date()))}).where(mine)
    await keeping.fetch_due(now)
    row = await actions.calendar_of(ORGANISATION, made.id, OPERATOR)
    first = (await board_of(row, now=now)).asked[0]
    await actions.decide(
        ORGANISATION, made.id, Decisions(take={first.key: first.fingerprint}), actor=OPERATOR, now=now
    )


def calendar(today: date) -> bytes:
    """The calendar as it would come; the last entry is a private one, which is not taken."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Demonstration//EN"]
    for uid, title, in_days, words in ENTRIES:
        lines += _entry(uid, title, today + timedelta(days=in_days), f"DESCRIPTION:{words}")
    lines += _entry("team", NOT_TAKEN, today + timedelta(days=70), "CLASS:PRIVATE")
    return ("\r\n".join([*lines, "END:VCALENDAR"]) + "\r\n").encode()


def _entry(uid: str, title: str, day: date, *more: str) -> list[str]:
    escaped = title.replace(",", "\\,")
    return [
        "BEGIN:VEVENT",
        f"UID:{uid}@calendar.example",
        f"SUMMARY:{escaped}",
        f"DTSTART;TZID=Europe/London:{day:%Y%m%d}T123000",
        f"DTEND;TZID=Europe/London:{day:%Y%m%d}T133000",
        "LOCATION:Leicester",
        *more,
        "END:VEVENT",
    ]
