"""Reads about officers; every term, because there are few."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from summit_service import settings, zones
from summit_service.errors import NotFound
from summit_service.officers.rules import Details, mark_of
from summit_service.officers.tables import Officer


@dataclass(frozen=True, slots=True)
class Term:
    """One term; `name` is empty where it was erased. `email` is for the secretariat alone."""

    id: int
    office: str
    name: str
    email: str
    organisation: str
    """The slug; empty for none."""
    organisation_name: str
    starts_on: date
    ends_on: date | None
    is_erased: bool

    @property
    def mark(self) -> str:
        """Of the term as it stands; who changes it says which one they have seen."""
        return mark_of(details_of(self))


async def all_terms() -> list[Term]:
    """Every term that there was, is or will be, in the order of their beginning."""
    return await _terms()


async def term(officer_id: int) -> Term:
    """One term; raises NotFound."""
    found = await _terms(officer_id)
    if not found:
        raise NotFound("There is no such officer.")
    return found[0]


def today(now: datetime) -> date:
    """The day of the network, in its zone."""
    return zones.at_wall(now, settings.current().timezone).date()


def details_of(found: Term) -> Details:
    """A term as it would be typed."""
    return Details(
        office=found.office,
        name=found.name,
        starts_on=found.starts_on.isoformat(),
        ends_on=found.ends_on.isoformat() if found.ends_on else "",
        person=found.email,
        organisation=found.organisation,
    )


async def _terms(officer_id: int | None = None) -> list[Term]:
    query = Officer.select(
        Officer.id,
        Officer.office,
        Officer.name,
        Officer.starts_on,
        Officer.ends_on,
        Officer.erased_at,
        Officer.person.email.as_alias("email"),
        Officer.organisation.slug.as_alias("slug"),
        Officer.organisation.name.as_alias("organisation_name"),
    )
    if officer_id is not None:
        query = query.where(Officer.id == officer_id)
    rows = await query.order_by(Officer.starts_on).order_by(Officer.id)
    return [
        Term(
            id=row["id"],
            office=row["office"],
            name=row["name"],
            email=row["email"] or "",
            organisation=row["slug"] or "",
            organisation_name=row["organisation_name"] or "",
            starts_on=row["starts_on"],
            ends_on=row["ends_on"],
            is_erased=row["erased_at"] is not None,
        )
        for row in rows
    ]
