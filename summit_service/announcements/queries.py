"""Reads about announcements: drafts and sent ones, and how far the sending is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from piccolo.query.functions import Count

from summit_service.announcements.tables import Announcement, AnnouncementMail
from summit_service.errors import NotFound
from summit_service.mail.queries import STATES
from summit_service.mail.tables import OutboxMessage


@dataclass(frozen=True, slots=True)
class Progress:
    """How many mails there are, and how many of them are in each state of the outbox."""

    total: int
    by_state: dict[str, int]

    @property
    def accepted(self) -> int:
        """Taken by the next server, whether or not some came back later."""
        return self.by_state["accepted"] + self.by_state["returned"]

    @property
    def is_under_way(self) -> bool:
        """Whether something will still change by itself."""
        return any(self.by_state[state] for state in ("queued", "sending", "deferred"))


async def announcements() -> list[Announcement]:
    """All of them, the newest first."""
    return list(await Announcement.objects().order_by(Announcement.id, ascending=False))


async def announcement_by_id(identifier: int) -> Announcement:
    """One of them; raises NotFound."""
    found = await Announcement.objects().where(Announcement.id == identifier).first()
    if found is None:
        raise NotFound("There is no such announcement.")
    return found


async def progress_of(announcement: Announcement) -> Progress:
    """What became of its mails so far."""
    mine = OutboxMessage.id.is_in(message_ids_of(announcement))
    stays = OutboxMessage.returned_at.is_null()
    rows = (
        await OutboxMessage.select(OutboxMessage.state, Count(alias="n"))
        .where(mine & stays)
        .group_by(OutboxMessage.state)
    )
    returned = await OutboxMessage.count().where(mine & OutboxMessage.returned_at.is_not_null())
    by_state = dict.fromkeys(STATES, 0) | {row["state"]: row["n"] for row in rows} | {"returned": returned}
    return Progress(sum(by_state.values()), by_state)


def message_ids_of(announcement: Announcement) -> Any:
    """The ids of its mails, as a part of a query."""
    return AnnouncementMail.select(AnnouncementMail.message).where(
        AnnouncementMail.announcement == announcement.id
    )
