"""The secretariat's desk as a whole: all that waits, all that comes by itself, and the mail that tells it."""
