"""The single checks of a bundle, in the order in which they are made; each raises Invalid with a sentence."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import rfc8785

from summit_service.verify.reading import Invalid, check_shape
from summit_service.verify.shapes import (
    AUTHORITY,
    CORRECTION,
    FROZEN_TEXT,
    HOW,
    KEYS,
    MANIFEST,
    PUBLISHER,
    RESPONSE,
    SECOND_FORMAT,
    SIGNATURE,
    STAMP,
)

ZEROS = "0" * 64
Manifest = Mapping[str, Any]


def sha256(data: bytes) -> str:
    """Hex."""
    return hashlib.sha256(data).hexdigest()


def must(holds: object, sentence: str) -> None:
    """Raises Invalid with the sentence when it does not hold."""
    if not holds:
        raise Invalid(sentence)


def check_files(manifest: Manifest, files: Mapping[str, bytes]) -> None:
    """Exactly the files that the manifest names are there, and each has its hash; a timestamp may be there besides."""
    named = [line["file"] for line in manifest["files"]]
    wanted = {PUBLISHER, KEYS, HOW, *(text["file"] for text in manifest["texts"])}
    wanted |= {name for name in copies_of(manifest) if name in named}
    must(named == sorted(wanted), "The manifest does not name the files that belong to it, in their order.")
    must(
        set(files) <= wanted | {MANIFEST, SIGNATURE, STAMP, AUTHORITY},
        "There is a file in the bundle that does not belong there.",
    )
    for line in manifest["files"]:
        found = sha256(files[line["file"]])
        must(found == line["sha256"], f"{line['file']} was changed: its SHA-256 is {found}.")


def copies_of(manifest: Manifest) -> list[str]:
    """The names of reading copies: a PDF for each text for which there was a font."""
    return [f"statement.{text['lang']}.pdf" for text in manifest["texts"]]


def check_texts(manifest: Manifest, files: Mapping[str, bytes]) -> None:
    """The texts are canonical, and are those of the text set that every signature names."""
    lines = manifest["texts"]
    must(lines, "There is no text.")
    for line in lines:
        data = files[line["file"]]
        must(line["file"] == f"statement.{line['lang']}.txt", f"{line['file']} is not named by its language.")
        must(sha256(data) == line["sha256"], f"{line['file']} is not the text that was signed.")
        must(len(data) == line["bytes"], f"{line['file']} is longer or shorter than the manifest says.")
        must(_is_canonical_text(data), f"{line['file']} is not in the form that is signed (UTF-8, NFC, LF).")
    content = sorted(
        ({key: line[key] for key in ("lang", "role", "sha256")} for line in lines),
        key=lambda part: (part["lang"], part["role"], part["sha256"]),
    )
    must(len({line["lang"] for line in lines}) == len(lines), "A language is there twice.")
    must(lines == sorted(lines, key=lambda line: str(line["file"])), "The texts are not in their order.")
    must(manifest["text_set"]["content"] == content, "The text set is not made of these texts.")
    must(
        sha256(rfc8785.dumps(content)) == manifest["text_set"]["sha256"],
        "The text set does not have its hash.",
    )


def _is_canonical_text(data: bytes) -> bool:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return (
        not text.startswith("\ufeff")
        and "\r" not in text
        and unicodedata.is_normalized("NFC", text)
        and text.endswith("\n")
        and not text.endswith("\n\n")
        and not any(line.endswith((" ", "\t")) for line in text.split("\n"))
    )


def check_chain(manifest: Manifest) -> None:
    """Each entry has its hash and follows from the one before, shown or not; the last one is the head."""
    chain, slug = manifest["chain"], manifest["statement"]["slug"]
    must(chain["domain"] == f"summit-statement-ledger/1:{slug}", "The chain is another statement's.")
    prev = ZEROS
    for seq, entry in enumerate(chain["entries"], start=1):
        must(entry["seq"] == seq, f"Entry {seq} of the chain is missing or out of its place.")
        body = sha256(rfc8785.dumps(entry["body"])) if "body" in entry else entry["body_sha256"]
        linked = {"domain": chain["domain"], "seq": seq, "prev": prev, "body_sha256": body}
        found = sha256(rfc8785.dumps(linked))
        must(found == entry["entry_sha256"], f"Entry {seq} of the chain was changed.")
        prev = entry["entry_sha256"]
    must(prev == chain["head"], "The head of the chain is not its last entry.")


def until_publication(manifest: Manifest) -> list[Mapping[str, Any]]:
    """The entries that are shown, up to the one that says that the statement was published."""
    shown = [entry for entry in manifest["chain"]["entries"] if "body" in entry]
    ends = [at for at, entry in enumerate(shown) if entry["body"].get("kind") == "published"]
    return shown[: ends[0] + 1] if ends else shown


def check_story(manifest: Manifest) -> None:
    """What the chain says of freezing, opening, adoption and publication is what the manifest says."""
    shown = [(entry["seq"], entry["body"]) for entry in until_publication(manifest)]
    between = {"response", "line_corrected"} if is_second(manifest) else {"response"}
    steps = [body.get("kind") for _, body in shown if body.get("kind") not in between]
    must(
        steps == ["frozen", "signing", "adopted", "published"],
        "The chain does not tell freezing, signing, adoption and publication.",
    )
    kinds = [body["kind"] for _, body in shown]
    must(
        kinds[:2] == ["frozen", "signing"] and kinds[-2:] == ["adopted", "published"], "A step is misplaced."
    )
    must(kinds[2:-2] == sorted(kinds[2:-2], reverse=True), "A name was corrected before signing had ended.")
    frozen, opened, adopted, published = shown[0][1], shown[1][1], shown[-2][1], shown[-1][1]
    text_set, tally = manifest["text_set"]["sha256"], manifest["tally"]
    must(frozen.get("title") == manifest["statement"]["title"], "The title is not the one that was frozen.")
    frozen_texts = [{**line, "n": None} for line in _texts_of(frozen)]
    told = [
        {"lang": t["lang"], "role": t["role"], "sha256": t["sha256"], "n": None} for t in manifest["texts"]
    ]
    must(
        sorted(map(rfc8785.dumps, frozen_texts)) == sorted(map(rfc8785.dumps, told)),
        "The texts are not the ones that were frozen.",
    )
    must(
        text_set == frozen.get("text_set") == opened.get("text_set") == published.get("text_set"),
        "The text that was frozen, signed and published is not one and the same.",
    )
    for part in ("policy", "eligible", "closes_at"):
        must(opened.get(part) == manifest[part], f"The chain has another {part} than the manifest.")
    must(adopted.get("tally") == tally == published.get("tally"), "The chain has another tally.")
    must(published.get("at") == manifest["published_at"], "The chain has another time of publication.")


def is_second(manifest: Manifest) -> bool:
    """Whether it is in the second format, which tells more of how the statement was adopted."""
    return bool(manifest["format"] == SECOND_FORMAT)


def check_outcome(manifest: Manifest) -> None:
    """Who raised no objection, and how signing ended, as the entry of the adoption says, and as the policy lets it."""
    if not is_second(manifest):
        return
    shown = until_publication(manifest)
    opened, adopted = shown[1]["body"], shown[-2]["body"]
    silent, told = adopted.get("no_objection"), manifest["no_objection"]
    check_shape(silent, [int], "The list of those who raised no objection")
    named = [
        {key: m[key] for key in ("country", "name", "organisation")} for m in _of(manifest, silent or [])
    ]
    must(told == named and len(told) == len(silent or []), "The chain names others who raised no objection.")
    must(len(told) == manifest["tally"].get("deemed", 0), "The tally has another number of silent members.")
    kept_out = {line["organisation_id"] for line in manifest["signatures"]}
    kept_out |= {member["organisation"] for member in manifest["eligible"] if member["waived"]}
    must(not kept_out & set(silent or []), "Somebody who signed, or was waived, is told as silent.")
    must(adopted.get("ended") == manifest["ended"], "The chain has another end of signing.")
    _check_end(manifest, str(opened["at"]), str(adopted["at"]))


def _of(manifest: Manifest, organisations: Sequence[int]) -> list[Mapping[str, Any]]:
    return [member for member in manifest["eligible"] if member["organisation"] in organisations]


def _check_end(manifest: Manifest, opened_at: str, adopted_at: str) -> None:
    """At the deadline, before it when everybody had answered, or by hand as the policy lets it; nobody signs after."""
    ended, by = manifest["ended"]["at"], manifest["ended"]["by"]
    must(opened_at <= ended <= adopted_at, "Signing ended at a time when it cannot have.")
    must((by == "deadline") == (ended == manifest["closes_at"]), "Signing ended otherwise than it is told.")
    must(ended <= manifest["closes_at"], "Signing ended after its deadline.")
    late = [line for line in manifest["signatures"] if line["signed_at"] > ended]
    must(not late, "Somebody signed after the end.")
    early = [line for line in manifest["signatures"] if line["corrected"] and line["corrected"]["at"] < ended]
    must(not early, "A name was corrected before signing had ended.")
    if by == "hand":
        days = manifest["policy"].get("early_end_days")
        must(days is not None, "Signing was ended by hand, which the policy does not allow.")
        must(later_by(opened_at, days) <= instant(ended), "Signing was ended sooner than the policy allows.")


def instant(text: str) -> datetime:
    """Raises Invalid for a time that does not exist."""
    try:
        return datetime.fromisoformat(text)
    except ValueError as fault:
        raise Invalid("A time does not exist.") from fault


def later_by(text: str, days: int) -> datetime:
    """So many days after a time; raises Invalid where there is no such day."""
    try:
        return instant(text) + timedelta(days=days)
    except OverflowError as fault:
        raise Invalid("A time does not exist.") from fault


def _texts_of(frozen: Mapping[str, Any]) -> list[dict[str, Any]]:
    texts = frozen.get("texts")
    check_shape(texts, [FROZEN_TEXT], "The list of the texts that were frozen")
    return list(texts or [])


def check_signatures(manifest: Manifest) -> None:
    """Each signature is a record in the chain, by an organisation on the list, for this text, in time, once."""
    members = members_of(manifest)
    must(len(members) == len(manifest["eligible"]), "An organisation is on the list twice.")
    lines, corrections = [], []
    for entry in until_publication(manifest)[2:-2]:
        body = entry["body"]
        if body["kind"] == "line_corrected":
            check_shape(body, CORRECTION, f"chain/entries/{entry['seq'] - 1}/body")
            corrections.append(entry)
            continue
        check_shape(body, RESPONSE, f"chain/entries/{entry['seq'] - 1}/body")
        lines.append(line_of(manifest, members, entry))
        must(
            body["signed_at"] == body["at"] < manifest["closes_at"] and body["late"] is False,
            "A signature is late.",
        )
    for entry in corrections:
        _correct(manifest, lines, entry)
    must(lines == manifest["signatures"], "The signatures are not those in the chain.")
    for key in ("organisation_id", "record"):
        must(len({line[key] for line in lines}) == len(lines), "Somebody signs twice.")


def _correct(manifest: Manifest, lines: list[dict[str, Any]], entry: Mapping[str, Any]) -> None:
    """Have the name printed as the correction says; it is of a signature to this text, and changes nothing else."""
    body = entry["body"]
    mine = [line for line in lines if line["record"] == body["of"]]
    must(mine and mine[0]["organisation_id"] == body["organisation_id"], "A correction is of no signature.")
    must(body["text_set"] == manifest["text_set"]["sha256"], "A correction is for another text.")
    told = {"at": body["at"], "entry_sha256": entry["entry_sha256"], "seq": entry["seq"]}
    mine[0].update(signatory=body["signatory"], corrected=told)


def members_of(manifest: Manifest) -> dict[int, Mapping[str, Any]]:
    """The list that was fixed at the opening, by organisation."""
    return {member["organisation"]: member for member in manifest["eligible"]}


def line_of(
    manifest: Manifest, members: Mapping[int, Mapping[str, Any]], entry: Mapping[str, Any]
) -> dict[str, Any]:
    """A record as a line of the list; raises Invalid unless its organisation was asked, for this text."""
    body = entry["body"]
    member = members.get(body["organisation_id"])
    if member is None or member["waived"] or member["name"] != body["organisation"]:
        raise Invalid(f"{body['organisation']} was not asked to sign.")
    must(body["text_set"] == manifest["text_set"]["sha256"], "A signature is for another text.")
    more: dict[str, Any] = {"corrected": None} if is_second(manifest) else {}
    return (
        more
        | {key: body[key] for key in ("capacity", "organisation", "organisation_id", "record")}
        | {"country": member["country"], "entry_sha256": entry["entry_sha256"], "seq": entry["seq"]}
        | {"signatory": body["signatory"], "signed_at": body["signed_at"]}
    )


def check_tally(manifest: Manifest) -> None:
    """The counts follow from the list and the signatures, and satisfy the policy."""
    tally, waived = manifest["tally"], sum(member["waived"] for member in manifest["eligible"])
    counts = [line["capacity"] for line in manifest["signatures"]]
    right = {
        "eligible": len(manifest["eligible"]),
        "waived": waived,
        "asked": len(manifest["eligible"]) - waived,
        "signed": counts.count("organisation"),
        "personal": counts.count("personal"),
    }
    for key, number in right.items():
        must(tally[key] == number, f"The tally says {tally[key]} for “{key}”; it is {number}.")
    answered = sum(tally[key] for key in ("signed", "personal", "declined", "changes_requested"))
    must(answered + tally["unanswered"] == tally["asked"], "The tally does not add up.")
    _check_silence(manifest)
    end = until_publication(manifest)[-1]["seq"]
    withheld = sum("body" not in entry for entry in manifest["chain"]["entries"][:end])
    must(
        tally["declined"] + tally["changes_requested"] <= withheld,
        "The tally has more objections than records.",
    )
    must(
        tally["satisfied"] is True and tally["sentence"] == "The policy is satisfied.",
        "It was not adopted.",
    )
    must(_satisfies(manifest["policy"], tally), "The counts do not satisfy the policy.")


def _check_silence(manifest: Manifest) -> None:
    """Silence counts where the policy says so alone, and never as more than it was."""
    tally, is_counted = manifest["tally"], manifest["policy"]["silence"] == "deemed_assent"
    must(("deemed" in tally) == is_counted, "The tally and the policy disagree about silence.")
    if is_counted:
        silent = tally["deemed"] + tally["undeliverable"]
        must(silent <= tally["unanswered"], "The tally has more silent members than there are.")


def _satisfies(policy: Mapping[str, Any], tally: Mapping[str, Any]) -> bool:
    against = sum(tally[kind] for kind in set(policy["counted_as_declined"]))
    assenting = tally["signed"] + tally.get("deemed", 0)
    basis = (
        tally["asked"]
        if policy["basis"] == "eligible"
        else assenting + tally["declined"] + tally["changes_requested"]
    )
    least, most = policy["least_signed"], policy["most_declined"]
    if least is None:
        enough = True
    elif "count" in least:
        enough = assenting >= least["count"]
    else:
        enough = assenting > 0 and assenting * least["den"] >= least["num"] * basis
    if most is None:
        return enough
    limit, times = (most["count"], 1) if "count" in most else (most["num"] * basis, most["den"])
    return bool(enough and against * times <= limit)
