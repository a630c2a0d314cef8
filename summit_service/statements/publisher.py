"""The publisher's Ed25519 key: a file of its own that no database has, and the list of its public keys."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives import serialization as forms
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from summit_service.errors import NotFound, Unavailable
from summit_service.settings import Settings
from summit_service.statements import evidence

FORMAT = "summit-publisher-keys/1"


class PublicKey(msgspec.Struct, frozen=True):
    """A public key and when it was in use; times are RFC 3339 in UTC."""

    key_id: str
    public_key: str
    valid_from: str
    valid_until: str | None = None
    algorithm: str = "Ed25519"


class KeyList(msgspec.Struct, frozen=True):
    """`keys.json`: every key that there has been, the newest last."""

    keys: list[PublicKey]
    format: str = FORMAT


@dataclass(frozen=True, slots=True)
class Publisher:
    """The key that signs now, with the list of all."""

    private: Ed25519PrivateKey
    keys: tuple[PublicKey, ...]

    @property
    def current(self) -> PublicKey:
        """The public side of the key that signs."""
        return next(key for key in self.keys if key.public_key == _pem(self.private))

    @property
    def keys_json(self) -> str:
        """The list in its RFC 8785 form."""
        return evidence.jcs(msgspec.to_builtins(KeyList(list(self.keys))))

    def sign(self, content: str) -> bytes:
        """64 bytes over the UTF-8 form."""
        return self.private.sign(content.encode("utf-8"))


def key_path(settings: Settings) -> Path:
    """Where the private key lies."""
    return settings.signing_key_file or settings.var_dir / "signing_key.pem"


def list_path(settings: Settings) -> Path:
    """Where the list of public keys lies."""
    return settings.var_dir / "signing_keys.json"


def load(settings: Settings, *, now: datetime) -> Publisher:
    """The publisher's key, made at its first use; raises Unavailable when it cannot be read or written."""
    try:
        if not key_path(settings).exists():
            _create(key_path(settings))
        private = _read(key_path(settings))
        return Publisher(private, _listed(settings, private, now=now))
    except (OSError, ValueError, msgspec.DecodeError) as fault:
        raise Unavailable(f"The signing key cannot be used: {fault}.", code="no_signing_key") from fault


def known_keys(settings: Settings) -> tuple[PublicKey, ...]:
    """Every public key that this service has signed with; empty before the first publication."""
    path = list_path(settings)
    if not path.exists():
        return ()
    return tuple(msgspec.json.decode(path.read_bytes(), type=KeyList).keys)


def keys_json(settings: Settings) -> str:
    """`keys.json` as it is now."""
    return evidence.jcs(msgspec.to_builtins(KeyList(list(known_keys(settings)))))


def rotate(settings: Settings, *, now: datetime) -> PublicKey:
    """Sign with a new key from now on and forget the old one; what it has signed stays valid."""
    load(settings, now=now)
    path = key_path(settings)
    _write_private(_beside(path)).replace(path)
    return load(settings, now=now).current


def revoke(settings: Settings, key_id: str, *, since: datetime, now: datetime) -> PublicKey:
    """Believe nothing that this key has signed after `since`; what it signed before stays valid.

    A key that signs now is replaced first. An end that was written down before is not moved to a later day.
    Raises NotFound for a key that is not on the list.
    """
    if load(settings, now=now).current.key_id == key_id:
        rotate(settings, now=now)
    keys, at = known_keys(settings), evidence.moment(since)
    found = next((key for key in keys if key.key_id == key_id), None)
    if found is None:
        raise NotFound("There is no key with this fingerprint; `summit key show` lists them.")
    ended = _ended(found, min(at, found.valid_until or at))
    _write_list(settings, [ended if key.key_id == key_id else key for key in keys])
    return ended


def _listed(settings: Settings, private: Ed25519PrivateKey, *, now: datetime) -> tuple[PublicKey, ...]:
    """The list with this key as the one that is in use, written down where it was not."""
    keys, pem, at = known_keys(settings), _pem(private), evidence.moment(now)
    if any(key.public_key == pem and key.valid_until is None for key in keys):
        return keys
    if any(key.public_key == pem for key in keys):
        raise ValueError("this key was replaced before and signs no more")
    ended = [key if key.valid_until else _ended(key, at) for key in keys]
    found = (*ended, PublicKey(key_id=_key_id(private), public_key=pem, valid_from=at))
    _write_list(settings, found)
    return found


def _write_list(settings: Settings, keys: Sequence[PublicKey]) -> None:
    part = _beside(list_path(settings))
    part.write_text(evidence.jcs(msgspec.to_builtins(KeyList(list(keys)))), encoding="utf-8")
    part.replace(list_path(settings))


def _ended(key: PublicKey, at: str) -> PublicKey:
    return msgspec.structs.replace(key, valid_until=at)


def _create(path: Path) -> None:
    """Put a new key there, whole or not at all; of two processes that do so at once, one is first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = _write_private(_beside(path))
    try:
        os.link(part, path)
    except FileExistsError:
        pass
    finally:
        part.unlink()


def _write_private(path: Path) -> Path:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        private = Ed25519PrivateKey.generate()
        file.write(private.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption()))
        file.flush()
        os.fsync(file.fileno())
    return path


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}")


def _read(path: Path) -> Ed25519PrivateKey:
    key = forms.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{path} is not an Ed25519 key")
    return key


def _pem(private: Ed25519PrivateKey) -> str:
    form = forms.PublicFormat.SubjectPublicKeyInfo
    return private.public_key().public_bytes(forms.Encoding.PEM, form).decode("ascii")


def _key_id(private: Ed25519PrivateKey) -> str:
    form = forms.PublicFormat.SubjectPublicKeyInfo
    return hashlib.sha256(private.public_key().public_bytes(forms.Encoding.DER, form)).hexdigest()
