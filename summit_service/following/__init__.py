"""Calendars of organisations that are followed: fetched politely, taken over at once or after a look."""
