"""The service with which a network of organisations shares events, meets at its summit and signs joint statements."""

__version__ = "0.1.0"
