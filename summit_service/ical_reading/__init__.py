"""Calendar files from elsewhere (RFC 5545), read line by line: bounded in time and memory, each entry by itself."""

from summit_service.ical_reading.entries import PLAIN_UID, ChangedDate, Entry, Reading, read
from summit_service.ical_reading.lines import LARGEST, MOST_ENTRIES

__all__ = ["LARGEST", "MOST_ENTRIES", "PLAIN_UID", "ChangedDate", "Entry", "Reading", "read"]
