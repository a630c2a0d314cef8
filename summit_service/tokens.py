"""Secrets that travel in links and headers: made here, and known to the tables by their hash alone."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets

TOKEN_PATTERN = re.compile(r"[A-Za-z0-9_-]{43}")


def mint() -> str:
    """A new secret: 32 random bytes as 43 characters of base64url."""
    return secrets.token_urlsafe(32)


def derive(token: str, purpose: str) -> str:
    """A second secret of the same form that follows from `token` (HMAC-SHA-256) and does not lead back to it."""
    digest = hmac.new(token.encode(), purpose.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def fingerprint(purpose: str, token: str) -> str:
    """What a table keeps of a token: hex SHA-256 over purpose and token, so that one purpose never opens another.

    The tokens have 256 random bits, so a slow password hash would add nothing.
    """
    return hashlib.sha256(f"{purpose}\x00{token}".encode()).hexdigest()


def is_well_formed(token: str) -> bool:
    """Whether this could be a token of ours; saves the database a look-up for anything else."""
    return TOKEN_PATTERN.fullmatch(token) is not None


def sign(secret_key: str, *parts: str) -> str:
    """A keyed digest (HMAC-SHA-256, hex) that binds `parts` together, for form secrets that need no row."""
    return hmac.new(secret_key.encode(), "\x00".join(parts).encode(), hashlib.sha256).hexdigest()


def is_same(given: str, expected: str) -> bool:
    """Comparison in constant time."""
    return hmac.compare_digest(given.encode(), expected.encode())
