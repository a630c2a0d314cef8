"""What may be and what follows in a summit: plain Python, values in, an answer or a named error out."""
