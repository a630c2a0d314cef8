"""Fetching a calendar, or asking whether a link works: only public places, bounded in time and size."""

from summit_service.fetching.addresses import Limits, Unfetched, checked_address, limits, shown
from summit_service.fetching.client import Fetched, fetch, probe, unpacked

__all__ = [
    "Fetched",
    "Limits",
    "Unfetched",
    "checked_address",
    "fetch",
    "limits",
    "probe",
    "shown",
    "unpacked",
]
