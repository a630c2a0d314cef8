"""The outbox, and the one loop that delivers it."""
