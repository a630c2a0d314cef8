"""Who comes to a summit: registrations, the places they hold or wait for, and the questions they answered."""
