"""Fetching a calendar from an address that somebody gave: only public places, bounded in time and size."""

from summit_service.fetching.addresses import Limits, Unfetched, checked_address, limits, shown
from summit_service.fetching.client import Fetched, fetch, unpacked

__all__ = ["Fetched", "Limits", "Unfetched", "checked_address", "fetch", "limits", "shown", "unpacked"]
