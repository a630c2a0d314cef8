"""Which versions of a text a reader may read, and two of them beside each other."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from summit_service.accounts.actor import Actor
from summit_service.accounts.tables import Person
from summit_service.errors import NotFound
from summit_service.statements import queries, redline, rules
from summit_service.statements.redline import Piece
from summit_service.statements.tables import LedgerEntry, Statement, TextSet, TextVersion


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed from one version of a text to another."""

    statement: Statement
    old: TextVersion
    new: TextVersion
    pieces: tuple[Piece, ...]


async def versions_for(statement: Statement, actor: Actor) -> list[TextVersion]:
    """The newest first: every one for the secretariat, those that were circulated or frozen for other members.

    Whoever is no member reads what is published, and nothing else.
    """
    versions = await queries.versions_of(statement)
    if actor.is_secretariat:
        return versions
    if not queries.can_read(statement, actor):
        return []
    if not actor.is_member:
        text_set = await queries.text_set_of(statement)
        ids = set(json.loads(text_set.version_ids)) if text_set else set[int]()
        return [version for version in versions if version.id in ids]
    frozen, circulated = await _frozen(statement), await _circulated(statement)
    return [v for v in versions if v.id in frozen or (v.language, v.sha256) in circulated]


async def changes_between(slug: str, language: str, old: int, new: int, *, actor: Actor) -> Changes:
    """The redline of two versions in one language, for who may read both; raises NotFound."""
    statement = await queries.readable(slug, actor)
    found = {v.n: v for v in await versions_for(statement, actor) if v.language == language}
    if old not in found or new not in found:
        raise NotFound("There is no such version of this text that you may read.")
    return between(statement, found[old], found[new])


async def authors_of(versions: Sequence[TextVersion]) -> dict[int, str]:
    """The name of who wrote each version, by the version's id; empty where it is not known."""
    ids = {version.author for version in versions if version.author is not None}
    rows = await Person.select(Person.id, Person.name).where(Person.id.is_in(list(ids) or [0]))
    names = {row["id"]: row["name"] for row in rows}
    return {version.id: names.get(version.author, "") for version in versions}


def between(statement: Statement, old: TextVersion, new: TextVersion) -> Changes:
    """The redline of two versions."""
    return Changes(statement, old, new, redline.compare(old.canonical, new.canonical))


async def _frozen(statement: Statement) -> set[int]:
    rows = await TextSet.select(TextSet.version_ids).where(TextSet.statement == statement.id)
    return {version for row in rows for version in json.loads(row["version_ids"])}


async def _circulated(statement: Statement) -> set[tuple[str, str]]:
    """Language and hash of each text that members were asked to comment on."""
    mine = (LedgerEntry.statement == statement.id) & (LedgerEntry.kind == "consulting")
    rows = await LedgerEntry.select(LedgerEntry.content).where(mine)
    bodies = [json.loads(row["content"])["body"] for row in rows]
    return {(text["lang"], text["sha256"]) for body in bodies for text in body.get("texts", [])}


async def others_beside(
    statement: Statement, shown: Sequence[TextVersion], actor: Actor
) -> list[TextVersion]:
    """What can be read beside the texts that are shown, by language: translations, for who may read those texts.

    Of a fixed text that is the newest translation in each language; while it is written, what this reader may read.
    """
    is_fixed = statement.state not in rules.WRITABLE
    found = await (queries.versions_of(statement) if is_fixed else versions_for(statement, actor))
    languages = {text.language for text in shown}
    others = [v for v in queries.newest(found) if v.language not in languages]
    return sorted(
        (v for v in others if v.role == "courtesy" or not is_fixed), key=lambda version: version.language
    )
