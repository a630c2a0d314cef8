"""Editions of the summit and their programmes."""
