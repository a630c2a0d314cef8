"""What is personal in a registration: what each field is for, and on which day it is erased."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from summit_service import zones

NEEDS_KEPT, REST_KEPT = timedelta(days=30), timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that we are told: its words for people, its purpose, and how long it stays after the last day."""

    column: str
    words: str
    purpose: str
    kept: timedelta


FIELDS = (
    Field("name", "Name", "Your badge, the list at the door, our mails, your certificate", REST_KEPT),
    Field("email", "E-mail address", "Our mails, and to find your registration again", REST_KEPT),
    Field("organisation", "Organisation", "Your badge, and the list of delegates if you tick it", REST_KEPT),
    Field("timezone", "Time zone", "Deadlines in our mails in your own time", REST_KEPT),
    Field("dietary", "Food", "The kitchen", NEEDS_KEPT),
    Field("access_needs", "Access", "Whoever makes it possible", NEEDS_KEPT),
    Field("answers", "Answers to the summit’s questions", "To plan this summit", NEEDS_KEPT),
    Field("is_listed", "Consent to be listed", "Whether other delegates see your name", REST_KEPT),
)
LETTER_FIELDS = (
    Field(
        "passport_name",
        "Name as in your passport",
        "The letter must say the same as the passport",
        NEEDS_KEPT,
    ),
    Field("passport_number", "Passport number", "The consulate compares it with your passport", NEEDS_KEPT),
    Field("nationality", "Nationality", "Stands on the letter, as consulates ask", NEEDS_KEPT),
    Field("birth_date", "Date of birth", "Only where your consulate asks for it", NEEDS_KEPT),
    Field("arrives_on", "Day of arrival", "From when the visa must be valid", NEEDS_KEPT),
    Field("leaves_on", "Day of departure", "Until when the visa must be valid", NEEDS_KEPT),
)
"""What is told for an invitation letter, and for nothing else."""
NEEDS = tuple(field.column for field in FIELDS if field.kept == NEEDS_KEPT)


def erased_on(last_day: date, kept: timedelta) -> date:
    """The day on which it is gone, in the summit's zone."""
    return last_day + kept + timedelta(days=1)


def is_due(last_day: date, zone: str, kept: timedelta, *, now: datetime) -> bool:
    """Whether that day has come."""
    return now >= zones.day_start(erased_on(last_day, kept), zone)
