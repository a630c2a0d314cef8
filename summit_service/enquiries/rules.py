"""What the network asks of those who want to join, how an answer reads against it, and how long it is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from typing import TypeVar

from summit_service import markup
from summit_service.accounts.addresses import email_address
from summit_service.errors import Conflict, Fault, Invalid
from summit_service.members import rules as members

T = TypeVar("T")

CONFIRM_WITHIN = timedelta(days=7)
KEPT_FOR = timedelta(days=365)
ENDS_SOON = timedelta(days=30)
MAILS_A_DAY = 3
"""Confirmations to one address; further enquiries are answered alike, and neither kept nor mailed."""
LONGEST_TEXT = 4_000
RULES = (
    ("Works on empathy", "A member works explicitly on empathy in healthcare."),
    (
        "Academic body, charity or established researcher",
        "A member is an academic body or a charity. A researcher with an established record, such as a book, "
        "counts as an organisation.",
    ),
)
BODIES = {
    "academic": "An academic body, or part of one",
    "charity": "A charity",
    "researcher": "A researcher with an established record",
    "commercial": "A commercial body",
    "individual": "Another individual",
    "other": "Something else",
}
WITHOUT_RULE = frozenset({"commercial", "individual"})
DECISIONS = {
    "member": "Accept as a member",
    "associate": "Accept as an associate member",
    "declined": "Decline",
    "kept": "Keep for the day there is a rule",
}
DECIDED = {
    "": "Not decided",
    "member": "Accepted as a member",
    "associate": "Accepted as an associate member",
    "declined": "Declined",
    "kept": "Kept until there is a rule",
}
ACCEPTED = frozenset({"member", "associate"})
QUESTION, REPLY, NOTE, ANSWER = "question", "reply", "note", "answer"
NO_SENDER = "a mail that names no sender"
ENDED = "The time to confirm this enquiry is over, and what you wrote is erased. You can enquire again."
ERASED = "The time of this enquiry is over, and what was personal in it is erased."
CONFIRMED = "This address is confirmed already. The secretariat has your enquiry and answers by mail."


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What somebody typed into the form; `works` is yes or no."""

    name: str = ""
    kind: str = ""
    country: str = ""
    city: str = ""
    website: str = ""
    contact_name: str = ""
    email: str = ""
    works: str = ""
    how: str = ""
    body: str = ""
    evidence: str = ""


FIELDS = tuple(field.name for field in fields(Form))


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer beside the rule that asked for it; `verdict` is met, not_met, no_rule or open."""

    title: str
    rule: str
    answer: str
    details: str
    verdict: str


def checked(given: Form) -> Form:
    """The form in its normal form; raises Invalid with every fault at once, each for its field."""
    faults: list[Fault] = []

    def attempt(check: Callable[[], T], otherwise: T) -> T:
        try:
            return check()
        except Invalid as fault:
            faults.extend(fault.faults)
            return otherwise

    clean = attempt(lambda: _place(given), given)
    clean = replace(
        clean,
        contact_name=attempt(lambda: _line(given.contact_name, "contact_name", "Your name"), ""),
        email=attempt(lambda: email_address(given.email), ""),
    )
    clean = attempt(lambda: _on_empathy(clean), clean)
    clean = attempt(lambda: _on_body(clean), clean)
    if faults:
        raise Invalid(sorted(faults, key=lambda fault: FIELDS.index(fault.field)))
    return clean


def _place(given: Form) -> Form:
    """What the directory will hold, by the directory's own rules; a country has to be given here."""
    faults: list[Fault] = []
    details = members.Details(
        name=given.name, kind=given.kind, country=given.country, city=given.city, website=given.website
    )
    if not given.country.strip():
        faults.append(Fault("country", "Choose a country."))
    try:
        clean = members.checked(details)
    except Invalid as fault:
        faults.extend(fault.faults)
    if faults:
        raise Invalid(faults)
    kept = {name: value for name, value in asdict(clean).items() if name in {"name", "kind", "country"}}
    return replace(given, **kept, city=clean.city, website=clean.website)


def _line(value: str, field: str, name: str) -> str:
    return markup.one_line(value, field=field, longest=members.LONGEST_NAME, name=name)


def _on_empathy(given: Form) -> Form:
    if given.works not in {"yes", "no"}:
        raise Invalid.one("works", "Say whether your work is explicitly on empathy in healthcare.")
    how = _text(given.how, "how", "Your answer")
    if given.works == "yes" and not how:
        raise Invalid.one("how", "Say in a sentence or two how you work on empathy.")
    return replace(given, how=how)


def _on_body(given: Form) -> Form:
    if given.body not in BODIES:
        raise Invalid.one("body", "Choose what comes nearest to you.")
    evidence = _text(given.evidence, "evidence", "Your answer")
    if given.body not in WITHOUT_RULE and not evidence:
        raise Invalid.one("evidence", _MISSING[given.body])
    return replace(given, evidence=evidence)


_MISSING = {
    "academic": "Name the university, hospital or institute that you belong to.",
    "charity": "Say where the charity is registered, and its number if it has one.",
    "researcher": "Name what your record is, for example a book.",
    "other": "Say in a sentence or two what you are.",
}


def _text(value: str, field: str, name: str) -> str:
    return markup.many_lines(value, field=field, longest=LONGEST_TEXT, name=name)


def checked_text(value: str, *, field: str, missing: str) -> str:
    """A text of the desk's; raises Invalid for `field` when there is none."""
    text = _text(value, field, "The text")
    if not text:
        raise Invalid.one(field, missing)
    return text


def readings(*, works_on_empathy: bool, how: str, body: str, evidence: str) -> tuple[Reading, ...]:
    """Each answer beside its rule."""
    works = "Yes" if works_on_empathy else "No"
    return (
        Reading(*RULES[0], works, how, "met" if works_on_empathy else "not_met"),
        Reading(*RULES[1], BODIES.get(body, ""), evidence, _verdict_on(body)),
    )


def _verdict_on(body: str) -> str:
    if body in WITHOUT_RULE:
        return "no_rule"
    return "open" if body == "other" else "met"


def ends_at(*, created_at: datetime, confirmed_at: datetime | None, active_at: datetime) -> datetime:
    """When what is personal in an enquiry is erased: never later, whether or not a job has run."""
    return created_at + CONFIRM_WITHIN if confirmed_at is None else active_at + KEPT_FOR


def check_decision(decision: str) -> str:
    """The decision; raises Invalid for one that there is not."""
    if decision not in DECISIONS:
        raise Invalid.one("decision", "Choose a decision.")
    return decision


def check_can_decide(decision: str, *, made: int, seen: int) -> None:
    """Raises Conflict when somebody was faster, or when what was decided is final; a kept one is not."""
    if made != seen:
        raise Conflict(f"Somebody else has decided in the meantime: {DECIDED[decision].lower()}.")
    if decision not in {"", "kept"}:
        raise Conflict(f"This enquiry is decided: {DECIDED[decision].lower()}.")


def may_be_mailed(mails_so_far: int) -> bool:
    """Whether one more confirmation may go to an address that got that many within a day."""
    return mails_so_far < MAILS_A_DAY
