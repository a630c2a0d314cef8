"""Events that members share with each other."""
