"""Joint statements: from a draft to signatures that anyone can check."""
