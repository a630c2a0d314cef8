"""Fetching calendars of others."""
