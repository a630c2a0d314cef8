"""Best practice: what members share for others to use, its states and its history."""
