"""Where speakers are reached, kept apart from the programme, whose every field is public."""

from __future__ import annotations

from piccolo.columns import ForeignKey, Integer, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table

from summit_service.summits.tables import Edition


class SpeakerContact(Table, tablename="speaker_contact"):
    """The address of one name in the programme of an edition, and of which release they were last told (0: none).

    `note` is what the secretariat has written for the next mail and not sent. `thanked_at` is when the letter of
    thanks was let go, and by whom.
    """

    id: Serial
    edition = ForeignKey(Edition, null=False, on_delete=OnDelete.restrict, index=True)
    name = Varchar(length=120)
    email = Varchar(length=254)
    email_key = Varchar(length=254)
    told_release = Integer(default=0)
    told_at = Timestamptz(null=True, default=None)
    note = Text(default="")
    thanked_at = Timestamptz(null=True, default=None)
    thanked_by_name = Varchar(length=200, default="")
    created_at = Timestamptz()
