"""Checking a published statement's bundle: no database, no settings, none of the code that makes it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from summit_service.verify import checks, later, shapes, stamp
from summit_service.verify.reading import (
    Incomplete,
    Invalid,
    canonical_json,
    check_shape,
    read_bundle,
    read_zip,
)
from summit_service.verify.stamp import Stamp, read_stamp

__all__ = [
    "Invalid",
    "Stamp",
    "Trusted",
    "Verdict",
    "keys_of",
    "read_stamp",
    "verify",
    "verify_path",
    "verify_zip",
]

EXIT = {"valid": 0, "invalid": 1, "incomplete": 2, "untrusted": 3}
SPKI = bytes.fromhex("302a300506032b6570032100")
"""What precedes the 32 bytes of an Ed25519 key in its DER form (RFC 8410)."""


@dataclass(frozen=True, slots=True)
class Trusted:
    """A public key that the reader has from elsewhere; nothing is believed that it signed after `valid_until`."""

    public_key: str
    valid_until: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`valid`, `invalid`, `incomplete` or `untrusted`, and why; `key_id` is the signing key's fingerprint."""

    verdict: str
    sentence: str
    key_id: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """0, 1, 2 or 3."""
        return EXIT[self.verdict]


def verify(
    files: Mapping[str, bytes],
    trusted: Sequence[Trusted],
    *,
    receipts: Sequence[bytes] = (),
    authorities: Sequence[bytes] = (),
) -> Verdict:
    """The verdict on these files; `receipts` are mails as they were received.

    `authorities` are certificates (PEM) of timestamp authorities that the reader trusts; with any, one must have
    timestamped the signature.
    """
    try:
        manifest = _whole_manifest(files)
        _check_all(manifest, files)
        stamped = stamp.check_stamp(manifest, files, authorities)
        for mail in receipts:
            check_receipt(manifest, mail, own=checks.sha256(files[shapes.MANIFEST]))
    except Incomplete as fault:
        return Verdict("incomplete", str(fault))
    except Invalid as fault:
        return Verdict("invalid", str(fault))
    return _with_trust(manifest, files[shapes.PUBLISHER].decode("ascii"), trusted, stamped)


def _whole_manifest(files: Mapping[str, bytes]) -> Mapping[str, Any]:
    _need(files, [shapes.MANIFEST, shapes.SIGNATURE, shapes.PUBLISHER, shapes.KEYS, shapes.HOW])
    manifest = canonical_json(files[shapes.MANIFEST], shapes.MANIFEST)
    check_shape(manifest, shapes.WHOLE, shapes.MANIFEST)
    _need(files, [text["file"] for text in manifest["texts"]])
    named = {line["file"] for line in manifest["files"]}
    _need(files, [name for name in checks.copies_of(manifest) if name in named])
    return dict(manifest)


def _need(files: Mapping[str, bytes], names: Sequence[str]) -> None:
    missing = [name for name in names if name not in files]
    if missing:
        raise Incomplete(f"Missing: {', '.join(missing)}.")


def _check_all(manifest: Mapping[str, Any], files: Mapping[str, bytes]) -> None:
    _check_signature(manifest, files)
    checks.check_files(manifest, files)
    _check_keys(manifest, files)
    checks.check_texts(manifest, files)
    checks.check_chain(manifest)
    checks.check_story(manifest)
    checks.check_signatures(manifest)
    checks.check_tally(manifest)
    checks.check_outcome(manifest)
    later.check_since(manifest)


def _check_signature(manifest: Mapping[str, Any], files: Mapping[str, bytes]) -> None:
    raw = _raw_key(files[shapes.PUBLISHER].decode("latin-1"), shapes.PUBLISHER)
    checks.must(manifest["key_id"] == key_id_of(raw), "publisher.pem is not the key that the manifest names.")
    try:
        Ed25519PublicKey.from_public_bytes(raw).verify(files[shapes.SIGNATURE], files[shapes.MANIFEST])
    except (InvalidSignature, ValueError) as fault:
        raise Invalid("The publisher's signature does not fit the manifest.") from fault


def _check_keys(manifest: Mapping[str, Any], files: Mapping[str, bytes]) -> None:
    mine = [key for key in _key_list(files[shapes.KEYS]) if key["key_id"] == manifest["key_id"]]
    checks.must(len(mine) == 1, "keys.json does not name the key that signed.")
    checks.must(mine[0]["public_key"].encode() == files[shapes.PUBLISHER], "keys.json has another key.")
    until = mine[0]["valid_until"]
    checks.must(until is None or later.signed_at(manifest) <= until, "The key was no longer valid.")


def _key_list(data: bytes) -> list[dict[str, Any]]:
    listed = canonical_json(data, shapes.KEYS)
    check_shape(listed, shapes.KEY_LIST, shapes.KEYS)
    for key in listed["keys"]:
        right = key_id_of(_raw_key(key["public_key"], shapes.KEYS))
        checks.must(key["key_id"] == right, "A key in keys.json does not have its fingerprint.")
    return list(listed["keys"])


