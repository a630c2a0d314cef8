"""Who may judge a contribution, what the judgements come to, and how it is decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from summit_service.contributions.rules import workplaces
from summit_service.contributions.rules.forms import Author
from summit_service.errors import Conflict, Invalid

ACCEPTED, DECLINED = "accepted", "declined"
DECISIONS = {ACCEPTED: "Accept", DECLINED: "Decline"}
STATES = {"": "Not decided", ACCEPTED: "Accepted", DECLINED: "Declined", "withdrawn": "Withdrawn"}
SCORES = {
    5: "5: has to be there",
    4: "4: good",
    3: "3: if there is room",
    2: "2: rather not",
    1: "1: not for this summit",
}
TIME_TO_STOP = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Workplace:
    """An organisation that a reviewer acts for."""

    name: str
    website: str = ""


def has_conflict(
    reviewer: str,
    places: Iterable[Workplace],
    email: str,
    *,
    authors: Sequence[Author],
    author_email: str,
) -> bool:
    """Whether this reviewer is an author, or works where an author works, by its name or by the domain of the mail."""
    if email.casefold() == author_email.casefold():
        return True
    mine = workplaces.person(reviewer)
    if mine and mine in {workplaces.person(author.name) for author in authors}:
        return True
    typed = [author.affiliation for author in authors]
    return any(
        workplaces.is_at(author_email, place.website)
        or any(workplaces.is_same(affiliation, place.name) for affiliation in typed)
        for place in places
    )


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the reviews of one contribution come to: their number, the mean of the scores, and their spread."""

    number: int
    mean: float | None
    spread: int


def judgement(scores: Sequence[int]) -> Judgement:
    """The mean rounded to a tenth; the spread is the highest less the lowest."""
    if not scores:
        return Judgement(0, None, 0)
    return Judgement(len(scores), round(sum(scores) / len(scores), 1), max(scores) - min(scores))


def check_review(score: str, *, has_conflict: bool) -> int | None:
    """The score to keep, none for who has a conflict of interest; raises Invalid."""
    if has_conflict:
        return None
    if not score.isascii() or not score.isdigit() or int(score[:3]) not in SCORES:
        raise Invalid.one("score", "Choose a score, or say that you have a conflict of interest.")
    return int(score)


def check_decision(decision: str, *, seen: str, before: str, told_at: datetime | None) -> str:
    """Raises Invalid for no choice, and Conflict once its author was told or when somebody was faster."""
    if decision not in {"", *DECISIONS}:
        raise Invalid.one("decision", "Choose whether to accept or to decline.")
    if told_at is not None:
        raise Conflict("Its author has been told. Write to them by hand if this has to change.")
    if seen != before:
        raise Conflict("Somebody has decided meanwhile. Look at it again first.")
    return decision


def knows_decision(told_at: datetime | None, *, now: datetime) -> bool:
    """Whether its author knows: the mail has had its ten minutes, in which it could be stopped."""
    return told_at is not None and told_at + TIME_TO_STOP <= now


def counted(values: Iterable[str]) -> Mapping[str, int]:
    """How often each occurs, the most frequent first."""
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
