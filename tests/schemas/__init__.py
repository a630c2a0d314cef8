"""What published schemas of others ask for, in our words."""
