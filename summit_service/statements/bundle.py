"""What is published for others to check: the manifest and the files around it, the same bytes at each build."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from summit_service.errors import NotFound
from summit_service.statements import evidence, howto, queries, since
from summit_service.statements import files as kept
from summit_service.statements.publisher import Publisher
from summit_service.statements.tables import (
    EligibleMember,
    LedgerEntry,
    Manifest,
    Stamping,
    Statement,
    TextSet,
    TextVersion,
)

FORMATS = ("summit-statement-manifest/1", "summit-statement-manifest/2")
"""The second one for statements whose adoption tells who raised no objection and how signing ended."""
SHOWN = ("capacity", "organisation", "organisation_id", "record", "signatory", "signed_at")
STEPS = frozenset({"frozen", "signing", "adopted", "published", *since.KINDS})
SECOND = "ended"
"""What an adoption has in its entry where the second format tells of it."""
EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What a manifest is made from, as it lies in the database at publication."""

    statement: Statement
    text_set: TextSet
    texts: Sequence[TextVersion]
    eligible: Sequence[EligibleMember]
    ledger: Sequence[LedgerEntry]
    signed: frozenset[str]
    """The records that count: the last answers that are signatures."""
    late: frozenset[str]
    """The records after publication: who joined, who withdrew."""


async def sources_of(statement: Statement) -> Sources:
    """Read everything about a statement whose publication is in its ledger already."""
    text_set = await queries.text_set_of(statement)
    if text_set is None:
        raise NotFound("There is no text to publish.")
    return Sources(
        statement=statement,
        text_set=text_set,
        texts=sorted(await queries.texts_of(text_set), key=_file_name),
        eligible=await queries.eligible_of(statement),
        ledger=await queries.ledger_of(statement),
        signed=frozenset(line.record_id for line in await queries.signatures_of(statement)),
        late=await queries.late_records_of(statement),
    )


def make(
    sources: Sources,
    publisher: Publisher,
    *,
    network: str,
    base_url: str,
    now: datetime,
    before: Manifest | None = None,
    copies: Mapping[str, bytes],
) -> Manifest:
    """The row that is stored: the manifest, its signature, and the files that stay with it.

    `before` is the manifest that this one follows; the first one follows none. `copies` are the PDFs.
    """
    n = before.n + 1 if before else 1
    key = publisher.current
    address = f"{base_url}/statements/{sources.statement.slug}"
    names = [*map(_file_name, sources.texts), *copies]
    how = howto.words(sources.statement.title, address, names, key_id=key.key_id)
    told = {"VERIFY.txt": how, "keys.json": publisher.keys_json, "publisher.pem": key.public_key}
    told |= {_file_name(text): text.canonical for text in sources.texts}
    files = {name: words.encode("utf-8") for name, words in told.items()} | dict(copies)
    content = evidence.jcs(
        {
            "format": FORMATS[bool(_outcome(sources))],
            "n": n,
            "previous": before.sha256 if before else None,
            "network": evidence.nfc(network),
            "key_id": key.key_id,
            "files": [
                {"file": name, "sha256": hashlib.sha256(files[name]).hexdigest()} for name in sorted(files)
            ],
            **_facts(sources, address=address, issued_at=evidence.moment(now) if before else ""),
        }
    )
    return Manifest(
        statement=sources.statement.id,
        n=n,
        json=content,
        sha256=_sha256(content),
        sig=publisher.sign(content).hex(),
        key_id=key.key_id,
        publisher_pem=key.public_key,
        keys_json=publisher.keys_json,
        verify_txt=how,
        created_at=now,
    )


def _facts(sources: Sources, *, address: str, issued_at: str) -> dict[str, Any]:
    statement = sources.statement
    entries = _entries(sources)
    told = _lines(sources, entries)
    return {
        **({"after": since.told(entries, told, sources.late), "issued_at": issued_at} if issued_at else {}),
        "statement": {
            "address": address,
            "slug": statement.slug,
            "title": evidence.nfc(statement.title),
        },
        "published_at": evidence.moment(statement.published_at),
        "closes_at": evidence.moment(statement.closes_at),
        "policy": json.loads(statement.policy),
        "tally": json.loads(statement.tally),
        "texts": _text_lines(sources.texts),
        "text_set": {"content": json.loads(sources.text_set.content), "sha256": sources.text_set.sha256},
        "eligible": [_member(member) for member in sources.eligible],
        "signatures": [line for line in told if line["record"] in sources.signed],
        **_second_part(sources),
        "chain": {
            "domain": f"{evidence.LEDGER_DOMAIN}:{statement.slug}",
            "entries": entries,
            "head": sources.ledger[-1].entry_sha256,
        },
    }


def _outcome(sources: Sources) -> Mapping[str, Any]:
    """The entry of the adoption, where it tells more than the tally."""
    adopted = [row for row in sources.ledger if row.kind == "adopted"]
    body: Mapping[str, Any] = json.loads(adopted[-1].content)["body"] if adopted else {}
    return body if SECOND in body else {}


def _second_part(sources: Sources) -> dict[str, Any]:
    """What the second format has more: who raised no objection by the rule of silence, and how signing ended."""
    told = _outcome(sources)
    if not told:
        return {}
    silent = [member for member in sources.eligible if member.organisation in told["no_objection"]]
    named = [{"organisation": m.organisation, "name": m.name, "country": m.country} for m in silent]
    return {"no_objection": named, SECOND: told[SECOND]}


def after_of(sources: Sources) -> Mapping[str, Any]:
    """What has happened since publication, as the chain tells it."""
    entries = _entries(sources)
    return since.told(entries, _lines(sources, entries), sources.late)


