"""The demo: the real network of `data/`, a summit half full, and statements that made-up people sign."""
