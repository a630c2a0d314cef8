"""Mails that come back."""
