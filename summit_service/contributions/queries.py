"""Reads about calls, contributions and reviews."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime

import msgspec

from summit_service import db, links
from summit_service.accounts.actor import Actor
from summit_service.accounts.tables import Person
from summit_service.contributions import rules
from summit_service.contributions.rules import Author, CallForm, Judgement, Kind, Workplace
from summit_service.contributions.tables import Call, Contribution, Review, Reviewer
from summit_service.errors import NotFound
from summit_service.members.tables import Organisation, Role
from summit_service.summits import queries as summits
from summit_service.summits import retention
from summit_service.summits.tables import Edition

LINK = "contribution"
UNKNOWN = "We do not know this link. It may have been cut off: copy the whole of it from the mail."
NO_CALL = "There is no call for contributions to this summit."
MOST_SHOWN = 2_000


@dataclass(frozen=True, slots=True)
class OpenCall:
    """An edition's call with its choices read."""

    edition: Edition
    row: Call
    kinds: tuple[Kind, ...]
    themes: tuple[str, ...]

    def is_open(self, now: datetime) -> bool:
        """Whether contributions come in at this moment."""
        return rules.is_open(self.row.closes_instant, now=now)

    def minutes_of(self, kind: str) -> int:
        """How long a contribution of that kind takes; half an hour where the call does not know the kind any more."""
        return next((known.minutes for known in self.kinds if known.name == kind), 30)


async def call_of(edition: Edition) -> OpenCall | None:
    """The edition's call, where there is one."""
    row = await Call.objects().where(Call.edition == edition.id).first()
    if row is None:
        return None
    kinds = tuple(Kind(*pair) for pair in msgspec.json.decode(row.kinds, type=list[tuple[str, int]]))
    return OpenCall(edition, row, kinds, tuple(msgspec.json.decode(row.themes, type=list[str])))


def form_of(call: OpenCall) -> CallForm:
    """The call in the form in which it is typed."""
    row = call.row
    return CallForm(
        intro=row.intro,
        kinds="\n".join(f"{kind.name}; {kind.minutes}" for kind in call.kinds),
        themes="\n".join(call.themes),
        limit_per_person=str(row.limit_per_person),
        most_words=str(row.most_words),
        closes_at=row.closes_at,
        is_blind="yes" if row.is_blind else "",
    )


async def found_call(edition: Edition) -> OpenCall:
    """The edition's call; raises NotFound."""
    call = await call_of(edition)
    if call is None:
        raise NotFound(NO_CALL)
    return call


async def announced_call(year: int) -> OpenCall:
    """The call of the announced edition of that year; raises NotFound."""
    return await found_call(await summits.found_edition(year, is_announced_only=True))


async def behind(token: str) -> tuple[Contribution, OpenCall]:
    """What a mailed link opens; raises NotFound."""
    link = await links.find(LINK, token)
    row = await by_id(int(link.subject)) if link is not None and link.ended_at is None else None
    if row is None or row.erased_at is not None:
        raise NotFound(UNKNOWN)
    edition = await Edition.objects().get(Edition.id == row.edition)
    if edition is None:
        raise NotFound(UNKNOWN)
    return row, await found_call(edition)


async def by_id(identifier: int) -> Contribution | None:
    """The contribution, erased or not."""
    return await Contribution.objects().where(Contribution.id == identifier).first()


async def numbered(edition_id: int, number: int) -> Contribution:
    """The contribution of that number; raises NotFound."""
    row = (
        await Contribution.objects()
        .where((Contribution.edition == edition_id) & (Contribution.number == number))
        .first()
    )
    if row is None:
        raise NotFound("There is no such contribution.")
    return row


async def locked(identifier: int) -> Contribution:
    """The contribution with its row locked until the commit; raises NotFound."""
    row = await db.for_update(Contribution.objects().where(Contribution.id == identifier)).first()
    if row is None:
        raise NotFound("There is no such contribution.")
    found: Contribution = row
    return found


def state_of(row: Contribution) -> str:
    """Empty, accepted, declined or withdrawn."""
    return "withdrawn" if row.withdrawn_at is not None else row.decision


def authors_of(row: Contribution) -> tuple[Author, ...]:
    """Who submitted it and the co-authors, in order."""
    return (Author(row.name, row.affiliation), *rules.authors_in(row.co_authors))


@dataclass(frozen=True, slots=True)
class Judged:
    """A contribution with what its reviews come to."""

    row: Contribution
    judgement: Judgement
    conflicts: int

    @property
    def state(self) -> str:
        """Empty, accepted, declined or withdrawn."""
        return state_of(self.row)


async def judged(edition_id: int) -> list[Judged]:
    """All contributions of an edition with their scores, in two queries, the best first, then by number."""
    rows = (
        await Contribution.objects()
        .where(Contribution.edition == edition_id)
        .order_by(Contribution.number)
        .limit(MOST_SHOWN)
    )
    scores: dict[int, list[int]] = defaultdict(list)
    conflicts: dict[int, int] = defaultdict(int)
    for review in await Review.select(Review.contribution, Review.score, Review.has_conflict).where(
        Review.contribution.is_in([row.id for row in rows] or [0])
    ):
        conflicts[review["contribution"]] += review["has_conflict"]
        if review["score"] is not None:
            scores[review["contribution"]].append(review["score"])
    found = [Judged(row, rules.judgement(scores[row.id]), conflicts[row.id]) for row in rows]
    return sorted(found, key=lambda one: (-(one.judgement.mean or 0), one.row.number))


