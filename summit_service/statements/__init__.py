"""Joint statements: their texts, who is asked to sign, and what was answered."""