def _entries(sources: Sources) -> list[dict[str, Any]]:
    last = {row.kind: row.seq for row in sources.ledger}
    return [_entry(row, is_shown=_is_shown(row, sources, last)) for row in sources.ledger]


def _lines(sources: Sources, entries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    countries = {member.organisation: member.country for member in sources.eligible}
    lines = [_line(entry, countries) for entry in entries if _is_signature(entry)]
    if not _outcome(sources):
        return lines
    corrections = {e["body"]["of"]: e for e in entries if e.get("body", {}).get("kind") == queries.CORRECTED}
    return [_corrected(line, corrections.get(line["record"])) for line in lines]


def _corrected(line: dict[str, Any], entry: Mapping[str, Any] | None) -> dict[str, Any]:
    """The line with the name as it was corrected last, and the entry that says so."""
    if entry is None:
        return {**line, "corrected": None}
    body = entry["body"]
    told = {"at": body["at"], "entry_sha256": entry["entry_sha256"], "seq": entry["seq"]}
    return {**line, "signatory": body["signatory"], "corrected": told}


def _is_shown(row: LedgerEntry, sources: Sources, last: Mapping[str, int]) -> bool:
    """The steps since the text was frozen for the last time, and the signatures that count; nothing else.

    `last` has the number of the last entry of each kind. An adoption that a dispute has undone is not shown.
    """
    if row.kind == "response":
        return json.loads(row.content)["body"]["record"] in sources.signed | sources.late
    if row.kind == queries.CORRECTED:
        return bool(_outcome(sources)) and json.loads(row.content)["body"]["of"] in sources.signed
    if row.kind == "adopted":
        return row.seq == last["adopted"]
    return row.kind in STEPS and row.seq >= last["frozen"]


def _entry(row: LedgerEntry, *, is_shown: bool) -> dict[str, Any]:
    """An entry with what it says, where that is public; otherwise with the hash of it, which the chain needs."""
    body = json.loads(row.content)["body"]
    told = {"body": body} if is_shown else {"body_sha256": evidence.digest(body)}
    return {"seq": row.seq, "entry_sha256": row.entry_sha256, **told}


def _is_signature(entry: Mapping[str, Any]) -> bool:
    return "body" in entry and entry["body"]["kind"] == "response"


def _line(entry: Mapping[str, Any], countries: Mapping[int, str]) -> dict[str, Any]:
    body = entry["body"]
    return {
        **{key: body[key] for key in SHOWN},
        "country": countries[body["organisation_id"]],
        "entry_sha256": entry["entry_sha256"],
        "seq": entry["seq"],
    }


def _member(member: EligibleMember) -> dict[str, Any]:
    return {
        "organisation": member.organisation,
        "name": member.name,
        "country": member.country,
        "waived": member.is_waived,
    }


def _text_lines(texts: Sequence[TextVersion]) -> list[dict[str, Any]]:
    return [
        {
            "file": _file_name(text),
            "lang": text.language,
            "role": text.role,
            "sha256": text.sha256,
            "bytes": len(text.canonical.encode("utf-8")),
        }
        for text in texts
    ]


def _file_name(text: TextVersion) -> str:
    return f"statement.{text.language}.txt"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


async def latest(statement: Statement) -> Manifest | None:
    """The manifest that is published now."""
    mine = Manifest.statement == statement.id
    return await Manifest.objects().where(mine).order_by(Manifest.n, ascending=False).first()


def head_of(manifest: Manifest) -> str:
    """The hash of the last entry that the manifest has; the ledger may go on without another manifest."""
    return str(json.loads(manifest.json)["chain"]["head"])


async def numbered(statement: Statement, n: int) -> Manifest | None:
    """The n-th manifest; the first one is that of publication."""
    return await Manifest.objects().where(Manifest.statement == statement.id, Manifest.n == n).first()


async def manifests_of(statement: Statement) -> list[Manifest]:
    """Every manifest that there has been, the first one first; each stands for its day."""
    mine = Manifest.statement == statement.id
    return list(await Manifest.objects().where(mine).order_by(Manifest.n))


async def stamping_of(rows: Sequence[Manifest]) -> list[Stamping]:
    """Those of the manifests for which a timestamp authority was asked in vain, and why."""
    if not rows:
        return []
    return list(await Stamping.objects().where(Stamping.manifest.is_in([row.id for row in rows])))


async def files_of(statement: Statement, *, n: int = 0) -> dict[str, bytes]:
    """Every file of the bundle by name, of the newest manifest or of the n-th; raises NotFound where there is none."""
    row = await (numbered(statement, n) if n else latest(statement))
    text_set = await queries.text_set_of(statement)
    if row is None or text_set is None:
        raise NotFound("There is nothing to check before the statement is published.")
    return files_with(row, await queries.texts_of(text_set), await kept.kept_with(row))


def files_with(row: Manifest, texts: Sequence[TextVersion], others: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files that a stored manifest, its texts and what is kept with it make."""
    return {
        **others,
        "manifest.json": row.json.encode("utf-8"),
        "manifest.json.sig": bytes.fromhex(row.sig),
        "publisher.pem": row.publisher_pem.encode("ascii"),
        "keys.json": row.keys_json.encode("utf-8"),
        "VERIFY.txt": row.verify_txt.encode("utf-8"),
        **{_file_name(text): text.canonical.encode("utf-8") for text in texts},
    }


def zipped(files: Mapping[str, bytes]) -> bytes:
    """One zip, always the same: stored, in order, without times and attributes of this machine."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as made:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            made.writestr(entry, files[name])
    return whole.getvalue()
