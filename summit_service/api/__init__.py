"""The JSON face: request to action to response."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from summit_service.api.auth import provide_actor

__all__ = ["provide_actor", "routes"]


def routes() -> list[Any]:
    """Every resource's handlers, below /api/v1: the `ROUTES` of each module here that has any."""
    modules = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
    return [route for module in modules for route in getattr(module, "ROUTES", ())]
