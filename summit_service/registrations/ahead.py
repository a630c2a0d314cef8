"""What of the registrations comes by itself: offers and invitations that expire, mails of a morning, erasures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from piccolo.query.functions import Count

from summit_service import zones
from summit_service.ahead import Ahead, Window, number
from summit_service.registrations import retention, rules
from summit_service.registrations.tables import Arranger, Invitation, Place, Registration, Terms
from summit_service.summits import queries as summits
from summit_service.summits.tables import Edition

WORDS = {
    retention.NEEDS_KEPT: "what was said about food, access and to the summit’s questions",
    retention.REST_KEPT: "everything personal",
}


async def coming(window: Window) -> list[Ahead]:
    """By summit and day: offers, invitations, the end of changes, mails about new needs, and what is erased."""
    editions = {edition.id: edition for edition in await summits.editions(is_announced_only=False)}
    return [
        *await _offers(editions, window),
        *await _invitations(editions, window),
        *await _changes(editions, window),
        *await _mornings(editions, window),
        *await _erasures(editions, window),
        *await _erasures_of_invited(editions, window),
    ]


async def _offers(editions: Mapping[int, Edition], window: Window) -> list[Ahead]:
    open_now = (Place.state == rules.OFFERED) & (Place.offer_expires_at < window.until)
    rows = await Place.select(Place.edition, Place.offer_expires_at.as_alias("at")).where(open_now)

    def sentence(edition: Edition, count: int) -> str:
        offers = number(count, "offer of a place", "offers of a place")
        ends = (
            "ends if it is not taken; the place goes"
            if count == 1
            else "end if they are not taken; the places go"
        )
        return f"{offers} at {edition.title} {ends} to the next in line."

    return _by_edition(rows, editions, window, sentence, "registrations", "See the waiting list")


async def _invitations(editions: Mapping[int, Edition], window: Window) -> list[Ahead]:
    open_now = Invitation.ended_at.is_null() & (Invitation.expires_at < window.until)
    rows = await Invitation.select(Invitation.edition, Invitation.expires_at.as_alias("at")).where(open_now)

    def sentence(edition: Edition, count: int) -> str:
        invitations = number(count, "invitation", "invitations")
        ends = "ends if it is not answered" if count == 1 else "end if they are not answered"
        return f"{invitations} to {edition.title} {ends}; the place is free again."

    return _by_edition(rows, editions, window, sentence, "invitations", "See the invitations")


def _by_edition(
    rows: list[dict[str, Any]],
    editions: Mapping[int, Edition],
    window: Window,
    sentence: Callable[[Edition, int], str],
    page: str,
    button: str,
) -> list[Ahead]:
    moments: dict[int, list[datetime]] = defaultdict(list)
    for row in rows:
        moments[row["edition"]].append(row["at"])
    return [
        Ahead(at, sentence(editions[key], count), _page(editions[key], page), button, count=count)
        for key, times in moments.items()
        for at, count in window.by_day(times)
    ]


async def _changes(editions: Mapping[int, Edition], window: Window) -> list[Ahead]:
    found = []
    for row in await Terms.select(Terms.edition, Terms.changes_until).where(
        Terms.changes_until.is_not_null()
    ):
        edition = editions[row["edition"]]
        ends = zones.day_end(row["changes_until"], edition.timezone)
        if window.holds(ends):
            sentence = f"Delegates of {edition.title} can no longer change what they told us."
            found.append(Ahead(ends, sentence, f"/desk/summits/{edition.year}/questions", "Change the day"))
    return found


async def _mornings(editions: Mapping[int, Edition], window: Window) -> list[Ahead]:
    """By summit: who arranges access and food and does not know yet of a need that was added."""
    told = Registration.needs_changed_at.is_not_null() & Registration.cancelled_at.is_null()
    rows = await Registration.select(
        Registration.edition, Registration.needs_changed_at.as_alias("at")
    ).where(told)
    added = {row["edition"]: row["at"] for row in sorted(rows, key=lambda row: row["at"])}
    due: dict[int, list[datetime]] = defaultdict(list)
    for row in await Arranger.select(
        Arranger.edition, Arranger.told_at, Arranger.created_at, Arranger.person.timezone.as_alias("zone")
    ).where(Arranger.ended_at.is_null()):
        edition = editions[row["edition"]]
        at = rules.next_morning(row["zone"] or edition.timezone, now=window.now)
        is_told = added.get(edition.id, row["created_at"]) <= (row["told_at"] or row["created_at"])
        if not is_told and window.holds(at) and at < summits.ends_instant(edition):
            due[edition.id].append(at)
    return [
        Ahead(
            min(times),
            f"{number(len(times), 'person', 'people')} who {'arranges' if len(times) == 1 else 'arrange'} access and "
            f"food at {editions[key].title} {'is' if len(times) == 1 else 'are'} mailed that needs were added.",
            _page(editions[key], "needs"),
            "See who arranges it",
            count=len(times),
        )
        for key, times in due.items()
    ]


async def _erasures(editions: Mapping[int, Edition], window: Window) -> list[Ahead]:
    found = []
    for kept, mark in (
        (retention.NEEDS_KEPT, Registration.needs_erased_at),
        (retention.REST_KEPT, Registration.erased_at),
    ):
        rows = (
            await Registration.select(Registration.edition, Count(alias="n"))
            .where(mark.is_null())
            .group_by(Registration.edition)
        )
        for row in rows:
            edition, count = editions[row["edition"]], row["n"]
            day = retention.erased_on(edition.ends_on, kept)
            if at := window.due(zones.day_start(day, edition.timezone)):
                people = number(count, "registration", "registrations")
                sentence = f"{WORDS[kept].capitalize()} is erased from {people} for {edition.title}."
                found.append(
                    Ahead(at, sentence, _page(edition, "registrations"), "Export before", count=count)
                )
    return found


async def _erasures_of_invited(editions: Mapping[int, Edition], window: Window) -> list[Ahead]:
    """By summit and day: who was invited and did not take the place."""
    known = (Invitation.email != "") & (Invitation.ended_reason != rules.ACCEPTED)
    rows = await Invitation.select(Invitation.edition, Invitation.expires_at).where(
        known & (Invitation.expires_at < window.until - retention.INVITED_KEPT)
    )
    for row in rows:
        zone = editions[row["edition"]].timezone
        row["at"] = zones.day_start(retention.invitation_erased_on(row["expires_at"], zone), zone)

    def sentence(edition: Edition, count: int) -> str:
        people = number(count, "person", "people")
        return f"What is kept of {people} who did not take an invitation to {edition.title} is erased."

    return _by_edition(rows, editions, window, sentence, "invitations", "See the invitations")


def _page(edition: Edition, page: str) -> str:
    return f"/desk/summits/{edition.year}/{page}"
