"""What the secretariat writes to many: drafts that are read before they are sent, and can be stopped."""
