"""What is held about one person or one organisation: a copy of all of it, and erasing what may go."""