def keys_of(data: bytes) -> list[Trusted]:
    """The keys of a `keys.json`, or of a PEM file with one Ed25519 public key; raises Invalid."""
    if data.startswith(b"-----"):
        text = data.decode("latin-1").replace("\r\n", "\n")
        _raw_key(text, "The key")
        return [Trusted(text)]
    return [Trusted(key["public_key"], key["valid_until"]) for key in _key_list(data)]


def key_id_of(raw: bytes) -> str:
    """The fingerprint: SHA-256 of the key's DER form."""
    return checks.sha256(SPKI + raw)


def _raw_key(pem: str, name: str) -> bytes:
    if not shapes.PEM.fullmatch(pem):
        raise Invalid(f"{name} is not an Ed25519 public key in PEM.")
    try:
        der = base64.b64decode(pem.split("\n")[1], validate=True)
    except binascii.Error as fault:
        raise Invalid(f"{name} is not an Ed25519 public key in PEM.") from fault
    if len(der) != 44 or not der.startswith(SPKI):
        raise Invalid(f"{name} is not an Ed25519 public key in PEM.")
    return der[len(SPKI) :]


def check_receipt(manifest: Mapping[str, Any], mail: bytes, *, own: str) -> None:
    """Raises Invalid when the record or the chain's head that a receipt names is not in the chain.

    The mail about the publication is a receipt too: its manifest is this one, whose hash is `own`, or one before it.
    """
    body = message_from_bytes(mail, policy=policy.default).get_body(("plain",))
    text = body.get_content() if body is not None else ""
    entries = {entry["seq"]: entry for entry in manifest["chain"]["entries"]}
    hashes = {seq: entry["entry_sha256"] for seq, entry in entries.items()}
    record = re.search(r"SHA-256 of the record:\s+([0-9a-f]{64})\b", text)
    head = re.search(r"Head of the chain:\s+([0-9a-f]{64})\b", text)
    number = re.search(r"Number in the ledger:\s+(\d{1,9})\b", text)
    published = re.search(r"SHA-256 of the manifest:\s+([0-9a-f]{64})\b", text)
    if published and head:
        known = {own, *(entry["body"].get("previous") for entry in entries.values() if "body" in entry)}
        is_known = published[1] in known and head[1] in hashes.values()
        checks.must(is_known, "Another manifest was published than the one that the mail names.")
        return
    if not (record and head and number):
        raise Invalid(
            "The mail is not a receipt: it names no record, number and head of the chain, and no manifest."
        )
    rewritten = "The history was rewritten: what the receipt names is not in the chain."
    checks.must(hashes.get(int(number[1])) == record[1] and head[1] in hashes.values(), rewritten)
    is_later = int(number[1]) > checks.until_publication(manifest)[-1]["seq"]
    is_shown = "body" in entries[int(number[1])]
    checks.must(is_shown or not is_later, "The publisher keeps back what the receipt names.")


def _with_trust(
    manifest: Mapping[str, Any], pem: str, trusted: Sequence[Trusted], stamped: stamp.Stamp | None
) -> Verdict:
    key_id, signed_at = manifest["key_id"], later.signed_at(manifest)
    facts = {
        "title": manifest["statement"]["title"],
        "address": manifest["statement"]["address"],
        "published_at": manifest["published_at"],
        "issued_at": signed_at,
        "tally": dict(manifest["tally"]),
        "chain_head": manifest["chain"]["head"],
        "text_set_sha256": manifest["text_set"]["sha256"],
        "timestamp": f"{stamped.at:%Y-%m-%dT%H:%M:%SZ} by {stamped.by}" if stamped else "none",
    }
    for key in trusted:
        if key.public_key == pem and (key.valid_until is None or signed_at <= key.valid_until):
            return Verdict("valid", "The bundle is valid.", key_id, facts)
    sentence = "The bundle is whole and agrees with itself, but it was signed by a key that is not trusted."
    return Verdict("untrusted", sentence, key_id, facts)


def verify_zip(
    data: bytes,
    trusted: Sequence[Trusted],
    *,
    receipts: Sequence[bytes] = (),
    authorities: Sequence[bytes] = (),
) -> Verdict:
    """As `verify`, for the bytes of a zip file."""
    try:
        files = read_zip(data)
    except Invalid as fault:
        return Verdict("invalid", str(fault))
    return verify(files, trusted, receipts=receipts, authorities=authorities)


def verify_path(
    path: Path,
    trusted: Sequence[Trusted],
    *,
    receipts: Sequence[bytes] = (),
    authorities: Sequence[bytes] = (),
) -> Verdict:
    """As `verify`, for a zip file or a directory."""
    try:
        files = read_bundle(path)
    except Incomplete as fault:
        return Verdict("incomplete", str(fault))
    except (Invalid, OSError) as fault:
        return Verdict("invalid", str(fault))
    return verify(files, trusted, receipts=receipts, authorities=authorities)
