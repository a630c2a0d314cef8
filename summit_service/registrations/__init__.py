"""Places at a summit: who has one, who waits, who is next."""
