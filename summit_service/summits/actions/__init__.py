"""What can be done with a summit: one verb and one transaction each."""
