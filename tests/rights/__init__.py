"""Who may do what: the table that a test walks and docs/rights.md is made of."""
