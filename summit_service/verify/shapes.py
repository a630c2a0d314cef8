"""What a manifest and a list of keys consist of, part by part; anything more or less is refused."""

from __future__ import annotations

import re
from functools import reduce
from itertools import combinations
from operator import or_
from typing import Any

HASH = re.compile(r"[0-9a-f]{64}")
RECORD = re.compile("[0-9a-f]{32}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
PEM = re.compile(r"-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/]{59}=\n-----END PUBLIC KEY-----\n")
TEXT_NAME = re.compile(r"statement\.[A-Za-z0-9-]+\.txt")
ROLE = re.compile("authoritative|equally_authentic")
MANIFEST_FORMAT = "summit-statement-manifest/1"
SECOND_FORMAT = "summit-statement-manifest/2"
KEYS_FORMAT = "summit-publisher-keys/1"
MANIFEST, SIGNATURE, PUBLISHER, KEYS, HOW = (
    "manifest.json",
    "manifest.json.sig",
    "publisher.pem",
    "keys.json",
    "VERIFY.txt",
)
STAMP, AUTHORITY = "manifest.json.sig.tsr", "timestamp-authority.pem"
"""A timestamp of the publisher's signature comes later than the manifest, which therefore does not name it."""

SHARE: tuple[Any, ...] = (None.__class__, {"count": int}, {"num": int, "den": int})
RULE: dict[str, Any] = {
    "basis": re.compile("eligible|responding"),
    "counted_as_declined": [re.compile("declined|changes_requested")],
    "least_signed": SHARE,
    "most_declined": SHARE,
    "preset": str,
    "silence": re.compile("no_answer"),
}
SILENCE: dict[str, Any] = {"silence": re.compile("deemed_assent"), "silence_days": int}
FREE: tuple[dict[str, Any], ...] = (
    {"blocking": [str]},
    {"consultation_days": int},
    {"early_end_days": int},
    {"late_days": int},
)
"""Parts that a policy has only where they say something."""
POLICY: tuple[Any, ...] = tuple(
    reduce(or_, some, RULE | silence)
    for silence in ({}, SILENCE)
    for count in range(len(FREE) + 1)
    for some in combinations(FREE, count)
)
COUNTS: dict[str, Any] = {
    **dict.fromkeys(
        (
            "eligible",
            "waived",
            "asked",
            "signed",
            "personal",
            "declined",
            "changes_requested",
            "unanswered",
        ),
        int,
    ),
    "satisfied": bool,
    "sentence": str,
}
TALLY: tuple[Any, ...] = (COUNTS, COUNTS | {"deemed": int, "undeliverable": int})
MEMBER: dict[str, Any] = {"country": str, "name": str, "organisation": int, "waived": bool}
SIGNATURE_LINE: dict[str, Any] = {
    "capacity": re.compile("organisation|personal"),
    "country": str,
    "entry_sha256": HASH,
    "organisation": str,
    "organisation_id": int,
    "record": RECORD,
    "seq": int,
    "signatory": str,
    "signed_at": MOMENT,
}
CORRECTED_LINE: dict[str, Any] = SIGNATURE_LINE | {
    "corrected": (None.__class__, {"at": MOMENT, "entry_sha256": HASH, "seq": int})
}
SILENT: dict[str, Any] = {"country": str, "name": str, "organisation": int}
ENDED: dict[str, Any] = {"at": MOMENT, "by": re.compile("deadline|everybody_answered|hand")}
FROZEN_TEXT: dict[str, Any] = {"lang": str, "n": int, "role": ROLE, "sha256": HASH}
ENTRY: dict[str, Any] = {"entry_sha256": HASH, "seq": int}
WITHDRAWAL: dict[str, Any] = {
    "entry_sha256": HASH,
    "organisation": str,
    "organisation_id": int,
    "record": RECORD,
    "seq": int,
    "signature": RECORD,
    "withdrew_at": MOMENT,
}
ERRATUM: dict[str, Any] = {"at": MOMENT, "entry_sha256": HASH, "seq": int, "text": str}
SUCCESSOR: dict[str, Any] = {"address": str, "at": MOMENT, "entry_sha256": HASH, "seq": int, "title": str}
FIRST: dict[str, Any] = {
    "chain": {
        "domain": str,
        "entries": [(ENTRY | {"body_sha256": HASH}, ENTRY | {"body": dict})],
        "head": HASH,
    },
    "closes_at": MOMENT,
    "eligible": [MEMBER],
    "files": [{"file": str, "sha256": HASH}],
    "format": re.compile(MANIFEST_FORMAT),
    "key_id": HASH,
    "n": int,
    "network": str,
    "policy": POLICY,
    "previous": (None.__class__, HASH),
    "published_at": MOMENT,
    "signatures": [SIGNATURE_LINE],
    "statement": {"address": str, "slug": str, "title": str},
    "tally": TALLY,
    "text_set": {"content": [{"lang": str, "role": ROLE, "sha256": HASH}], "sha256": HASH},
    "texts": [{"bytes": int, "file": TEXT_NAME, "lang": str, "role": ROLE, "sha256": HASH}],
}
SECOND: dict[str, Any] = FIRST | {
    "ended": ENDED,
    "format": re.compile(SECOND_FORMAT),
    "no_objection": [SILENT],
    "signatures": [CORRECTED_LINE],
}
"""As it is written now; manifests in the first format stay valid."""
LATER: tuple[Any, ...] = tuple(
    whole
    | {
        "after": {
            "errata": [ERRATUM],
            "joined": whole["signatures"],
            "superseded_by": (None.__class__, SUCCESSOR),
            "withdrew": [WITHDRAWAL],
        },
        "issued_at": MOMENT,
    }
    for whole in (FIRST, SECOND)
)
WHOLE: tuple[Any, ...] = (*LATER, FIRST, SECOND)
"""The first manifest of a statement, and those after it, which tell what has happened since publication."""
KEY_LIST: dict[str, Any] = {
    "format": re.compile(KEYS_FORMAT),
    "keys": [
        {
            "algorithm": re.compile("Ed25519"),
            "key_id": HASH,
            "public_key": PEM,
            "valid_from": MOMENT,
            "valid_until": (None.__class__, MOMENT),
        }
    ],
}
RESPONSE: dict[str, Any] = {
    "answer": re.compile("signed|reaffirmed"),
    "at": MOMENT,
    "attestation_sha256": HASH,
    "capacity": re.compile("organisation|personal"),
    "commitment": HASH,
    "kind": re.compile("response"),
    "late": bool,
    "method": re.compile("mailed_link"),
    "organisation": str,
    "organisation_id": int,
    "record": RECORD,
    "salt": RECORD,
    "signatory": str,
    "signed_at": MOMENT,
    "text_set": HASH,
}
CORRECTION: dict[str, Any] = {
    "at": MOMENT,
    "commitment": HASH,
    "kind": re.compile("line_corrected"),
    "of": RECORD,
    "organisation_id": int,
    "record": RECORD,
    "salt": RECORD,
    "signatory": str,
    "text_set": HASH,
}
TAKEN_BACK: dict[str, Any] = RESPONSE | {
    "answer": re.compile("withdrawn"),
    "method": re.compile("mailed_link|recorded_by_secretariat"),
}
SINCE: dict[str, Any] = {
    "erratum": {"at": MOMENT, "kind": str, "salt": RECORD, "text": str},
    "reissued": {"at": MOMENT, "kind": str, "n": int, "previous": HASH, "salt": RECORD},
    "response": (RESPONSE, TAKEN_BACK),
    "superseded": {"address": str, "at": MOMENT, "kind": str, "salt": RECORD, "title": str},
}
"""The entries after publication that are shown, by their kind."""
