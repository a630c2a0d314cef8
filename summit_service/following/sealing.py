"""The address of a followed calendar, encrypted: many are private ones, and open what they lead to."""

from __future__ import annotations

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from summit_service import settings

_PURPOSE = b"followed calendar"


def seal(address: str) -> str:
    """The address as it is kept."""
    nonce = os.urandom(12)
    return base64.b64encode(nonce + AESGCM(_key()).encrypt(nonce, address.encode(), _PURPOSE)).decode()


def opened(sealed: str) -> str | None:
    """The address; None where the service's key is another than when it was given."""
    try:
        raw = base64.b64decode(sealed)
        return AESGCM(_key()).decrypt(raw[:12], raw[12:], _PURPOSE).decode()
    except (InvalidTag, ValueError):
        return None


def _key() -> bytes:
    secret = settings.current().secret_key.encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret)
