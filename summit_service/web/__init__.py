"""The page face: what people read, fill in and press."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from summit_service.web.session import provide_actor, refuse_cross_site

__all__ = ["provide_actor", "refuse_cross_site", "routes"]


def routes() -> list[Any]:
    """Every page's handlers: the `ROUTES` of each module here that has any."""
    modules = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
    return [route for module in modules for route in getattr(module, "ROUTES", ())]
