"""Bundles for both verifiers: a good one as it is published, and the many ways in which one can be wrong."""
