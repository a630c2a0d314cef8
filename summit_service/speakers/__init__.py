"""Speakers and chairs of a summit: where to reach them, and telling each what a release changed for them."""
