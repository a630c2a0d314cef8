"""Limits beside the places: how many may choose an answer, and how many may come from one organisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from summit_service.errors import Fault
from summit_service.registrations import answers, questions
from summit_service.registrations.answers import Asked
from summit_service.registrations.rules import Details
from summit_service.registrations.tables import Registration


async def faults_of(
    edition_id: int,
    details: Details,
    asked: Sequence[Asked],
    *,
    but: int = 0,
    before: Mapping[str, object] | None = None,
) -> list[Fault]:
    """What cannot be had any more; call it with the edition locked. `but` is the registration that is changed,
    `before` what it answered: that stays possible, even where a limit was lowered since.
    """
    counts, earlier = await questions.chosen(edition_id, asked, but=but), before or {}
    return [
        Fault(question.field, f"“{answer}” is full. Choose another answer.")
        for question in asked
        if (answer := answers.said(details.answers.get(question.key))) in question.limits
        and counts[question.key][answer] >= question.limits[answer]
        and answers.said(earlier.get(question.key)) != answer
    ]


async def organisation_faults(edition_id: int, organisation: str, *, more: int = 1) -> list[Fault]:
    """A fault where `more` people would be too many for their organisation."""
    limit = (await questions.terms_of(edition_id)).organisation_limit
    key = organisation_key(organisation)
    if limit is None or not key:
        return []
    live = (Registration.edition == edition_id) & Registration.cancelled_at.is_null()
    rows = await Registration.select(Registration.organisation).where(live)
    registered = sum(organisation_key(row["organisation"]) == key for row in rows)
    if registered + more <= limit:
        return []
    people = "person" if limit == 1 else "people"
    sentence = (
        f"This summit takes {limit} {people} from one organisation, and {registered} registered before."
    )
    return [Fault("organisation", f"{sentence} Ask the secretariat if more have to come.")]


def organisation_key(name: str) -> str:
    """What two spellings of an organisation's name have in common."""
    return " ".join(name.casefold().split())
