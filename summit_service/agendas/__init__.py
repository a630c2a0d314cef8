"""One's own agenda of a summit: the sessions somebody starred, without an account."""
