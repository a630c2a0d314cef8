"""Sharing resources and deciding about them; saying who uses one, and what members think of it."""

from summit_service.resources.actions.comments import (
    change_comment,
    comment,
    forget_hidden,
    forget_told,
    hide_comment,
    withdraw_comment,
)
from summit_service.resources.actions.files import remove_file, set_file
from summit_service.resources.actions.link_checks import check_links
from summit_service.resources.actions.sharing import change, share
from summit_service.resources.actions.states import confirm, give_back, withdraw
from summit_service.resources.actions.telling import tell_sharers
from summit_service.resources.actions.uses import stop_using, use

__all__ = [
    "change",
    "change_comment",
    "check_links",
    "comment",
    "confirm",
    "forget_hidden",
    "forget_told",
    "give_back",
    "hide_comment",
    "remove_file",
    "set_file",
    "share",
    "stop_using",
    "tell_sharers",
    "use",
    "withdraw",
    "withdraw_comment",
]
