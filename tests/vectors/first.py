"""Bundles as they were published before there was a second format: they stay valid."""

from __future__ import annotations

import copy
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.vectors.bad import Files, bodies, manifest_of, signed
from tests.vectors.later import rechained_later


def in_first_format(files: Files, key: Ed25519PrivateKey) -> Files:
    """The same statement without what the second format has more, signed with the key."""
    manifest = copy.deepcopy(manifest_of(files))
    manifest["format"] = "summit-statement-manifest/1"
    for part in ("ended", "no_objection"):
        del manifest[part], bodies(manifest)["adopted"][part]
    chain = manifest["chain"]
    chain["entries"] = [e for e in chain["entries"] if e.get("body", {}).get("kind") != "line_corrected"]
    signed_as = {e["body"]["record"]: e["body"]["signatory"] for e in _responses(manifest)}
    for line in [*manifest["signatures"], *manifest.get("after", {}).get("joined", [])]:
        del line["corrected"]
        line["signatory"] = signed_as[line["record"]]
    return signed(files, rechained_later(manifest), key)


def _responses(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = manifest["chain"]["entries"]
    return [entry for entry in entries if entry.get("body", {}).get("kind") == "response"]
