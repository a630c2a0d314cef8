"""What Piccolo looks up by name: the engine in use (`summit_service.db.bind` sets it) and the one app."""

from __future__ import annotations

from typing import Any

from piccolo.conf.apps import AppRegistry
from piccolo.engine.base import Engine

DB: Engine[Any] | None = None
APP_REGISTRY = AppRegistry(apps=["summit_service.piccolo_app"])