def in_order(found: Sequence[Judged], *, apart: Set[int]) -> list[Judged]:
    """As a reader sees them who stands apart from some (by id): these last, by number; their place told the score."""
    return sorted(found, key=lambda one: (one.row.id in apart, one.row.id in apart and one.row.number))


@dataclass(frozen=True, slots=True)
class Opinion:
    """One review with the name of who wrote it."""

    reviewer: str
    score: int | None
    comment: str
    has_conflict: bool


async def opinions_on(contribution_id: int) -> list[Opinion]:
    """Every review of a contribution; for the secretariat."""
    rows = (
        await Review.objects(Review.person).where(Review.contribution == contribution_id).order_by(Review.id)
    )
    return [Opinion(row.person.name, row.score, row.comment, row.has_conflict) for row in rows]


async def reviewers_of(edition_id: int) -> list[Person]:
    """Who reviews for this edition now, by name."""
    rows = await Reviewer.objects(Reviewer.person).where(
        (Reviewer.edition == edition_id) & Reviewer.ended_at.is_null()
    )
    return sorted((row.person for row in rows), key=lambda person: person.name)


async def is_reviewer(edition_id: int, actor: Actor) -> bool:
    """Whether the actor reviews for this edition."""
    if actor.person_id is None:
        return False
    return bool(
        await Reviewer.exists().where(
            (Reviewer.edition == edition_id)
            & (Reviewer.person == actor.person_id)
            & Reviewer.ended_at.is_null()
        )
    )


async def editions_to_review(actor: Actor) -> list[Edition]:
    """The editions that the actor reviews for, the latest first."""
    if actor.person_id is None:
        return []
    rows = await Reviewer.objects(Reviewer.edition).where(
        (Reviewer.person == actor.person_id) & Reviewer.ended_at.is_null()
    )
    return sorted((row.edition for row in rows), key=lambda edition: -edition.year)


async def left_to_review(actor: Actor, *, now: datetime) -> list[tuple[Edition, int]]:
    """How much the actor has still to review, for each edition that is judged now; always the same few queries."""
    judged = [one for one in await editions_to_review(actor) if summits.ends_instant(one) > now]
    if not judged or actor.person_id is None:
        return []
    wanted = [edition.id for edition in judged]
    closed = Call.select(Call.edition).where(Call.edition.is_in(wanted), Call.closes_instant <= now)
    ids = {row["edition"] for row in await closed}
    mine = Review.select(Review.contribution).where(Review.person == actor.person_id)
    reviewed = {row["contribution"] for row in await mine}
    rows = await Contribution.select(Contribution.id, Contribution.edition).where(
        Contribution.edition.is_in(wanted), Contribution.withdrawn_at.is_null()
    )
    left = Counter(row["edition"] for row in rows if row["id"] not in reviewed)
    return [(edition, left[edition.id]) for edition in judged if edition.id in ids]


async def reviews_by(person_id: int, edition_id: int) -> dict[int, Review]:
    """What one person has written, by contribution."""
    rows = await Review.objects().where(
        (Review.person == person_id) & (Review.contribution.edition == edition_id)
    )
    return {row.contribution: row for row in rows}


async def workplaces_of(person_id: int) -> list[Workplace]:
    """The organisations that the person acts for."""
    ids = [
        row["organisation"]
        for row in await Role.select(Role.organisation).where(
            (Role.person == person_id) & Role.ended_at.is_null() & Role.organisation.is_not_null()
        )
    ]
    mine = Organisation.id.is_in(ids or [0])
    rows = await Organisation.select(Organisation.name, Organisation.website).where(mine)
    return [Workplace(row["name"], row["website"]) for row in rows]


async def reviewable(edition_id: int) -> list[Contribution]:
    """What is judged: everything that was not withdrawn, by number."""
    return (
        await Contribution.objects()
        .where((Contribution.edition == edition_id) & Contribution.withdrawn_at.is_null())
        .order_by(Contribution.number)
        .limit(MOST_SHOWN)
    )


async def to_be_told(edition_id: int) -> list[Contribution]:
    """What was decided and its author does not know yet, by number."""
    rows = Contribution.objects().where(
        (Contribution.edition == edition_id)
        & (Contribution.decision != "")
        & Contribution.told_at.is_null()
        & Contribution.withdrawn_at.is_null()
    )
    return list(await rows.order_by(Contribution.number))


def is_to_be_told(row: Contribution) -> bool:
    """Whether it was decided and its author does not know yet."""
    return bool(row.decision) and row.told_at is None and row.withdrawn_at is None


def erased_at(edition: Edition) -> datetime:
    """When what is personal in an edition's contributions is erased."""
    return retention.erased_at(edition.ends_on, edition.timezone, retention.REST_KEPT)
