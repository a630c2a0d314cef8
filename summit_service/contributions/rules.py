"""What a call asks, what a contribution may be, who may judge it, and what the judgements come to."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta

from summit_service import markup, zones
from summit_service.accounts.addresses import email_address
from summit_service.errors import Conflict, Fault, Gone, Invalid

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
MOST_CHOICES, MOST_AUTHORS = 30, 30
LONGEST_LINE, LONGEST_TEXT = 200, 20_000
MOST_WORDS = 2_000
TIME_TO_STOP = timedelta(minutes=10)
KEPT_FOR = timedelta(days=365)
"""After the summit's last day: then what is personal in contributions is erased."""
CLOSED = "The call is closed. Write to the secretariat if something has to change."


@dataclass(frozen=True, slots=True)
class Kind:
    """A form a contribution can take, and how many minutes of the programme it gets."""

    name: str
    minutes: int


@dataclass(frozen=True, slots=True)
class CallForm:
    """A call as it is typed: kinds as lines `Talk; 20`, themes a line each, numbers as text, `closes_at` wall time."""

    intro: str = ""
    kinds: str = ""
    themes: str = ""
    limit_per_person: str = "3"
    most_words: str = "300"
    closes_at: str = ""
    is_blind: str = "yes"


@dataclass(frozen=True, slots=True)
class CallPlan:
    """A call that can be kept."""

    intro: str
    kinds: tuple[Kind, ...]
    themes: tuple[str, ...]
    limit_per_person: int
    most_words: int
    closes_at: str
    closes_instant: datetime
    is_blind: bool


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody whose work it is."""

    name: str
    affiliation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A contribution as it is typed; `co_authors` has a line each, `Name; Affiliation`."""

    title: str = ""
    kind: str = ""
    theme: str = ""
    abstract: str = ""
    name: str = ""
    email: str = ""
    affiliation: str = ""
    co_authors: str = ""


FIELDS = tuple(one.name for one in fields(Form))


@dataclass(slots=True)
class _Faults:
    """Collects what is wrong, so that everything is told at once."""

    found: list[Fault] = field(default_factory=list)

    def line(
        self, value: str, name: str, label: str, *, required: bool = True, longest: int = LONGEST_LINE
    ) -> str:
        try:
            return markup.one_line(value, field=name, longest=longest, name=label, required=required)
        except Invalid as refusal:
            self.found.extend(refusal.faults)
            return ""

    def text(self, value: str, name: str, label: str, *, required: bool = False) -> str:
        try:
            return markup.many_lines(value, field=name, longest=LONGEST_TEXT, name=label, required=required)
        except Invalid as refusal:
            self.found.extend(refusal.faults)
            return ""

    def number(self, value: str, name: str, label: str, *, most: int) -> int:
        number = int(value) if re.fullmatch(r"[0-9]{1,6}", value.strip()) else 0
        if not 1 <= number <= most:
            self.found.append(Fault(name, f"{label} has to be a whole number from 1 to {most:,}."))
        return number

    def check(self) -> None:
        if self.found:
            raise Invalid(self.found)


def checked_call(given: CallForm, *, timezone: str, last_moment: datetime) -> CallPlan:
    """The call as it is kept; raises Invalid. It closes before the summit is over (`last_moment`)."""
    faults = _Faults()
    intro = faults.text(given.intro, "intro", "The text of the call", required=True)
    kinds = _kinds(given.kinds, faults)
    themes = tuple(_lines(given.themes, "themes", "A theme", faults))
    closes = _closes(given.closes_at, timezone, faults)
    limit = faults.number(given.limit_per_person, "limit_per_person", "The limit", most=50)
    words = faults.number(given.most_words, "most_words", "The number of words", most=MOST_WORDS)
    if closes > last_moment:
        faults.found.append(Fault("closes_at", "The call has to close before the summit is over."))
    faults.check()
    return CallPlan(
        intro, kinds, themes, limit, words, given.closes_at.strip(), closes, given.is_blind == "yes"
    )


def _closes(value: str, timezone: str, faults: _Faults) -> datetime:
    try:
        wall = zones.parse_wall(value.strip(), field="closes_at")
        return zones.instant(wall, timezone, field="closes_at")
    except Invalid as refusal:
        faults.found.extend(refusal.faults)
        return _NEVER


_NEVER = datetime.fromisoformat("1900-01-01T00:00:00+00:00")


