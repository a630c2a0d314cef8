"""What has happened since publication, as a manifest tells it: joined, withdrew, errata, what took its place."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping, Sequence
from typing import Any

from summit_service.statements.tables import Manifest
from summit_service.statements.tallying import WITHDRAWN

KINDS = ("erratum", "superseded", "reissued")
"""Entries of the chain that come after publication, besides answers."""
NOTHING: Mapping[str, Any] = {"errata": [], "joined": [], "superseded_by": None, "withdrew": []}


def of(manifest: Manifest | None) -> Mapping[str, Any]:
    """What a manifest tells of it; nothing, for the first one."""
    return json.loads(manifest.json).get("after", NOTHING) if manifest else NOTHING


def told(
    entries: Sequence[Mapping[str, Any]], lines: Sequence[Mapping[str, Any]], late: Container[str]
) -> dict[str, Any]:
    """From the entries that are shown, and the answers among them as lines of a list."""
    bodies = {entry["seq"]: entry["body"] for entry in entries if "body" in entry}
    standing = {line["organisation_id"]: line["record"] for line in lines if line["record"] not in late}
    joined, withdrew = [], []
    for line in (line for line in lines if line["record"] in late):
        if bodies[line["seq"]]["answer"] == WITHDRAWN:
            withdrew.append(_withdrawal(line, standing.pop(line["organisation_id"])))
        else:
            joined.append(line)
            standing[line["organisation_id"]] = line["record"]
    replaced = _parts(entries, "superseded", ("address", "title"))
    return {
        "errata": _parts(entries, "erratum", ("text",)),
        "joined": joined,
        "superseded_by": replaced[-1] if replaced else None,
        "withdrew": withdrew,
    }


def _withdrawal(line: Mapping[str, Any], signature: str) -> dict[str, Any]:
    kept = {key: line[key] for key in ("entry_sha256", "organisation", "organisation_id", "record", "seq")}
    return {**kept, "signature": signature, "withdrew_at": line["signed_at"]}


def _parts(entries: Sequence[Mapping[str, Any]], kind: str, keys: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {key: entry["body"][key] for key in ("at", *keys)}
        | {"entry_sha256": entry["entry_sha256"], "seq": entry["seq"]}
        for entry in entries
        if "body" in entry and entry["body"]["kind"] == kind
    ]
