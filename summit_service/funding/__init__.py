"""Joint funding: calls with a deadline in the shared calendar, and which organisations want to apply together."""
