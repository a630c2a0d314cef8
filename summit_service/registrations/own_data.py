"""Everything that is kept about one registration or invitation, for the person whose it is."""

from __future__ import annotations

from datetime import date
from typing import Any

from summit_service.agendas import queries as agendas
from summit_service.mail.tables import OutboxMessage
from summit_service.registrations import invited, letters, mails, questions, retention, sign_ups, stored
from summit_service.registrations.invited import Invited
from summit_service.registrations.queries import Standing
from summit_service.registrations.tables import Place
from summit_service.summits import queries as summits


async def own_data(standing: Standing) -> dict[str, Any]:
    """As JSON: what was told, the places with their dates, the mails, and on which day each field is erased."""
    row, edition = standing.registration, standing.edition
    return {
        "summit": {"year": edition.year, "title": edition.title},
        "state": standing.state,
        "told": {
            field.column: getattr(row, field.column)
            for field in retention.FIELDS
            if field.column != "answers"
        },
        "answers": await _answers(standing),
        "registered_at": row.created_at.isoformat(),
        "changed_at": row.changed_at.isoformat(),
        "cancelled_at": row.cancelled_at.isoformat() if row.cancelled_at else None,
        "calendar_entry": {"uid": row.uid, "sequence": row.sequence},
        "places": await _places(row.id),
        "sessions": await _sessions(standing),
        "agenda": await _agenda(standing),
        "letter": await _letter(standing),
        "mails": await _mails(mails.about(row)),
        "erased_on": {
            field.column: retention.erased_on(edition.ends_on, field.kept).isoformat()
            for field in retention.FIELDS
        },
    }


async def of_invitation(found: Invited) -> dict[str, Any]:
    """As JSON: what the secretariat told about who is invited, what became of it, the mail, and the day."""
    row, edition = found.invitation, found.edition
    return {
        "summit": {"year": edition.year, "title": edition.title},
        "state": found.reason or "open",
        "told": {"name": row.name, "email": row.email},
        "attendance": row.attendance,
        "invited_at": row.created_at.isoformat(),
        "expires_at": row.expires_at.isoformat(),
        "ended_at": row.ended_at.isoformat() if row.ended_at else None,
        "mails": await _mails(mails.about_invitation(row)),
        "erased_on": invited.erased_on(row, edition).isoformat(),
    }


async def _answers(standing: Standing) -> list[dict[str, Any]]:
    labels = await questions.labels_of(standing.edition.id)
    return [
        {
            "question": labels.get((entry["question"], entry["version"]), key),
            "version": entry["version"],
            "answer": entry["value"],
        }
        for key, entry in stored.read(standing.registration.answers).items()
    ]


async def _places(registration_id: int) -> list[dict[str, Any]]:
    rows = await Place.objects().where(Place.registration == registration_id).order_by(Place.id)
    return [
        {
            "attendance": row.attendance,
            "state": row.state,
            "since": row.created_at.isoformat(),
            "ended_at": row.ended_at.isoformat() if row.ended_at else None,
            "ended_reason": row.ended_reason,
        }
        for row in rows
    ]


async def _sessions(standing: Standing) -> list[dict[str, Any]]:
    held = await sign_ups.seats_of(standing.registration.id)
    return [
        {
            "title": one.session.title,
            "state": held[one.row.id].state,
            "since": held[one.row.id].seat.created_at.isoformat(),
        }
        for one in await sign_ups.sign_ups_of(standing.edition.id)
        if one.row.id in held
    ]


async def _agenda(standing: Standing) -> dict[str, Any] | None:
    """The sessions that are starred in this registration’s agenda, and the devices that open it; None without one."""
    held = await agendas.agenda_held_by(f"registration:{standing.registration.id}")
    if held is None:
        return None
    release = await summits.last_release(standing.edition.id)
    snapshot = summits.snapshot_of(release) if release else None
    items = (*snapshot.items, *snapshot.removed) if snapshot else ()
    titles = {item.session.uid: item.session.title for item in items}
    return {
        "stars": [
            {"title": titles.get(star.session_uid, star.session_uid), "since": star.created_at.isoformat()}
            for star in await agendas.stars_with_dates(held.id)
        ],
        "devices": [
            {
                "opened_at": key.created_at.isoformat(),
                "ended_at": key.ended_at.isoformat() if key.ended_at else None,
                "calendar_fetched_at": key.fetched_at.isoformat() if key.fetched_at else None,
                "calendar_fetched_by": key.fetched_by,
            }
            for key in await agendas.keys_of(held.id)
        ],
    }


async def _letter(standing: Standing) -> dict[str, Any] | None:
    row = await letters.letter_of(standing.registration.id)
    if row is None:
        return None
    day = retention.erased_on(standing.edition.ends_on, retention.NEEDS_KEPT)
    told = {name: getattr(row, name) for name in letters.FIELDS}
    return {
        "state": row.state,
        "told": {
            name: value.isoformat() if isinstance(value, date) else value for name, value in told.items()
        },
        "asked_at": row.asked_at.isoformat(),
        "decided_at": row.decided_at.isoformat() if row.decided_at else None,
        "reason": row.reason,
        "erased_on": day.isoformat(),
    }


async def _mails(about: str) -> list[dict[str, Any]]:
    seats = OutboxMessage.about.like(f"{about}:seat:%")
    found = OutboxMessage.objects().where((OutboxMessage.about == about) | seats)
    return [
        {
            "kind": row.kind,
            "to": row.recipient_email,
            "queued_at": row.created_at.isoformat(),
            "state": row.state,
        }
        for row in await found.order_by(OutboxMessage.id)
    ]
