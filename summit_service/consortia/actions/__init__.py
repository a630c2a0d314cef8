"""Bringing organisations together, writing their outline, recording what became of it, reminding and erasing."""

from summit_service.consortia.actions.erasing import leave_all, lock_all_of
from summit_service.consortia.actions.forming import begin, hand_over, invite, take_back
from summit_service.consortia.actions.joining import accept, decline, leave
from summit_service.consortia.actions.keeping import erase_old, remind, tell_of_calls
from summit_service.consortia.actions.outcomes import record
from summit_service.consortia.actions.outlines import write

__all__ = [
    "accept",
    "begin",
    "decline",
    "erase_old",
    "hand_over",
    "invite",
    "leave",
    "leave_all",
    "lock_all_of",
    "record",
    "remind",
    "take_back",
    "tell_of_calls",
    "write",
]
