"""A statement as a PDF to read, print and pass on: what was signed stays the text file, this is a copy of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec

from summit_service import settings, typeset, zones
from summit_service.statements import counting, paragraphs, queries, since, translations
from summit_service.statements.queries import Signature
from summit_service.statements.tables import Statement, TextVersion
from summit_service.templating import country_name

MEANING = (
    "A mailed link proves who controls a mailbox. The signatures are simple electronic signatures, not advanced or "
    "qualified ones."
)
SILENT = "Raised no objection (counted so by the rule, without a signature)"


def name_of(text: TextVersion) -> str:
    """`statement.en.pdf`."""
    return f"statement.{text.language}.pdf"


async def copy_data(
    statement: Statement, text: TextVersion, *, after: Mapping[str, Any] = since.NOTHING
) -> bytes:
    """What the PDF is made of: the text with its paragraph numbers; once published, who signed and how to check it.

    `after` is what has happened since publication.
    """
    signed = await queries.signatures_of(statement) if statement.state == "published" else []
    silent = await counting.raised_no_objection(statement) if statement.state == "published" else []
    own = await queries.own_lines(statement) if statement.state == "published" else frozenset[str]()
    rule = "" if statement.state == "published" else await counting.rule_in_words(statement)
    return msgspec.json.encode(_data(statement, text, signed, silent, after, own=own, rule=rule))


async def translation_data(
    statement: Statement,
    text: TextVersion,
    signed: Sequence[TextVersion],
    *,
    after: Mapping[str, Any] = since.NOTHING,
) -> bytes:
    """The same of a translation for reading only, which says so before its text; `signed` are the texts that count."""
    data = msgspec.json.decode(await copy_data(statement, text, after=after))
    said = [*translations.preface(statement, text, signed), data["kind"]]
    where = f"{settings.current().base_url}/statements/{statement.slug}"
    listed = [
        [
            f"The text in {translations.languages(signed)} is signed by" if head == "Signed by" else head,
            groups,
        ]
        for head, groups in data["lists"]
    ]
    ending = {"ending": "What this paper is", "check": [f"The text that counts: {where}", MEANING]}
    return msgspec.json.encode({**data, **ending, "kind": " ".join(said), "lists": listed})


def set_copy(data: bytes) -> bytes:
    """The PDF of that data, the same bytes each time; blocking. Raises typeset.CannotTypeset."""
    return _set(data, settings.current().fonts_dir)


@lru_cache(maxsize=32)
def _set(data: bytes, fonts: Path | None) -> bytes:
    return typeset.pdf("statement", msgspec.json.decode(data), fonts=fonts)


def _data(
    statement: Statement,
    text: TextVersion,
    signed: Sequence[Signature],
    silent: Sequence[str],
    after: Mapping[str, Any],
    *,
    own: Collection[str],
    rule: str,
) -> dict[str, Any]:
    current = settings.current()
    address = f"{current.base_url}/statements/{statement.slug}"
    return {
        "title": statement.title,
        "lang": text.language.partition("-")[0],
        "network": current.network_name,
        "kind": _kind(statement, current.network_name),
        "text": list(_paragraphs(text)),
        "notes": _notes(after),
        "lists": _lists(signed, silent, after, own),
        "check": _check(statement, text, address, rule=rule),
    }


def _paragraphs(text: TextVersion) -> Iterator[dict[str, Any]]:
    level = 1
    for part in paragraphs.numbered(text.canonical):
        tree = typeset.blocks(part.markdown, below=level)
        level = typeset.last_level(tree, level)
        yield {"n": part.n, "blocks": tree}


def _kind(statement: Statement, network: str) -> str:
    if statement.state == "published" and statement.published_at is not None:
        on = zones.long_day(statement.published_at.date())
        return f"A joint statement of the {network}, published on {on}."
    until = ""
    if statement.closes_at is not None:
        until = f" Members sign until {zones.long_deadline(statement.closes_at, statement.closes_timezone)}."
    return f"A joint statement of the {network}, not published yet.{until}"


def _notes(after: Mapping[str, Any]) -> list[str]:
    """What a reader must know before the text: errata, and what has taken its place."""
    notes = [f"Erratum of {_day(one['at'])}: {one['text']}" for one in after["errata"]]
    if replaced := after["superseded_by"]:
        notes.insert(
            0, f"Superseded on {_day(replaced['at'])} by “{replaced['title']}”, {replaced['address']}."
        )
    return notes


def _lists(
    signed: Sequence[Signature], silent: Sequence[str], after: Mapping[str, Any], own: Collection[str]
) -> list[list[Any]]:
    gone = {one["signature"]: _day(one["withdrew_at"]) for one in after["withdrew"]}
    lists: list[list[Any]] = [["Signed by", _by_country(signed, gone, own)]] if signed else []
    if silent:
        lists.append([SILENT, [{"name": "", "lines": list(silent)}]])
    if after["joined"]:
        lines = [
            f"{_words(one['capacity'], one['organisation'], one['signatory'], one['record'] in own)}, "
            f"{_day(one['signed_at'])}"
            f"{_gone(gone, one['record'])}"
            for one in after["joined"]
        ]
        lists.append(["Joined after adoption", [{"name": "", "lines": lines}]])
    return lists


def _day(at: str) -> str:
    return zones.short_day(datetime.fromisoformat(at).date())


def _gone(gone: Mapping[str, str], record: str) -> str:
    return f" (withdrew on {gone[record]})" if record in gone else ""


def _by_country(
    signed: Sequence[Signature], gone: Mapping[str, str], own: Collection[str]
) -> list[dict[str, Any]]:
    ordered = sorted(signed, key=lambda line: country_name(line.country))
    return [
        {
            "name": country_name(code) if code else "International",
            "lines": [
                _words(line.capacity, line.organisation, line.name, line.record_id in own)
                + _gone(gone, line.record_id)
                for line in lines
            ],
        }
        for code, lines in groupby(ordered, key=lambda line: line.country)
    ]


def _words(capacity: str, organisation: str, name: str, is_own: bool) -> str:
    if capacity == "organisation" and is_own:
        return f"{organisation}, a member in their own right"
    if capacity == "organisation":
        return f"{organisation}, signed by {name}"
    return f"{name}, in a personal capacity ({organisation} for identification only)"


def _check(statement: Statement, text: TextVersion, address: str, *, rule: str) -> list[str]:
    fingerprint = f"The fingerprint (SHA-256) of the text that is signed is {text.sha256}."
    if statement.state != "published":
        return [fingerprint, f"The rule: {rule}.", MEANING]
    return [
        f"This is a reading copy of {address}. {fingerprint}",
        f"Anybody can check it: {address}/verify",
        MEANING,
    ]
