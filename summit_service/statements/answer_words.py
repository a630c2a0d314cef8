"""An answer in words, as mails tell it to who gave it and to the main contact."""

from __future__ import annotations

from summit_service.statements.holds import deadline_words
from summit_service.statements.tables import Response, Statement
from summit_service.statements.tallying import WITHDRAWN

OTHERS = {
    "signed": "has signed",
    "changes_requested": "asks for changes",
    "declined": "has declined",
    "withdrawn": "has taken its answer back",
    "reaffirmed": "has signed again",
}
OWN = {
    "signed": "You have signed",
    "changes_requested": "You have asked for changes",
    "declined": "You have declined",
    "withdrawn": "You have taken your answer back",
    "reaffirmed": "You have signed again",
}
WITHDREW = {"own": "You have withdrawn your signature", "other": "has withdrawn its signature"}
"""After publication; before it, an answer is taken back."""
AFTERWARDS = {
    "signed": "The statement is published already. You are listed under “joined after adoption”; the count by which it "
    "was adopted stays as it is.",
    "withdrawn": "The page of the statement says so beside your line from now on, with the date. The count by which it "
    "was adopted stays as it is.",
}
CAPACITY = {
    "organisation": "for the organisation",
    "personal": "in a personal capacity, affiliation for identification only",
}


def summary(answer: Response, side: str) -> str:
    """What was answered, to who answered (`own`) or to the main contact (`other`)."""
    if answer.is_late and answer.kind == WITHDRAWN:
        return WITHDREW[side]
    return (OWN if side == "own" else OTHERS)[answer.kind]


def next_words(statement: Statement, answer: Response, zone: str) -> str:
    """What can be done now."""
    if answer.is_late:
        return AFTERWARDS[answer.kind]
    closes = deadline_words(statement, zone)
    return (
        f"You can change your answer until {closes} with the link that we sent you, or until a day after everybody "
        "has answered, whichever comes first. The last answer counts."
    )


def how(answer: Response) -> str:
    """How the answer came, as the beginning of a sentence."""
    if answer.method == "mailed_link":
        return f"The answer was given with the personal link of {answer.signatory_name}"
    return "The secretariat has recorded this, because a letter said so"


def why(answer: Response) -> str:
    """Why a receipt comes to its reader."""
    if answer.method == "mailed_link":
        return f"an answer was given with the link that we had sent you for {answer.organisation_name}."
    return f"you had signed for {answer.organisation_name}, and we have recorded that this was withdrawn."
