"""Followed calendars."""
