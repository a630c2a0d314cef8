"""Calling, submitting, reviewing, deciding."""

from summit_service.contributions.actions.calling import (
    appoint_reviewer,
    close_call,
    end_reviewer,
    put_call,
)
from summit_service.contributions.actions.deciding import decide, place, stop_telling, tell
from summit_service.contributions.actions.erasing import erase_of, erase_old, withdraw_and_erase
from summit_service.contributions.actions.reviewing import review
from summit_service.contributions.actions.submitting import change, submit, withdraw

__all__ = [
    "appoint_reviewer",
    "change",
    "close_call",
    "decide",
    "end_reviewer",
    "erase_of",
    "erase_old",
    "place",
    "put_call",
    "review",
    "stop_telling",
    "submit",
    "tell",
    "withdraw",
    "withdraw_and_erase",
]
