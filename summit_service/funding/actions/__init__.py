"""Posting calls for funding, deciding about them, and saying that an organisation wants to apply."""

from summit_service.funding.actions.calls import change, post
from summit_service.funding.actions.interests import forget_contacts, join_in, step_back
from summit_service.funding.actions.states import confirm, give_back, withdraw

__all__ = ["change", "confirm", "forget_contacts", "give_back", "join_in", "post", "step_back", "withdraw"]
