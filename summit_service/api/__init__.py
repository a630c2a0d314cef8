"""The JSON face: request to action to response."""

from __future__ import annotations

import re
from importlib import import_module
from inspect import getdoc
from pkgutil import iter_modules
from typing import Any

from litestar.handlers import HTTPRouteHandler

from summit_service.api import examples
from summit_service.api.auth import provide_actor

__all__ = ["provide_actor", "routes"]


def routes() -> list[Any]:
    """Every resource's handlers, below /api/v1: the `ROUTES` of each module here that has any.

    One without a summary of its own has the first clause of its docstring, so that the reference reads like words.
    """
    modules = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
    found = [route for module in modules for route in getattr(module, "ROUTES", ())]
    for handler in found:
        if isinstance(handler, HTTPRouteHandler) and not handler.summary:
            handler.summary = re.split(r"[.;:](?:\s|$)", getdoc(handler.fn) or "", maxsplit=1)[0]
        _show_example(handler)
    return found


def _show_example(handler: Any) -> None:
    for method in getattr(handler, "http_methods", ()):
        for path in handler.paths:
            key = f"{method} {re.sub(r':(str|int|path)}', '}', path)}"
            if key in examples.BODIES:
                handler.operation_class = examples.with_example(key)
