"""Files that the secretariat sends, between the look at what they would do and the taking."""
