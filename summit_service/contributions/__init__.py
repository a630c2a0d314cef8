"""The call for contributions to a summit: submitting, reviewing, deciding."""
