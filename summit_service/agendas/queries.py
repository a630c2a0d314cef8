"""Reads of agendas, by the secret that a device or a calendar app holds."""

from __future__ import annotations

from piccolo.query.functions import Count

from summit_service import tokens
from summit_service.agendas.tables import Agenda, AgendaKey, Star

DEVICE, CALENDAR = "agenda", "agenda_calendar"


def calendar_token(token: str) -> str:
    """The secret of the calendar address that belongs to a device's secret; it leads no way back."""
    return tokens.derive(token, CALENDAR)


def fingerprint(token: str) -> str:
    """What is kept of a device's secret."""
    return tokens.fingerprint(DEVICE, token)


def calendar_fingerprint(token: str) -> str:
    """What is kept of the calendar's secret."""
    return tokens.fingerprint(CALENDAR, token)


async def key_of(token: str, *, edition_id: int) -> AgendaKey | None:
    """The live key behind a device's secret, with its agenda of this edition; None for any other."""
    if not tokens.is_well_formed(token):
        return None
    is_live = (AgendaKey.token_hash == fingerprint(token)) & AgendaKey.ended_at.is_null()
    found = AgendaKey.objects(AgendaKey.agenda).where(is_live & (AgendaKey.agenda.edition == edition_id))
    return await found.first()


async def key_of_calendar(token: str) -> AgendaKey | None:
    """The key behind a calendar's secret, ended or not, with its agenda; None when there is none."""
    if not tokens.is_well_formed(token):
        return None
    with_it = AgendaKey.calendar_hash == calendar_fingerprint(token)
    return await AgendaKey.objects(AgendaKey.agenda).where(with_it).first()


async def stars_of(agenda_id: int) -> frozenset[str]:
    """The UIDs of the starred sessions."""
    rows = await Star.select(Star.session_uid).where(Star.agenda == agenda_id)
    return frozenset(row["session_uid"] for row in rows)


async def stars_with_dates(agenda_id: int) -> list[Star]:
    """The stars in the order in which they were set."""
    return list(await Star.objects().where(Star.agenda == agenda_id).order_by(Star.id))


async def keys_of(agenda_id: int) -> list[AgendaKey]:
    """Every device that was given the agenda, whether it still opens it or not."""
    return list(await AgendaKey.objects().where(AgendaKey.agenda == agenda_id).order_by(AgendaKey.id))


async def starred_with(token: str, *, edition_id: int) -> frozenset[str]:
    """The UIDs that a device's secret opens; none for a secret that opens nothing."""
    key = await key_of(token, edition_id=edition_id)
    return await stars_of(key.agenda.id) if key else frozenset()


async def counts_of(edition_id: int) -> dict[str, int]:
    """In how many agendas each session stands, by its UID; those without a star are not in it."""
    rows = (
        await Star.select(Star.session_uid, Count(alias="number"))
        .where(Star.agenda.edition == edition_id)
        .group_by(Star.session_uid)
    )
    return {row["session_uid"]: row["number"] for row in rows}


async def agenda_held_by(holder: str) -> Agenda | None:
    """The agenda of a holder, `registration:12` say."""
    return await Agenda.objects().where(Agenda.holder == holder).first()
