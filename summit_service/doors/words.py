"""What a helper at a door is told, in big plain words; the page without a network says the same."""

from __future__ import annotations

from summit_service import zones
from summit_service.doors import rules
from summit_service.doors.queries import Seen
from summit_service.registrations.rules import ONLINE

ONLINE_NOTE = "Registered to attend online."
WORDS = {
    rules.WELCOME: ("Welcome, {name}", "{organisation}"),
    rules.ALREADY: ("Already checked in: {name}", "At {time} at {door}. {organisation}"),
    rules.BACK: ("Welcome back, {name}", "Checked in on {day} at {time} at {door}. {organisation}"),
    rules.EXPECTED: ("Not here yet: {name}", "{organisation}"),
    rules.CANCELLED: (
        "Cancelled: {name}",
        "This registration was cancelled. Please send them to the secretariat.",
    ),
    rules.WAITING: (
        "On the waiting list: {name}",
        "They have no place yet. Please send them to the secretariat.",
    ),
    rules.ELSEWHERE: (
        "Not of this summit",
        "This ticket is for another one. Please send them to the secretariat.",
    ),
    rules.UNKNOWN: ("Not a ticket of ours", "Look for them by name, or send them to the secretariat."),
    rules.REFUSED: ("Not taken", "{reason} It is kept on this device: see below."),
    rules.UNDONE: ("Not checked in any more: {name}", "The check-in was taken back."),
}
"""For each kind the big line and the line below it."""


def told(seen: Seen, zone: str) -> tuple[str, str, str]:
    """The tone (good, wait, wrong), the big line and the one below it; hours are those of the summit."""
    title, line = WORDS[seen.kind]
    wall = zones.at_wall(seen.at, zone) if seen.at else None
    parts = {
        "name": seen.name,
        "organisation": seen.organisation,
        "door": seen.door,
        "reason": seen.reason,
        "time": f"{wall:%-H:%M}" if wall else "",
        "day": f"{wall:%A}" if wall else "",
    }
    has_note = seen.attendance == ONLINE and seen.kind in {rules.WELCOME, rules.EXPECTED}
    below = f"{line.format(**parts)} {ONLINE_NOTE if has_note else ''}".strip()
    return rules.TONES[seen.kind], title.format(**parts), below
