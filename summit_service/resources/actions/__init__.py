"""Sharing, changing, confirming, giving back and withdrawing resources."""

from summit_service.resources.actions.sharing import change, share
from summit_service.resources.actions.states import confirm, give_back, withdraw

__all__ = ["change", "confirm", "give_back", "share", "withdraw"]
