"""What a consortium must say, who of it may do what and when, its reminders, and until when its words are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from summit_service import markup
from summit_service.errors import Conflict, Gone, Invalid
from summit_service.funding import rules as funding

FORMING = "forming"
STATES = {
    FORMING: "Being prepared",
    "submitted": "Submitted",
    "funded": "Funded",
    "not_funded": "Not funded",
    "withdrawn": "Given up",
}
"""What becomes of an application; the first one while it is written."""
MEMBER_STATES = {
    "invited": "Invited",
    "in": "In it",
    "declined": "Declined",
    "left": "Left again",
    "taken_back": "Invitation taken back",
}
OPEN_STATES = ("invited", "in")
CHANGES = {
    "began": "brought organisations together",
    "invited": "invited",
    "taken_back": "took back the invitation of",
    "joined": "accepted for",
    "declined": "declined for",
    "left": "left, for",
    "led": "handed the lead to",
    "wrote": "wrote the outline",
    "outcome": "recorded what became of it",
}
"""Of each kind of change in the history: the words after a name."""
LONGEST_TITLE, LONGEST_WORDS, LONGEST_NOTE, LONGEST_LINE = 180, 2_000, 1_000, 500
MOST_MEMBERS = 60
REMIND_BEFORE = (timedelta(days=14), timedelta(days=3))
"""Before the deadline: when those in it are reminded."""
KEPT = timedelta(days=730)
"""After the deadline: how long outlines, words and names in the history are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of an application, as typed or checked; `amount` is a whole number of `currency`, or nothing.

    `public_line` is what everybody reads beside the call; empty, where those in it decided to say nothing.
    """

    state: str
    amount: str = ""
    currency: str = ""
    public_line: str = ""


def checked_title(title: str) -> str:
    """The name that the consortium goes by; raises Invalid."""
    return markup.one_line(title, field="title", longest=LONGEST_TITLE, name="The name")


def checked_words(words: str, *, field: str = "words") -> str:
    """Words to another organisation, which may be none; raises Invalid where they are too long."""
    return markup.many_lines(words, field=field, longest=LONGEST_WORDS, name="This")


def checked_note(note: str) -> str:
    """What a version changed, in a line; may be empty."""
    return markup.one_line(note, field="note", longest=LONGEST_NOTE, name="The note", required=False)


def checked_outcome(given: Outcome) -> Outcome:
    """In the form that is kept; raises Invalid with every fault."""
    faults = []
    amount = currency = line = ""
    if given.state not in STATES:
        faults.append(Invalid.one("state", "Say what became of it."))
    try:
        amount, currency = funding.checked_money(given.amount, given.currency)
    except Invalid as refusal:
        faults.append(refusal)
    try:
        line = markup.one_line(
            given.public_line, field="public_line", longest=LONGEST_LINE, name="The line", required=False
        )
    except Invalid as refusal:
        faults.append(refusal)
    if faults:
        raise Invalid([fault for refusal in faults for fault in refusal.faults])
    return Outcome(state=given.state, amount=amount, currency=currency, public_line=line)


def check_forming(state: str) -> None:
    """Raises Conflict once something became of the application."""
    if state != "forming":
        raise Conflict(f"This application is closed: {STATES[state].lower()}. Its lead can open it again.")


def check_invitable(name: str, state: str | None, *, standing: str, count: int) -> None:
    """Raises Conflict for an organisation that is in it or invited already (`state`), or left the network."""
    if state is not None:
        raise Conflict(f"{name} is {'in it' if state == 'in' else 'invited'} already.")
    if standing == "former":
        raise Conflict(f"{name} is no member any more.")
    if count >= MOST_MEMBERS:
        raise Conflict(f"A consortium has at most {MOST_MEMBERS} organisations.")


def check_invited(state: str | None) -> None:
    """Raises Conflict where there is no invitation to answer."""
    if state != "invited":
        raise Conflict("This invitation has been answered or taken back.")


def check_known(newest: int, known: int) -> None:
    """Raises Conflict when somebody saved a version that the writer has not seen; Invalid for one that is not there."""
    if known > newest:
        raise Invalid.one("known", f"There is no version {known}. The newest is {newest}.")
    if newest > known:
        raise Conflict(
            f"Somebody saved version {newest} while you were writing. Nothing is lost: both texts are below.",
            code="outline_newer",
        )


def reminders_left(
    deadline: datetime, *, since: datetime, reminded_at: datetime | None, now: datetime
) -> list[datetime]:
    """The moments of reminders that have still to go out, the first one first; of missed ones only the last.

    Moments before the consortium began (`since`) and before the last reminder do not count. After the deadline there
    are none.
    """
    if now >= deadline:
        return []
    after = max(since, reminded_at or since)
    moments = sorted(moment for moment in (deadline - ahead for ahead in REMIND_BEFORE) if moment > after)
    missed = [moment for moment in moments if moment <= now]
    return missed[-1:] + moments[len(missed) :]


def days_left(deadline: datetime, *, now: datetime) -> int:
    """Whole days until the deadline, a begun one counted."""
    return -((now - deadline) // timedelta(days=1))


def erased_at(deadline: datetime) -> datetime:
    """When outlines, words and names in the history go."""
    return deadline + KEPT


def check_kept(deadline: datetime, *, erased_at: datetime | None, now: datetime) -> None:
    """Raises Gone once its words are erased: nothing is written to it any more."""
    if erased_at is not None:
        raise Gone("Everybody has left this consortium, or its time is over: what was written is erased.")
    if now >= deadline + KEPT:
        raise Gone("The deadline was two years ago, and what was written is erased.")


def erased_before(now: datetime) -> datetime:
    """What had its deadline at or before this is erased."""
    return now - KEPT
