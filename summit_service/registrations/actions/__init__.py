"""The verbs of registrations: each is one transaction, with its mails."""

from __future__ import annotations

from summit_service.registrations.actions.arranging import end_arranger, name_arranger, tell_arrangers
from summit_service.registrations.actions.desk import change_capacity
from summit_service.registrations.actions.erasing import (
    erase_at_once,
    erase_invitation,
    erase_invitation_at_once,
    erase_of,
    erase_personal,
    erase_registration,
)
from summit_service.registrations.actions.group import register_group
from summit_service.registrations.actions.invitations import (
    accept_invitation,
    decline_invitation,
    invite,
    withdraw,
)
from summit_service.registrations.actions.letters import (
    ask_for_letter,
    end_letter,
    issue_letter,
    refuse_letter,
)
from summit_service.registrations.actions.manage import (
    cancel,
    change_attendance,
    change_details,
    stop_waiting,
)
from summit_service.registrations.actions.offers import accept, decline, expire_offers, fill_places
from summit_service.registrations.actions.questions import (
    move_question,
    retire_question,
    save_question,
    set_questions,
    set_terms,
)
from summit_service.registrations.actions.register import Outcome, register
from summit_service.registrations.actions.sign_up import leave, remove_sign_up, set_sign_up, sign_up
from summit_service.registrations.actions.summit import change_edition, import_programme, release_programme

__all__ = [
    "Outcome",
    "accept",
    "accept_invitation",
    "ask_for_letter",
    "cancel",
    "change_attendance",
    "change_capacity",
    "change_details",
    "change_edition",
    "decline",
    "decline_invitation",
    "end_arranger",
    "end_letter",
    "erase_at_once",
    "erase_invitation",
    "erase_invitation_at_once",
    "erase_of",
    "erase_personal",
    "erase_registration",
    "expire_offers",
    "fill_places",
    "import_programme",
    "invite",
    "issue_letter",
    "leave",
    "move_question",
    "name_arranger",
    "refuse_letter",
    "register",
    "register_group",
    "release_programme",
    "remove_sign_up",
    "retire_question",
    "save_question",
    "set_questions",
    "set_sign_up",
    "set_terms",
    "sign_up",
    "stop_waiting",
    "tell_arrangers",
    "withdraw",
]
