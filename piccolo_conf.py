"""What Piccolo's own command line looks for in the working directory."""

from __future__ import annotations

from summit_service import db, settings

db.bind(db.connect(settings.current().database_url))

from summit_service.piccolo_conf import APP_REGISTRY, DB  # noqa: E402

__all__ = ["APP_REGISTRY", "DB"]
