"""Badges: what stands on each, which are new since the last print, and the sheets as a PDF."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from summit_service import canonical, qr, settings, typeset
from summit_service.accounts.addresses import email_key
from summit_service.doors import queries, rules
from summit_service.doors.tables import Badge, BadgePrint
from summit_service.errors import Invalid
from summit_service.members import queries as members
from summit_service.registrations.delegates import standings_of
from summit_service.registrations.rules import IN_PERSON
from summit_service.summits.tables import Appearance, Edition

CHAIR, SPEAKER, STAFF, DELEGATE = "Chair", "Speaker", "Staff", "Delegate"


@dataclass(frozen=True, slots=True)
class Face:
    """What stands on one badge."""

    registration_id: int
    name: str
    organisation: str
    role: str
    ticket: str

    @property
    def digest(self) -> str:
        """The same for the same badge, hex."""
        return canonical.digest([self.name, self.organisation, self.role, self.ticket])


async def faces_of(edition: Edition, *, now: datetime) -> list[Face]:
    """A badge for everybody with a place in the hall, by name. Speakers and chairs are known by their name."""
    parts = await _parts(edition.id)
    staff = {email_key(person.email) for person in await members.secretariat()}
    found = []
    for standing in await standings_of(edition, now=now):
        row = standing.registration
        if standing.confirmed is None or standing.confirmed.attendance != IN_PERSON:
            continue
        role = parts.get(rules.folded(row.name), STAFF if row.email_key in staff else DELEGATE)
        found.append(Face(row.id, row.name, row.organisation, role, queries.ticket_of(row)))
    return sorted(found, key=lambda face: (rules.folded(face.name), face.registration_id))


async def _parts(edition_id: int) -> dict[str, str]:
    """Folded name to the part in the programme; who does both is called a speaker."""
    rows = await Appearance.select(Appearance.speaker.name.as_alias("name"), Appearance.part).where(
        (Appearance.session.edition == edition_id) & Appearance.session.removed_at.is_null()
    )
    found: dict[str, str] = {}
    for row in rows:
        name, part = rules.folded(row["name"]), SPEAKER if row["part"] == "speaker" else CHAIR
        found[name] = SPEAKER if SPEAKER in {part, found.get(name)} else CHAIR
    return found


def new(faces: Iterable[Face], printed: Iterable[tuple[int, str]]) -> list[Face]:
    """Those that were never printed as they are now; `printed` are (registration, digest)."""
    known = set(printed)
    return [face for face in faces if (face.registration_id, face.digest) not in known]


async def printed(edition_id: int) -> set[tuple[int, str]]:
    """Every badge that was printed for an edition: (registration, digest)."""
    rows = await Badge.select(Badge.registration, Badge.face).where(Badge.of_print.edition == edition_id)
    return {(row["registration"], row["face"]) for row in rows}


async def prints_of(edition_id: int) -> list[BadgePrint]:
    """The prints of an edition, the newest first."""
    found = BadgePrint.objects().where(BadgePrint.edition == edition_id)
    return list(await found.order_by(BadgePrint.id, ascending=False))


async def in_print(print_id: int) -> set[int]:
    """The registrations of a print."""
    rows = await Badge.select(Badge.registration).where(Badge.of_print == print_id)
    return {row["registration"] for row in rows}


def set_sheets(edition: Edition, faces: Sequence[Face]) -> bytes:
    """A4 sheets of eight badges, the same bytes for the same badges; blocking.

    Raises Invalid with the names that no font here shows.
    """
    try:
        return _set(edition, faces)
    except typeset.CannotTypeset:
        names = [face.name for face in faces if not _can_set(edition, face)]
        told = ", ".join(names[:10])
        raise Invalid.one(
            "badges",
            f"There is no font here for: {told}. Whoever runs this service can add one (SUMMIT_FONTS_DIR); "
            "until then print the others one by one.",
        ) from None


def _can_set(edition: Edition, face: Face) -> bool:
    try:
        _set(edition, [face])
    except typeset.CannotTypeset:
        return False
    return True


def _set(edition: Edition, faces: Sequence[Face]) -> bytes:
    current = settings.current()
    badges = [
        {
            "name": face.name,
            "organisation": face.organisation,
            "role": face.role,
            "code": qr.drawing(face.ticket),
        }
        for face in faces
    ]
    data: dict[str, Any] = {"title": edition.title, "network": current.network_name, "badges": badges}
    return typeset.pdf("badges", data, fonts=current.fonts_dir)
