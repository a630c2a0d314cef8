"""What is personal in a registration: what each field is for, and how long it stays."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from summit_service import zones
from summit_service.summits.retention import NEEDS_KEPT, REST_KEPT, Field, erased_on, is_due

__all__ = [
    "ARRANGERS", "FIELDS", "GROUP_FIELDS", "INVITED_FIELDS", "LETTER_DECISION", "LETTER_FIELDS", "NEEDS",
    "NEEDS_KEPT", "REST_KEPT", "Field", "erased_on", "is_due",
]  # fmt: skip

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
LETTER_DECISION = (
    Field("reason", "Why a letter is refused", "The delegate reads it on their own page", NEEDS_KEPT),
)
GROUP_FIELDS = FIELDS[:3]
"""What a representative tells about others; whatever else is asked each answers by their own link."""
INVITED_FIELDS = {
    "Name": "To invite them by it",
    "E-mail address": "The invitation with its link goes there",
}
"""What the secretariat tells about somebody whom it invites past the queue, with its purpose."""
INVITED_KEPT = timedelta(days=30)
"""How long it stays after the last moment of an invitation that led to no registration."""
ARRANGERS = (Field("email", "Who arranges access and food", "They alone see who needs what", REST_KEPT),)
NEEDS = tuple(field.column for field in FIELDS if field.kept == NEEDS_KEPT)


def invitation_erased_on(expires_at: datetime, zone: str) -> date:
    """The day on which who did not take the place is erased, known from the sending on; in the summit's zone."""
    return zones.at_wall(expires_at, zone).date() + INVITED_KEPT + timedelta(days=1)
