"""Organisations that apply for a call together: who is in, the outline they write, and what became of it."""
