"""The bad bundles: tampered by somebody without the key, and lies that the publisher's own key has signed."""

from __future__ import annotations

import base64
import copy
import hashlib
import io
import json
import unicodedata
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import rfc8785
from cryptography.hazmat.primitives import serialization as forms
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from summit_service.statements.bundle import zipped

Files = dict[str, bytes]
Change = Callable[[Any], Any]


@dataclass(frozen=True)
class Vector:
    """A bundle (files, or a zip) and the verdict that both verifiers must reach."""

    name: str
    given: Files | bytes
    verdict: str = "invalid"


def pem_of(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(forms.Encoding.PEM, forms.PublicFormat.SubjectPublicKeyInfo)


def key_id_of(key: Ed25519PrivateKey) -> str:
    der = key.public_key().public_bytes(forms.Encoding.DER, forms.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def manifest_of(files: Files) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files["manifest.json"])
    return found


def signed(files: Files, manifest: dict[str, Any], key: Ed25519PrivateKey) -> Files:
    """The files with this manifest, signed with the key that is trusted."""
    for line in manifest.get("files", []):
        if isinstance(line, dict) and line.get("file") in files:
            line["sha256"] = sha(files[line["file"]])
    content = rfc8785.dumps(manifest)
    return {**files, "manifest.json": content, "manifest.json.sig": key.sign(content)}


def vectors(files: Files, key: Ed25519PrivateKey) -> list[Vector]:
    """Every bad bundle that follows from a good one; `key` has signed it."""
    return [
        *_tampered(files),
        *_whole_files(files),
        *_zips(files),
        *_other_zips(files),
        *_keys(files, key),
        *_texts(files, key),
        *_json(files, key),
        *_fields(files, key),
        *(Vector(f"lie: {name}", made) for name, made in _lies(files, key)),
    ]


def _tampered(files: Files) -> Iterator[Vector]:
    """Each part of the manifest changed, without the key."""
    for path in _leaves(manifest_of(files)):
        changed = manifest_of(files)
        _set(changed, path, _other(_get(changed, path)))
        name = "/".join(str(part) for part in path)
        yield Vector(f"unsigned: {name}", {**files, "manifest.json": rfc8785.dumps(changed)})


def _fields(files: Files, key: Ed25519PrivateKey) -> Iterator[Vector]:
    """Each part changed, taken away, and one added; signed with the key. Some parts only the signature guards."""
    free = {("network",), ("statement", "address")}
    guarded = [path for path in _leaves(manifest_of(files)) if path not in free and path[0] != "files"]
    for path in guarded:
        changed = manifest_of(files)
        _set(changed, path, _other(_get(changed, path)))
        name = "/".join(str(part) for part in path)
        if name != "policy/preset":
            yield Vector(f"signed: {name}", signed(files, changed, key))
    for part in manifest_of(files):
        changed = manifest_of(files)
        del changed[part]
        yield Vector(f"without {part}", signed(files, changed, key))
    yield Vector("with a part more", signed(files, manifest_of(files) | {"note": "hello"}, key))


def _whole_files(files: Files) -> Iterator[Vector]:
    for name in files:
        without = {other: data for other, data in files.items() if other != name}
        yield Vector(f"missing {name}", without, "incomplete")
        yield Vector(f"empty {name}", {**files, name: b""})
        yield Vector(f"longer {name}", {**files, name: files[name] + b"\n"})
        yield Vector(f"CRLF {name}", {**files, name: files[name].replace(b"\n", b"\r\n") + b"\r\n"})
        yield Vector(f"BOM {name}", {**files, name: b"\xef\xbb\xbf" + files[name]})
    signature = files["manifest.json.sig"]
    yield Vector("nothing", {}, "incomplete")
    yield Vector("extra file", {**files, "README.txt": b"Hello\n"})
    yield Vector("extra text", {**files, "statement.fr.txt": b"Bonjour\n"})
    yield Vector("timestamp alone", {**files, "manifest.json.sig.tsr": b"0"})
    pem = b"-----BEGIN CERTIFICATE-----\n"
    yield Vector("authority alone", {**files, "timestamp-authority.pem": pem})
    stamped = {**files, "manifest.json.sig.tsr": b"0", "timestamp-authority.pem": pem}
    yield Vector("timestamp of nothing", stamped)
    yield Vector("signature cut", {**files, "manifest.json.sig": signature[:-1]})
    yield Vector("signature in hex", {**files, "manifest.json.sig": signature.hex().encode()})
    yield Vector("signature of zeros", {**files, "manifest.json.sig": bytes(64)})


def _zips(files: Files) -> Iterator[Vector]:
    whole = zipped(files)
    yield Vector("zip cut at the end", whole[:-1])
    yield Vector("zip cut in half", whole[: len(whole) // 2])
    yield Vector("zip with a comment", whole[:-2] + b"\x02\x00hi")
    yield Vector("zip after something else", b"#!" + whole)
    yield Vector("zip and something more", whole + b"\n")
    yield Vector("zip without a file", zipped({}))
    yield Vector("no zip", b"<!doctype html>")
    yield Vector("empty file", b"")
    less = {name: data for name, data in files.items() if name != "keys.json"}
    yield Vector("zip with a missing file", zipped(less), "incomplete")
    yield Vector("zip with an extra file", zipped({**files, "a.txt": b"a"}))
    yield Vector("zip with a directory", zipped({**files, "sub/": b""}))
    yield Vector("zip with a time", whole.replace(b"\x00\x00\x21\x00", b"\x01\x00\x21\x00", 1))
    yield Vector("zip with an attribute", whole[::-1].replace(b"\x81\xa4"[::1], b"\x81\xff", 1)[::-1])


def _other_zips(files: Files) -> Iterator[Vector]:
    """Zips in which another program would find something else than a verifier that is not strict."""
    names: dict[str, str] = {
        "a path upwards": "../statement.en.txt",
        "an absolute path": "/etc/passwd",
        "a path of another system": "..\\statement.en.txt",
        "a folder": "bundle/statement.en.txt",
        "a name in capitals": "MANIFEST.JSON",
        "a name with a blank": "manifest.json ",
    }
    for name, path in names.items():
        yield Vector(f"zip with {name}", zipped({**files, path: b"a"}))
    yield Vector("zip with a name twice", _zip_of([*sorted(files.items()), ("manifest.json", b"{}")]))
    yield Vector("zip with a symbolic link", _zip_of(sorted(files.items()), mode=0o120777))
    yield Vector("zip that others may run", _zip_of(sorted(files.items()), mode=0o100755))
    yield Vector("zip that is compressed", _zip_of(sorted(files.items()), method=zipfile.ZIP_DEFLATED))
    bomb = [*sorted(files.items()), ("zeros.txt", bytes(20_000_000))]
    yield Vector("zip bomb", _zip_of(bomb, method=zipfile.ZIP_DEFLATED))
    yield Vector("zip in another order", _zip_of(sorted(files.items(), reverse=True)))
    whole = bytearray(zipped(files))
    whole[6] |= 1
    yield Vector("zip that says it is encrypted", bytes(whole))


def _zip_of(
    entries: Sequence[tuple[str, bytes]], *, mode: int = 0o100644, method: int = zipfile.ZIP_STORED
) -> bytes:
    whole = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(whole, "w", method) as made:
        warnings.simplefilter("ignore")
        for name, data in entries:
            entry = zipfile.ZipInfo(name)
            entry.create_system, entry.external_attr, entry.compress_type = 3, mode << 16, method
            made.writestr(entry, data)
    return whole.getvalue()


def _keys(files: Files, key: Ed25519PrivateKey) -> Iterator[Vector]:
    other = Ed25519PrivateKey.generate()
    yield Vector("key swapped", {**files, "publisher.pem": pem_of(other)})
    forged = manifest_of(files) | {"key_id": key_id_of(other)}
    listed = json.loads(files["keys.json"])
    listed["keys"] = [
        {**listed["keys"][-1], "key_id": key_id_of(other), "public_key": pem_of(other).decode()}
    ]
    theirs = {**files, "publisher.pem": pem_of(other), "keys.json": rfc8785.dumps(listed)}
    yield Vector("another key throughout", signed(theirs, forged, other), "untrusted")
    yield Vector("other key, own list", signed({**theirs, "keys.json": files["keys.json"]}, forged, other))
    yield Vector("signed by another", signed(files, manifest_of(files), other))
    rsa = base64.b64encode(bytes(44)).decode()
    wrong = f"-----BEGIN PUBLIC KEY-----\n{rsa}\n-----END PUBLIC KEY-----\n".encode()
    yield Vector("no Ed25519 key", signed({**files, "publisher.pem": wrong}, manifest_of(files), key))
    changes: dict[str, Change] = {
        "key ended before": lambda keys: keys["keys"][-1].update(valid_until="2020-01-01T00:00:00.000Z"),
        "key without an id": lambda keys: keys["keys"][-1].pop("key_id"),
        "key of another kind": lambda keys: keys["keys"][-1].update(algorithm="RSA"),
        "key listed twice": lambda keys: keys["keys"].append(keys["keys"][-1]),
        "key with another's id": lambda keys: keys["keys"][-1].update(key_id="0" * 64),
        "key list empty": lambda keys: keys["keys"].clear(),
        "key list of another format": lambda keys: keys.update(format="summit-publisher-keys/2"),
        "key with another's PEM": lambda keys: keys["keys"][-1].update(public_key=pem_of(other).decode()),
        "key since no time": lambda keys: keys["keys"][-1].update(valid_from="yesterday"),
    }
    for name, change in changes.items():
        listed = json.loads(files["keys.json"])
        change(listed)
        yield Vector(name, signed({**files, "keys.json": rfc8785.dumps(listed)}, manifest_of(files), key))


def _texts(files: Files, key: Ed25519PrivateKey) -> Iterator[Vector]:
    """Another text with every hash in the manifest made to fit, but not the chain; and texts in a wrong form."""
    text = files["statement.en.txt"].decode()
    forms_of: dict[str, bytes] = {
        "NFD text": unicodedata.normalize("NFD", text).encode(),
        "text with CRLF": text.replace("\n", "\r\n").encode(),
        "text with a BOM": b"\xef\xbb\xbf" + text.encode(),
        "text with blanks at an end": text.replace("\n", " \n").encode(),
        "text without a last LF": text.rstrip("\n").encode(),
        "text with two last LFs": (text + "\n").encode(),
        "text that is not UTF-8": text.encode("latin-1"),
        "text with another word": text.replace("listen", "talk").encode(),
        "empty text": b"",
    }
    for name, data in forms_of.items():
        manifest = manifest_of(files)
        manifest["texts"][0].update(sha256=sha(data), bytes=len(data))
        yield Vector(f"{name}, told", signed({**files, "statement.en.txt": data}, manifest, key))
        yield Vector(name, rebuilt({**files, "statement.en.txt": data}, manifest, key))


def rebuilt(files: Files, manifest: dict[str, Any], key: Ed25519PrivateKey) -> Files:
    """As `signed`, with text set and chain made anew so that they agree: only the lie itself is left."""
    manifest = copy.deepcopy(manifest)
    before, content = manifest["text_set"]["sha256"], manifest["text_set"]["content"]
    for line, text in zip(content, manifest["texts"], strict=False):
        line.update(sha256=text["sha256"])
    manifest["text_set"]["sha256"] = sha(rfc8785.dumps(content))
    told = json.dumps(manifest["chain"]).replace(before, manifest["text_set"]["sha256"])
    manifest["chain"] = json.loads(told)
    return signed(files, rechained(manifest), key)


def rechained(manifest: dict[str, Any]) -> dict[str, Any]:
    """The manifest with the hashes of its chain and of its signatures computed anew."""
    chain, prev = manifest["chain"], "0" * 64
    for seq, entry in enumerate(chain["entries"], start=1):
        entry["seq"] = seq
        body = sha(rfc8785.dumps(entry["body"])) if "body" in entry else entry["body_sha256"]
        linked = {"domain": chain["domain"], "seq": seq, "prev": prev, "body_sha256": body}
        entry["entry_sha256"] = sha(rfc8785.dumps(linked))
        prev = entry["entry_sha256"]
    chain["head"] = prev
    found = {entry["body"].get("record"): entry for entry in chain["entries"] if "body" in entry}
    corrected = {entry["body"].get("of"): entry for entry in chain["entries"] if "body" in entry}
    for line in manifest["signatures"]:
        if line.get("corrected") and line["record"] in corrected:
            entry = corrected[line["record"]]
            line["corrected"].update(seq=entry["seq"], entry_sha256=entry["entry_sha256"])
        if line["record"] in found:
            entry = found[line["record"]]
            line.update(seq=entry["seq"], entry_sha256=entry["entry_sha256"])
    return manifest


def _json(files: Files, key: Ed25519PrivateKey) -> Iterator[Vector]:
    """One manifest in other bytes, each signed with the key."""
    good = files["manifest.json"].decode()
    spoiled: dict[str, bytes] = {
        "duplicate key": good.replace('{"chain"', '{"n":1,"chain"', 1).encode(),
        "duplicate key, other value": good.replace('"n":1,', '"n":2,"n":1,', 1).encode(),
        "blank in the JSON": good.replace(":", ": ", 1).encode(),
        "JSON with an LF": (good + "\n").encode(),
        "JSON with a BOM": b"\xef\xbb\xbf" + good.encode(),
        "JSON indented": json.dumps(json.loads(good), indent=1).encode(),
        "JSON in ASCII": json.dumps(json.loads(good), separators=(",", ":"), sort_keys=True).encode(),
        "JSON in NFD": unicodedata.normalize("NFD", good).encode(),
        "JSON in UTF-16": good.encode("utf-16"),
        "a float": good.replace('"n":1,', '"n":1.0,', 1).encode(),
        "an exponent": good.replace('"n":1,', '"n":1e0,', 1).encode(),
        "a large number": good.replace('"n":1,', '"n":9007199254740993,', 1).encode(),
        "a minus zero": good.replace('"n":1,', '"n":-0,', 1).encode(),
        "NaN": good.replace('"n":1,', '"n":NaN,', 1).encode(),
        "a lone surrogate": good.replace('"network":"', '"network":"\\ud800', 1).encode(),
        "a deep list": b"[" * 100_000,
        "a list": b"[]",
        "a string": b'"manifest"',
        "cut JSON": good[:-1].encode(),
    }
    for name, data in spoiled.items():
        yield Vector(name, {**files, "manifest.json": data, "manifest.json.sig": key.sign(data)})


def _lies(files: Files, key: Ed25519PrivateKey) -> Iterator[tuple[str, Files]]:
    """What the publisher could sign, with all hashes made to fit."""
    for name, change in LIES.items():
        manifest = manifest_of(files)
        change(manifest)
        yield name, signed(files, rechained(manifest), key)
    for name, change in BROKEN_CHAINS.items():
        manifest = manifest_of(files)
        change(manifest)
        yield name, signed(files, manifest, key)


def bodies(manifest: dict[str, Any]) -> Any:
    """The bodies by kind; `response` is the last signature."""
    return {e["body"]["kind"]: e["body"] for e in manifest["chain"]["entries"] if "body" in e}


def _first_response(manifest: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(
        e for e in manifest["chain"]["entries"] if e.get("body", {}).get("kind") == "response"
    )
    return found


def _tally(**changes: Any) -> Change:
    def change(manifest: dict[str, Any]) -> None:
        for told in (
            manifest["tally"],
            bodies(manifest)["adopted"]["tally"],
            bodies(manifest)["published"]["tally"],
        ):
            told.update(changes)

    return change


def _policy(**changes: Any) -> Change:
    def change(manifest: dict[str, Any]) -> None:
        manifest["policy"].update(changes)
        bodies(manifest)["signing"]["policy"].update(changes)

    return change


def _response(both: bool = True, **changes: Any) -> Change:
    def change(manifest: dict[str, Any]) -> None:
        _first_response(manifest)["body"].update(changes)
        if both:
            manifest["signatures"][0].update(
                {k: v for k, v in changes.items() if k in manifest["signatures"][0]}
            )

    return change


def _eligible(change: Change) -> Change:
    def changed(manifest: dict[str, Any]) -> None:
        change(manifest["eligible"])
        change(bodies(manifest)["signing"]["eligible"])

    return changed


def _without_signature(manifest: dict[str, Any]) -> None:
    manifest["chain"]["entries"].remove(_first_response(manifest))
    manifest["signatures"].pop(0)


def _withheld_signature(manifest: dict[str, Any]) -> None:
    _withhold(_first_response(manifest))
    manifest["signatures"].pop(0)


def _withhold(entry: dict[str, Any]) -> None:
    entry["body_sha256"] = sha(rfc8785.dumps(entry.pop("body")))


def _signature_twice(manifest: dict[str, Any]) -> None:
    entries, entry = manifest["chain"]["entries"], copy.deepcopy(_first_response(manifest))
    entries.insert(entries.index(_first_response(manifest)), entry)
    manifest["signatures"].insert(0, copy.deepcopy(manifest["signatures"][0]))
    _tally(signed=2, unanswered=0)(manifest)


def _swap_steps(manifest: dict[str, Any]) -> None:
    entries = manifest["chain"]["entries"]
    at = {entry["body"]["kind"]: index for index, entry in enumerate(entries) if "body" in entry}
    entries[at["signing"]], entries[at["response"]] = entries[at["response"]], entries[at["signing"]]


def _correction(**changes: Any) -> Change:
    """Another correction, in the chain and in the line that it is of."""

    def change(manifest: dict[str, Any]) -> None:
        bodies(manifest)["line_corrected"].update(changes)
        line = _corrected_line(manifest)
        line.update({key: part for key, part in changes.items() if key == "signatory"})
        line["corrected"].update({key: part for key, part in changes.items() if key == "at"})

    return change


def _corrected_line(manifest: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(line for line in manifest["signatures"] if line["corrected"])
    return found


def _correction_entry(manifest: dict[str, Any]) -> dict[str, Any]:
    entries = manifest["chain"]["entries"]
    found: dict[str, Any] = next(e for e in entries if e.get("body", {}).get("kind") == "line_corrected")
    return found


def _correction_taken_out(manifest: dict[str, Any]) -> None:
    manifest["chain"]["entries"].remove(_correction_entry(manifest))
    _corrected_line(manifest).update(corrected=None)


def _correction_before_a_signature(manifest: dict[str, Any]) -> None:
    entries, entry = manifest["chain"]["entries"], _correction_entry(manifest)
    entries.remove(entry)
    entries.insert(entries.index(_first_response(manifest)), entry)


def _shown_dispatch(manifest: dict[str, Any]) -> None:
    """An entry that is kept back, because it tells who answered when, shown instead."""
    entries = manifest["chain"]["entries"]
    at = entries.index(_first_response(manifest))
    hidden = next(entry for entry in entries[at:] if "body" not in entry)
    del hidden["body_sha256"]
    hidden["body"] = {
        "kind": "dispatched",
        "at": "2026-03-02T09:00:00.000Z",
        "salt": "0" * 32,
        "mails": [{"mail": "signing_receipt", "organisation": 1, "message": "0" * 64}],
    }


def _ended(**changes: Any) -> Change:
    def change(manifest: dict[str, Any]) -> None:
        manifest["ended"].update(changes)
        bodies(manifest)["adopted"]["ended"].update(changes)

    return change


def _without_early_end(manifest: dict[str, Any]) -> None:
    manifest["policy"].pop("early_end_days")
    bodies(manifest)["signing"]["policy"].pop("early_end_days")


def _told_as_silent(which: Callable[[dict[str, Any]], dict[str, Any]]) -> Change:
    """A member of the list as one who raised no objection, in the manifest and in the chain."""

    def change(manifest: dict[str, Any]) -> None:
        member = which(manifest)
        told = {key: member[key] for key in ("country", "name", "organisation")}
        manifest["no_objection"].append(told)
        bodies(manifest)["adopted"]["no_objection"].append(member["organisation"])

    return change


LIES: dict[str, Change] = {
    "a name corrected in the list alone": lambda m: _corrected_line(m).update(signatory="Someone Else"),
    "a name corrected without a word of it": lambda m: _corrected_line(m).update(corrected=None),
    "a correction taken out": _correction_taken_out,
    "a correction withheld": lambda m: _withhold(_correction_entry(m)),
    "a correction before a signature": _correction_before_a_signature,
    "a correction before the end": _correction(at="2026-03-03T09:00:00.000Z"),
    "a correction of no signature": _correction(of="0" * 32),
    "a correction by another organisation": _correction(organisation_id=9999),
    "a correction for another text": _correction(text_set="0" * 64),
    "a correction with a part more": _correction(capacity="organisation"),
    "a correction of another form": _correction(signatory=7),
    "a dispatch that is shown": _shown_dispatch,
    "silence where it does not count": _told_as_silent(lambda m: m["eligible"][0]),
    "silence of the chain alone": lambda m: bodies(m)["adopted"]["no_objection"].append(1),
    "no word about silence in the chain": lambda m: bodies(m)["adopted"].pop("no_objection"),
    "ended by hand against the policy": _without_early_end,
    "ended by hand too soon": _policy(early_end_days=3),
    "ended at the deadline, as is told": _ended(by="deadline"),
    "ended before a signature": _ended(at="2026-03-02T09:00:00.000Z", by="everybody_answered"),
    "ended before the opening": _ended(at="2026-03-01T09:00:00.000Z", by="everybody_answered"),
    "ended after the deadline": _ended(at="2026-04-02T09:00:00.000Z", by="everybody_answered"),
    "ended in another way": _ended(by="accident"),
    "ended otherwise in the chain": lambda m: bodies(m)["adopted"]["ended"].update(by="everybody_answered"),
    "the second format's parts in the first": lambda m: m.update(format="summit-statement-manifest/1"),
    "a signature taken out": _without_signature,
    "a signature withheld": _withheld_signature,
    "a signature twice": _signature_twice,
    "a signature before the opening": _swap_steps,
    "more signatures than there are": _tally(signed=2, unanswered=0),
    "fewer objections, more silence": _tally(declined=0),
    "more objections than records": _tally(declined=50, unanswered=0),
    "asked more": _tally(asked=5, unanswered=2),
    "waived nobody": _tally(waived=0),
    "not satisfied": _tally(satisfied=False),
    "another sentence": _tally(sentence="Everybody agrees."),
    "a float in the tally": _tally(signed="1"),
    "policy not reached": _policy(least_signed={"num": 1, "den": 1}),
    "policy with a higher count": _policy(least_signed={"count": 3}),
    "policy without objections": _policy(most_declined={"count": 0}),
    "policy with another share of objections": _policy(most_declined={"num": 1, "den": 10}),
    "policy with silence as assent": _policy(silence="deemed_assent"),
    "policy with a part more": _policy(blocking=[1]),
    "policy changed after the opening": lambda m: m["policy"].update(preset="consensus"),
    "policy of the manifest alone": lambda m: m["policy"].update(least_signed=None),
    "list changed after the opening": lambda m: m["eligible"][0].update(name="Centre for Unkindness"),
    "a member who was not asked": _response(organisation_id=9999),
    "a member under another name": _response(organisation="Somebody Else"),
    "a waived member signs": _eligible(lambda rows: [row.update(waived=True) for row in rows]),
    "a member twice on the list": _eligible(lambda rows: rows.append(rows[0])),
    "capacity changed in the list": lambda m: m["signatures"][0].update(capacity="organisation"),
    "capacity changed in both": _response(capacity="organisation"),
    "capacity that does not exist": _response(capacity="observer"),
    "a refusal as a signature": _response(answer="declined"),
    "a signature for another text": _response(text_set="0" * 64),
    "a late signature": _response(signed_at="2030-01-01T00:00:00.000Z", at="2030-01-01T00:00:00.000Z"),
    "a signature marked late": _response(late=True),
    "a signature with two times": _response(signed_at="2026-03-02T08:00:00.000Z"),
    "a signatory renamed in the list": lambda m: m["signatures"][0].update(signatory="Someone Else"),
    "a country changed in the list": lambda m: m["signatures"][0].update(country="DE"),
    "a record with a part more": _response(mood="good"),
    "a record by another way": _response(method="telepathy"),
    "signatures in another order": lambda m: m["signatures"].reverse(),
    "another title": lambda m: m["statement"].update(title="Time to talk"),
    "another statement's chain": lambda m: m["chain"].update(domain="summit-statement-ledger/1:other"),
    "another time of publication": lambda m: m.update(published_at="2026-03-05T09:00:00.000Z"),
    "another deadline": lambda m: m.update(closes_at="2026-03-05T09:00:00.000Z"),
    "a manifest before that is not told": lambda m: m.update(n=2),
    "a manifest before the first": lambda m: m.update(previous="0" * 64),
    "another version of the format": lambda m: m.update(format="summit-statement-manifest/3"),
    "no texts frozen": lambda m: bodies(m)["frozen"].pop("texts"),
    "a text more frozen": lambda m: bodies(m)["frozen"]["texts"].append(bodies(m)["frozen"]["texts"][0]),
    "the title frozen otherwise": lambda m: bodies(m)["frozen"].update(title="Time to talk"),
    "another text frozen": lambda m: bodies(m)["frozen"].update(text_set="0" * 64),
    "another text opened": lambda m: bodies(m)["signing"].update(text_set="0" * 64),
    "another text published": lambda m: bodies(m)["published"].update(text_set="0" * 64),
    "adopted with another tally": lambda m: bodies(m)["adopted"]["tally"].update(declined=0),
    "published without a tally": lambda m: bodies(m)["published"].pop("tally"),
    "a step of another kind": lambda m: bodies(m)["adopted"].update(kind="not_adopted"),
    "a step without a kind": lambda m: bodies(m)["adopted"].pop("kind"),
    "the publication withheld": lambda m: _withhold(m["chain"]["entries"][-1]),
    "an entry after the publication": lambda m: m["chain"]["entries"].append(
        {"seq": 0, "entry_sha256": "1" * 64, "body_sha256": "1" * 64}
    ),
    "no chain": lambda m: m["chain"].update(entries=[]),
    "no texts": lambda m: m.update(texts=[]),
    "a text in another language": lambda m: m["texts"][0].update(lang="de"),
    "a text of another role": lambda m: m["texts"][0].update(role="equally_authentic"),
    "a text twice": lambda m: m["texts"].append(m["texts"][0]),
    "a text set of another text": lambda m: m["text_set"]["content"][0].update(sha256="0" * 64),
    "a file not named": lambda m: m["files"].pop(0),
    "a file named that does not belong": lambda m: m["files"].append({"file": "x.txt", "sha256": "0" * 64}),
    "files in another order": lambda m: m["files"].reverse(),
}
BROKEN_CHAINS: dict[str, Change] = {
    "chain forked": lambda m: m["chain"]["entries"][3].update(entry_sha256="2" * 64),
    "chain with a withheld entry exchanged": lambda m: m["chain"]["entries"][0].update(entry_sha256="3" * 64),
    "chain without its first entry": lambda m: m["chain"]["entries"].pop(0),
    "chain without its last entry": lambda m: m["chain"]["entries"].pop(),
    "chain in another order": lambda m: m["chain"]["entries"].reverse(),
    "chain with another head": lambda m: m["chain"].update(head="0" * 64),
    "chain with an entry twice": lambda m: m["chain"]["entries"].insert(1, m["chain"]["entries"][1]),
    "chain with a number changed": lambda m: m["chain"]["entries"][1].update(seq=7),
    "chain with a salt changed": lambda m: bodies(m)["signing"].update(salt="0" * 32),
    "chain with an attestation changed": lambda m: bodies(m)["response"].update(attestation_sha256="0" * 64),
    "chain with a commitment changed": lambda m: bodies(m)["response"].update(commitment="0" * 64),
    "chain with a time changed": lambda m: bodies(m)["adopted"].update(at="2026-03-04T09:00:01.000Z"),
}


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [leaf for key, part in value.items() for leaf in _leaves(part, (*path, key))]
    if isinstance(value, list):
        return [leaf for key, part in enumerate(value) for leaf in _leaves(part, (*path, key))]
    return [path]


def _get(value: Any, path: tuple[Any, ...]) -> Any:
    for part in path:
        value = value[part]
    return value


def _set(value: Any, path: tuple[Any, ...], new: Any) -> None:
    _get(value, path[:-1])[path[-1]] = new


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if value is None:
        return {"count": 1}
    text = str(value)
    last = {"0": "1"}.get(text[-1:], "0")
    return text[:-1] + last if text and text[-1] in "0123456789abcdef" else text + "x"
