"""Enquiries to membership: what was asked and answered, the talk about it, the decision, and its end by date."""