def _kinds(text: str, faults: _Faults) -> tuple[Kind, ...]:
    found = []
    for line in _lines(text, "kinds", "A kind", faults):
        name, _, minutes = line.rpartition(";")
        if not name.strip() or not re.fullmatch(r"[0-9]{1,3}", minutes.strip()) or not int(minutes):
            faults.found.append(
                Fault("kinds", f"Write “{line}” with its minutes after a semicolon: Talk; 20.")
            )
            continue
        found.append(Kind(name.strip(), int(minutes)))
    if not found:
        faults.found.append(Fault("kinds", "Name at least one kind, such as: Talk; 20."))
    return tuple(found)


def _lines(text: str, name: str, label: str, faults: _Faults) -> list[str]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_CHOICES:
        faults.found.append(Fault(name, f"{MOST_CHOICES} lines at most."))
    clean = [faults.line(line, name, label, longest=80) for line in lines[:MOST_CHOICES]]
    return list(dict.fromkeys(line for line in clean if line))


def checked(given: Form, *, kinds: Collection[str], themes: Collection[str], most_words: int) -> Form:
    """The contribution in its normal form; raises Invalid with every fault, each for its field."""
    faults = _Faults()
    clean = Form(
        title=faults.line(given.title, "title", "The title"),
        kind=_choice(given.kind, "kind", kinds, "Choose the kind of your contribution.", faults),
        theme=_choice(given.theme, "theme", themes, "Choose a theme.", faults) if themes else "",
        abstract=faults.text(given.abstract, "abstract", "The abstract", required=True),
        name=faults.line(given.name, "name", "Your name"),
        email=_email(given.email, faults),
        affiliation=faults.line(given.affiliation, "affiliation", "Where you work", required=False),
        co_authors=faults.text(given.co_authors, "co_authors", "The list of co-authors"),
    )
    count = words_in(clean.abstract)
    if count > most_words:
        faults.found.append(
            Fault("abstract", f"The abstract has {count:,} words; {most_words:,} are the most. Shorten it.")
        )
    try:
        authors_in(clean.co_authors)
    except Invalid as refusal:
        faults.found.extend(refusal.faults)
    faults.check()
    return clean


def _choice(value: str, name: str, known: Collection[str], sentence: str, faults: _Faults) -> str:
    if value not in known:
        faults.found.append(Fault(name, sentence))
    return value


def _email(value: str, faults: _Faults) -> str:
    try:
        return email_address(value)
    except Invalid as refusal:
        faults.found.extend(replace(one, field="email") for one in refusal.faults)
        return ""


def words_in(text: str) -> int:
    """How many words; a text in a script without spaces is counted by two characters a word."""
    dense = len(re.findall(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]", text))
    return len(re.sub(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]", " ", text).split()) + (dense + 1) // 2


def authors_in(text: str) -> tuple[Author, ...]:
    """The co-authors, a line each: `Name; Affiliation`. Raises Invalid."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_AUTHORS:
        raise Invalid.one("co_authors", f"{MOST_AUTHORS} co-authors at most.")
    found = []
    for line in lines:
        name, _, affiliation = line.partition(";")
        clean = markup.one_line(name, field="co_authors", longest=120, name="A co-author's name")
        place = markup.one_line(
            affiliation, field="co_authors", longest=LONGEST_LINE, name="An affiliation", required=False
        )
        found.append(Author(clean, place))
    return tuple(found)


def is_open(closes_at: datetime, *, now: datetime) -> bool:
    """Whether contributions come in and may be changed at this moment."""
    return now < closes_at


def check_open(closes_at: datetime, *, now: datetime) -> None:
    """Raises Gone once the call is closed."""
    if not is_open(closes_at, now=now):
        raise Gone(CLOSED)


def check_limit(number: int, limit: int) -> None:
    """Raises Conflict where this address has as many contributions as one person may have."""
    if number >= limit:
        has = "is one contribution" if limit == 1 else f"are {limit} contributions"
        raise Conflict(f"There {has} from this address already, the most for one person. Withdraw one first.")


def has_conflict(
    reviewer: str, organisations: Iterable[str], email: str, *, authors: Sequence[Author], author_email: str
) -> bool:
    """Whether this reviewer is an author, or works where an author works."""
    if email.casefold() == author_email.casefold():
        return True
    names = {_key(author.name) for author in authors}
    places = {_key(author.affiliation) for author in authors if author.affiliation}
    return _key(reviewer) in names or any(_key(name) in places for name in organisations)


def _key(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().casefold()


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


def counted(values: Iterable[str]) -> Mapping[str, int]:
    """How often each occurs, the most frequent first."""
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
