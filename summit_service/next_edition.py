"""The next edition of the summit, made from the last: what joins summits, registrations and contributions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from summit_service import db, journal, zones
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.contributions import queries as contributions
from summit_service.contributions.actions.calling import store_call
from summit_service.contributions.queries import OpenCall
from summit_service.errors import Invalid
from summit_service.registrations import questions
from summit_service.registrations.actions.questions import store_questions
from summit_service.registrations.answers import Asked
from summit_service.registrations.tables import Terms
from summit_service.summits import queries
from summit_service.summits.actions.editions import insert_edition, values_of_edition
from summit_service.summits.actions.storing import store_draft
from summit_service.summits.rules import shifting
from summit_service.summits.rules.editions import CYCLE
from summit_service.summits.rules.intake import read_programme
from summit_service.summits.rules.programme import Programme, SessionPlan, session_values, values_of
from summit_service.summits.rules.reading import object_of
from summit_service.summits.tables import Edition

ROOMS, BREAKS, QUESTIONS, CALL = PARTS = ("rooms", "breaks", "questions", "call")
FRAME = frozenset({"break", "social"})


@dataclass(frozen=True, slots=True)
class Source:
    """What an edition has that the next one can begin with: nothing of it is about a person."""

    edition: Edition
    programme: Programme
    questions: tuple[Asked, ...]
    terms: Terms
    call: OpenCall | None

    @property
    def breaks(self) -> tuple[SessionPlan, ...]:
        """The sessions that frame a programme: breaks and what is social."""
        return tuple(one for one in self.programme.sessions if one.kind in FRAME and not one.is_cancelled)

    @property
    def dated(self) -> tuple[str, ...]:
        """What is taken over word by word and names the year of this edition, so that somebody reads it again."""
        texts = [
            (f"the question “{one.label}”", (one.label, one.hint, *one.choices)) for one in self.questions
        ]
        if self.call is not None:
            texts.append(("the call for contributions", (self.call.row.intro, *self.call.themes)))
        texts += [(f"“{one.title}”", (one.title,)) for one in self.breaks]
        return tuple(words for words, told in texts if any(str(self.edition.year) in text for text in told))


async def source_of(year: int, *, actor: Actor) -> Source:
    """The edition of that year as a source for the next; raises NotFound."""
    check_secretariat(actor)
    return await _source(await queries.found_edition(year))


async def _source(edition: Edition) -> Source:
    return Source(
        edition,
        (await queries.draft_of(edition)).programme,
        await questions.questions_of(edition.id),
        await questions.terms_of(edition.id),
        await contributions.call_of(edition),
    )


def proposed(source: Source, *, year: int | None = None) -> dict[str, object]:
    """The fields of the next edition, its days on the weekdays of the last; two years on unless `year` is given."""
    return shifting.next_values(values_of_edition(source.edition), year=year or source.edition.year + CYCLE)


async def make_next(
    from_year: int, value: object, *, parts: Collection[str] = PARTS, actor: Actor, now: datetime
) -> Edition:
    """Make an edition from the one of `from_year`: the fields that are given, the rest as `proposed`, and `parts`.

    All hours move with the first day. It is not announced, has no release, and takes over nobody: no speaker, no
    reviewer, no registration, no invitation. Raises NotFound, Conflict and Invalid as `create_edition` does.
    """
    check_secretariat(actor)
    _check_parts(parts)
    given = object_of(value, "An edition")
    async with db.transaction():
        source = await _source(await queries.locked_edition(from_year))
        values = {**_proposed_for(source, given), **given, "announced": False}
        edition = await insert_edition(values, now=now)
        await _take_over(source, edition, parts, now=now)
        told = f"from the summit of {from_year}"
        await journal.note("summit.created", actor, edition.year, edition.title, now=now, detail=told)
        return edition


def _check_parts(parts: Collection[str]) -> None:
    unknown = sorted(set(parts) - set(PARTS))
    if unknown:
        raise Invalid.one("parts", f"“{unknown[0]}” is not a part. The parts are: {', '.join(PARTS)}.")


def _proposed_for(source: Source, given: Mapping[str, object]) -> dict[str, object]:
    year = given.get("year", source.edition.year + CYCLE)
    return proposed(source, year=year) if isinstance(year, int) and not isinstance(year, bool) else {}


async def _take_over(source: Source, edition: Edition, parts: Collection[str], *, now: datetime) -> None:
    by = edition.starts_on - source.edition.starts_on
    programme = _frame(source, edition, parts, by)
    if programme.rooms or programme.tracks or programme.sessions:
        await store_draft(edition, programme, now=now)
    if QUESTIONS in parts:
        await store_questions(edition.id, source.questions, now=now)
        await _copy_terms(source.terms, edition, by)
    if CALL in parts and source.call is not None:
        form = contributions.form_of(source.call)
        closes = _no_later(shifting.moved_wall(form.closes_at, by) or "", edition.ends_on)
        await store_call(edition, replace(form, closes_at=closes), now=now)


def _frame(source: Source, edition: Edition, parts: Collection[str], by: timedelta) -> Programme:
    has_rooms = ROOMS in parts
    values = values_of(Programme(rooms=source.programme.rooms, tracks=source.programme.tracks))
    values = values if has_rooms else {}
    if BREAKS in parts:
        values["sessions"] = [_moved(one, by, has_rooms=has_rooms) for one in source.breaks]
    return read_programme(values, year=edition.year, timezone=edition.timezone)


def _moved(session: SessionPlan, by: timedelta, *, has_rooms: bool) -> dict[str, object]:
    """A break of the next edition: its name, its hours and its place, and no words or people beside."""
    kept = session_values(session)
    hours = {name: shifting.moved_wall(getattr(session, name), by) for name in ("starts_at", "ends_at")}
    place = {name: kept[name] for name in ("room", "track") if has_rooms}
    return {name: kept[name] for name in ("title", "kind", "capacity")} | hours | place


async def _copy_terms(terms: Terms, edition: Edition, by: timedelta) -> None:
    until = terms.changes_until + by if terms.changes_until else None
    if until is None and terms.organisation_limit is None:
        return
    last = min(until, edition.ends_on) if until else None
    await Terms(edition=edition.id, changes_until=last, organisation_limit=terms.organisation_limit).save()


def _no_later(wall: str, last_day: date) -> str:
    """The wall time, or the last minute of the last day where that is earlier."""
    last = zones.wall_text(datetime.combine(last_day, time(23, 59)))
    return min(wall, last)
