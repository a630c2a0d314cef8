"""Best practice: what members share for others to use, its files, what is said of it, and who uses it."""
