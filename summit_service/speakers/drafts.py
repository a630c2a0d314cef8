"""The mails to speakers and chairs as they would go out now, before they do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from summit_service.mail import preview
from summit_service.speakers import mails
from summit_service.speakers.queries import Letter
from summit_service.speakers.tables import SpeakerContact
from summit_service.summits.tables import Release


def drafts_of(letters: Sequence[Letter], release: Release, *, now: datetime) -> dict[str, tuple[str, str]]:
    """Subject and whole text of each, by the address as it is compared, with the words that are kept beside it."""
    found = {}
    for letter in letters:
        row = SpeakerContact(
            edition=release.edition,
            name=letter.name,
            email=letter.email,
            email_key=letter.key,
            created_at=now,
        )
        found[letter.key] = preview.draft_of(
            mails.changed(letter, row, release, note=letter.note, now=now), now=now
        )
    return found
