"""Organisations of the network, and the roles people have in them."""
