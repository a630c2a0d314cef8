"""What is new in the calendar, by mail, for who has asked for it."""
