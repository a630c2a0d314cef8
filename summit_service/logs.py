"""Structured logs, with the secret part of every link masked before a line is written."""

from __future__ import annotations

import logging
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

SECRET_FOLDERS = (
    "sign",
    "sign-in",
    "registrations",
    "invitations",
    "feeds",
    "agendas",
    "offers",
    "disputes",
    "delegations",
    "join",
    "contributions",
    "comments",
    "unsubscribe",
    "doors",
    "thanks",
    "speakers",
)
"""What follows these in an address is a secret: it is masked in logs, and the edge keeps its pages to themselves."""
SECRET_PATHS = re.compile(rf"(/(?:{'|'.join(SECRET_FOLDERS)})/)[^/\s?#\"']+")
SECRET_WORDS = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")
LONGEST_HARMLESS = 43
"""A text that is shorter than a token, and has no path in it, has nothing to mask; that is most of them."""


def mask(text: str) -> str:
    """The text with the segment after `/sign/` and the like, and every word that could be a token, put out of sight."""
    if len(text) < LONGEST_HARMLESS and "/" not in text:
        return text
    return SECRET_WORDS.sub("…", SECRET_PATHS.sub(r"\1…", text))


def configure(log_format: str, log_level: str = "info") -> None:
    """Send our lines and those of the libraries through one masked stream.

    `log_format` is `text` or `json`; `log_level` is `info`, `warning` or `error`.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _mask_event,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    plain = structlog.dev.ConsoleRenderer(colors=False)
    renderer: Any = structlog.processors.JSONRenderer(ensure_ascii=False) if log_format == "json" else plain
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared[:-1], structlog.stdlib.PositionalArgumentsFormatter(), _mask_event],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(log_level.upper())
    for noisy in ("httpx", "aiosqlite", "granian.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger; name it after what speaks: `mailer`, `feeds`, `web`."""
    bound: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return bound


def _mask_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str) and not key.startswith("_"):
            event[key] = mask(value)
    return event
