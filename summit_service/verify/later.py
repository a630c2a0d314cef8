"""What has happened since publication: who joined, who withdrew, errata, what took the statement's place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from summit_service.verify import checks
from summit_service.verify.checks import Manifest, must
from summit_service.verify.reading import Invalid, check_shape
from summit_service.verify.shapes import SINCE

Entry = Mapping[str, Any]


def signed_at(manifest: Manifest) -> str:
    """When the publisher says that this manifest was signed: the day for which it stands."""
    return str(manifest.get("issued_at", manifest["published_at"]))


def check_since(manifest: Manifest) -> None:
    """The first manifest ends with publication; a later one tells what the chain tells, and names the one before."""
    entries, published = manifest["chain"]["entries"], checks.until_publication(manifest)[-1]
    must(manifest["n"] >= 1, "Manifests are counted from 1.")
    must((manifest["n"] == 1) == (manifest["previous"] is None), "The manifest before this one is not told.")
    must(
        (manifest["n"] == 1) == ("after" not in manifest), "It does not tell what happened since publication."
    )
    since = [entry for entry in entries[published["seq"] :] if "body" in entry]
    if manifest["n"] == 1:
        must(published["seq"] == len(entries), "The chain goes on after publication.")
        return
    for entry in since:
        _check_entry(entry)
    _check_issues(manifest, since)
    must(
        _told(manifest, since) == manifest["after"],
        "What happened since publication is not what the chain tells.",
    )


def _check_entry(entry: Entry) -> None:
    kind = entry["body"].get("kind")
    if not isinstance(kind, str) or kind not in SINCE:
        raise Invalid(f"Entry {entry['seq']} of the chain does not belong after publication.")
    check_shape(entry["body"], SINCE[kind], f"chain/entries/{entry['seq'] - 1}/body")


def _check_issues(manifest: Manifest, since: Sequence[Entry]) -> None:
    """Each manifest after the first is announced in the chain, with the hash of the one before; this one ends it."""
    issues = _of_kind(since, "reissued")
    counted = [entry["body"]["n"] for entry in issues]
    is_whole = len(counted) == manifest["n"] - 1 and counted == list(range(2, len(counted) + 2))
    must(is_whole, "A manifest before this one is missing in the chain.")
    last = issues[-1]
    must(last["seq"] == len(manifest["chain"]["entries"]), "The chain goes on after this manifest.")
    must(last["body"]["previous"] == manifest["previous"], "The chain has another manifest before this one.")
    must(last["body"]["at"] == manifest["issued_at"], "The chain has another time for this manifest.")
    must(manifest["published_at"] <= manifest["issued_at"], "It was issued before it was published.")


def _of_kind(since: Sequence[Entry], kind: str) -> list[Entry]:
    return [entry for entry in since if entry["body"]["kind"] == kind]


def _told(manifest: Manifest, since: Sequence[Entry]) -> dict[str, Any]:
    replaced = [_part(entry, "address", "title") for entry in _of_kind(since, "superseded")]
    must(len(replaced) <= 1, "The statement was superseded twice.")
    return {
        **_changes(manifest, _of_kind(since, "response")),
        "errata": [_part(entry, "text") for entry in _of_kind(since, "erratum")],
        "superseded_by": replaced[0] if replaced else None,
    }


def _part(entry: Entry, *keys: str) -> dict[str, Any]:
    told = {key: entry["body"][key] for key in ("at", *keys)}
    return told | {"entry_sha256": entry["entry_sha256"], "seq": entry["seq"]}


def _changes(manifest: Manifest, responses: Sequence[Entry]) -> dict[str, Any]:
    """Who joined and who withdrew: a member signs only while it has no signature, and withdraws only one it has."""
    members = checks.members_of(manifest)
    standing = {line["organisation_id"]: line["record"] for line in manifest["signatures"]}
    records = set(standing.values())
    joined, withdrew = [], []
    for entry in responses:
        body, who = entry["body"], entry["body"]["organisation_id"]
        line = checks.line_of(manifest, members, entry)
        must(
            body["late"] is True and body["at"] == body["signed_at"],
            "An answer after publication is not marked.",
        )
        must(body["record"] not in records, "Somebody signs twice.")
        records.add(body["record"])
        if body["answer"] == "withdrawn":
            must(who in standing, "Somebody withdraws who has not signed.")
            withdrew.append(_withdrawal(entry, standing.pop(who)))
        else:
            must(who not in standing, "Somebody signs twice.")
            must(_may_join(manifest, body["at"]), "Somebody joined when nobody could.")
            standing[who] = body["record"]
            joined.append(line)
    return {"joined": joined, "withdrew": withdrew}


def _withdrawal(entry: Entry, signature: str) -> dict[str, Any]:
    body = entry["body"]
    told = {key: body[key] for key in ("organisation", "organisation_id", "record")}
    told |= {"entry_sha256": entry["entry_sha256"], "seq": entry["seq"]}
    return told | {"signature": signature, "withdrew_at": body["at"]}


def _may_join(manifest: Manifest, at: str) -> bool:
    """Between publication and the end that the policy sets, in days from the deadline."""
    days = manifest["policy"].get("late_days", 0)
    try:
        end = datetime.fromisoformat(manifest["closes_at"]) + timedelta(days=days)
        return bool(days and manifest["published_at"] <= at and datetime.fromisoformat(at) < end)
    except (ValueError, OverflowError) as fault:
        raise Invalid("A time does not exist.") from fault
