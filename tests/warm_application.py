"""Imported by the process that commands are forked from, and by no other: the application stands ready in it."""

from summit_service import app
from tests import warm

app.made_once()
__all__ = ["warm"]
