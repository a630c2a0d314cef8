"""From the first words to a frozen text, and back when it has to change."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from summit_service import db, links, markup
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.errors import Conflict, Fault, Invalid
from summit_service.mail import outbox
from summit_service.mail.tables import OutboxMessage
from summit_service.members import queries as members
from summit_service.statements import (
    circulation,
    comment_rules,
    comments,
    deadlines,
    evidence,
    letters,
    mails,
    policy,
    queries,
    rules,
    second_person,
    texts,
    version_rules,
)
from summit_service.statements.actions import circulating, dispatching, ledger
from summit_service.statements.tables import Statement, TextSet, TextVersion

T = TypeVar("T")
RESERVED_SLUGS = frozenset({"new", "preview"})


async def create_statement(
    *,
    actor: Actor,
    now: datetime,
    title: str,
    text: str = "",
    note: str = "",
    edition: int | None = None,
    policy_given: str | Mapping[str, Any] = "sign_on",
    closes_at: str = "",
    timezone: str = "",
    language: str = "en",
) -> Statement:
    """A new draft, with its first version where a text is given. Raises Invalid with every fault at once."""
    check_secretariat(actor)
    faults: list[Fault] = []
    title = _tried(faults, lambda: _title(title)) or ""
    policy_read = _tried(faults, lambda: policy.read(policy_given))
    deadline = _tried(faults, lambda: deadlines.read(closes_at, timezone)) if closes_at else None
    typed = _tried(faults, lambda: _text(text, note, language)) if text.strip() else None
    _tried(faults, lambda: rules.check_edition(edition))
    if faults:
        raise Invalid(faults)
    async with db.transaction():
        statement = Statement(
            slug=await _free_slug(title),
            title=title,
            edition=edition,
            policy=json.dumps(policy_read),
            created_at=now,
            updated_at=now,
            **_columns(deadline),
        )
        await _save_new(statement)
        facts = {"title": title, "edition": edition}
        await ledger.append(statement, "drafting", facts, now=now, actor=actor)
        if typed:
            await insert_version(statement, typed, actor=actor, now=now)
    return statement


async def add_version(
    slug: str,
    *,
    actor: Actor,
    now: datetime,
    text: str,
    note: str = "",
    language: str = "en",
    role: str = "authoritative",
    known: Mapping[str, int] | None = None,
) -> TextVersion:
    """Another version; the ones before stay. A consultation that runs is over with it.

    Once the text is frozen only translations (`courtesy`) can be added: they are no part of what is signed.
    `known` are the newest numbers by language that its writer has seen; raises Conflict for a newer one in the same
    language, and for a text that is only read where what it translates has changed.
    """
    check_secretariat(actor)
    typed = _text(text, note, language, role)
    async with db.transaction():
        statement = await queries.locked(slug)
        await _check_addable(statement, language, role)
        if known is not None:
            newest = queries.newest(await queries.versions_of(statement))
            version_rules.check_known(version_rules.numbers(newest), known, language=language, role=role)
        if statement.state == "consulting":
            await ledger.move(statement, "revising", {"by": "hand"}, now=now, actor=actor)
        return await insert_version(statement, typed, actor=actor, now=now)


async def _check_addable(statement: Statement, language: str, role: str) -> None:
    if role != "courtesy":
        rules.check_writable(statement.state)
    if statement.state in rules.WRITABLE:
        return
    text_set = await queries.text_set_of(statement)
    fixed = {text.language for text in await queries.texts_of(text_set)} if text_set else set[str]()
    rules.check_translatable(statement.state, language, fixed)


async def start_consultation(
    slug: str, *, actor: Actor, now: datetime, closes_at: str = "", timezone: str = "", least_days: str = ""
) -> Statement:
    """Let the members comment until a day at least 14 days ahead, and mail each of them the draft with a link.

    `least_days`, as typed, is for how many days from now the text cannot be frozen and the deadline cannot come; it
    is a part of the policy. Empty: as the policy has it, which is none at first.
    """
    check_secretariat(actor)
    chosen = comment_rules.read_days(least_days) if least_days else None
    given = deadlines.read(closes_at, timezone) if closes_at else None
    async with db.transaction():
        statement = await queries.locked(slug)
        rules.check_next(statement.state, "consulting")
        instant = given.at if given else statement.closes_at
        if instant is None:
            raise Invalid.one("closes_at", "Say until when members may comment.")
        days = policy.consultation_days(statement.policy) if chosen is None else chosen
        rules.check_consultation(instant, days, now=now)
        versions = queries.newest(await queries.versions_of(statement))
        rules.check_freezable([version.role for version in versions], new_text=True)
        facts: dict[str, Any] = {"closes_at": evidence.moment(instant), "texts": _listed(versions)}
        facts |= {"least_days": days} if days else {}
        before = await circulation.last_circulated(statement)
        rule = policy.with_consultation(json.loads(statement.policy), days)
        columns = _columns(given) | {"policy": json.dumps(rule)}
        await ledger.move(statement, "consulting", facts, now=now, actor=actor, **columns)
        await circulating.circulate(statement, versions, before, now=now)
    return statement


async def freeze(slug: str, *, actor: Actor, now: datetime) -> Statement:
    """Fix the text to the byte: from now on every answer names it by its hash.

    Where the network asks for two, the first person's word is written down and the statement comes back as it was;
    the freeze is another person's. Raises Conflict when the same person comes twice.
    """
    check_secretariat(actor)
    async with db.transaction():
        statement = await queries.locked(slug)
        if statement.state == "consulting":
            await ledger.move(statement, "revising", {"by": "hand"}, now=now, actor=actor)
        rules.check_next(statement.state, "frozen")
        comment_rules.check_all_disposed(await comments.waiting(statement), slug)
        until = await circulation.freezable_from(statement)
        comment_rules.check_consulted(until, policy.consultation_days(statement.policy), now=now)
        counting = queries.counting_among(await queries.versions_of(statement))
        content = evidence.text_set_content((v.language, v.role, v.sha256) for v in counting)
        before = await queries.text_set_of(statement)
        rules.check_freezable(
            [v.role for v in counting], new_text=before is None or before.content != content
        )
        if not await second_person.has_confirmed(statement, texts.sha256(content), actor=actor):
            await _ask_for_another(statement, counting, content, actor=actor, now=now)
            return statement
        made = await _insert_set(statement, counting, content, n=before.n + 1 if before else 1, now=now)
        facts = {"title": statement.title, "text_set": made.sha256, "texts": _listed(counting)}
        await ledger.move(statement, "frozen", facts, now=now, actor=actor, text_set=made.id, frozen_at=now)
        await outbox.stop(mails.about_freeze(statement), reason="the text is frozen", now=now)
        if before is None:
            await circulating.tell_what_became(statement, now=now)
    return statement


async def _ask_for_another(
    statement: Statement, counting: list[TextVersion], content: str, *, actor: Actor, now: datetime
) -> None:
    """Write down that somebody asks for the freeze, and mail the others of the secretariat that it waits for them."""
    asked = {"text_set": texts.sha256(content), "texts": _listed(counting)}
    entry = await ledger.append(statement, second_person.KIND, asked, now=now, actor=actor)
    await outbox.stop(mails.about_freeze(statement), reason="asked anew for another text", now=now)
    due = [
        (mails.freeze_asked(statement, person, counting, by=actor.name, seq=entry.seq), None)
        for person in await members.secretariat()
        if person.id != actor.person_id
    ]
    await dispatching.dispatch(statement, due, now=now)


async def rework(slug: str, *, actor: Actor, now: datetime, note: str = "") -> Statement:
    """Take a frozen text back: the requests are over, and no signature is carried over.

    Raises Conflict once signing has ended, counted or not: nobody takes back what the members have decided.
    """
    check_secretariat(actor)
    reason = markup.many_lines(note, field="note", longest=rules.LONGEST_NOTE, name="The reason")
    async with db.transaction():
        statement = await queries.locked(slug)
        seen = rules.seen_state(statement.state, deadlines.end_of(statement), now=now)
        rules.check_next(seen, "reworking")
        requests = await queries.requests_of(statement)
        facts = {"note": reason, "requests_ended": len(requests)}
        await ledger.move(statement, "reworking", facts, now=now, actor=actor, ends_early_at=None)
        for request in requests:
            await links.end_all(letters.PURPOSE, subject=str(request.id), reason=letters.SUPERSEDED, now=now)
        waiting = OutboxMessage.about.is_in([mails.about(request) for request in requests] or [""])
        await outbox.stop_matching(waiting, reason="the text is being changed", now=now)
    return statement


def _tried(faults: list[Fault], check: Callable[[], T]) -> T | None:
    """The checked value; what is wrong with it is collected, so that all is told at once."""
    try:
        return check()
    except Invalid as fault:
        faults.extend(fault.faults)
        return None


def _title(title: str) -> str:
    return markup.one_line(title, field="title", longest=rules.LONGEST_TITLE, name="The title")


def _text(text: str, note: str, language: str, role: str = "authoritative") -> dict[str, Any]:
    faults: list[Fault] = []
    markdown = _tried(faults, lambda: version_rules.check_text(text))
    said = _tried(
        faults, lambda: markup.many_lines(note, field="note", longest=rules.LONGEST_NOTE, name="The note")
    )
    if role not in rules.ROLES:
        faults.append(Fault("role", f"The role is one of {', '.join(rules.ROLES)}."))
    if not rules.LANGUAGE.fullmatch(language):
        faults.append(Fault("language", "Give a language such as en, pt-BR or zh-Hans."))
    if faults:
        raise Invalid(faults)
    return {"markdown": markdown or "", "note": said or "", "language": language, "role": role}


def _columns(deadline: deadlines.Deadline | None) -> dict[str, Any]:
    if deadline is None:
        return {}
    return {"closes_wall": deadline.wall, "closes_timezone": deadline.timezone, "closes_at": deadline.at}


async def _save_new(statement: Statement) -> None:
    try:
        with db.unique_violations():
            await statement.save()
    except db.UniqueViolation as fault:
        sentence = "Somebody drafted a statement of this title at the same moment. Send it once more."
        raise Conflict(sentence, code="slug_taken") from fault


async def _free_slug(title: str) -> str:
    base = markup.slug(title)
    rows = await Statement.select(Statement.slug).where(Statement.slug.like(f"{base}%"))
    taken = {row["slug"] for row in rows} | RESERVED_SLUGS
    return next(
        slug for slug in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken
    )


async def insert_version(
    statement: Statement, typed: Mapping[str, Any], *, actor: Actor, now: datetime
) -> TextVersion:
    """Add a version in the caller's transaction; raises Invalid for one that is, word for word, the one before."""
    same = [v for v in await queries.versions_of(statement) if v.language == typed["language"]]
    canonical = texts.canonical(typed["markdown"])
    if same and (same[0].canonical, same[0].role) == (canonical, typed["role"]):
        raise Invalid.one(
            "text", f"This is the text of version {same[0].n}, word for word. Nothing was changed."
        )
    version = TextVersion(
        statement=statement.id,
        n=same[0].n + 1 if same else 1,
        canonical=canonical,
        sha256=texts.sha256(canonical),
        author=actor.person_id,
        created_at=now,
        **typed,
    )
    await version.save()
    facts = {"version": version.n, "note": version.note, **_listed([version])[0]}
    await ledger.append(statement, "version", facts, now=now, actor=actor)
    return version


async def _insert_set(
    statement: Statement, versions: list[TextVersion], content: str, *, n: int, now: datetime
) -> TextSet:
    made = TextSet(
        statement=statement.id,
        n=n,
        content=content,
        sha256=texts.sha256(content),
        version_ids=json.dumps([version.id for version in versions]),
        created_at=now,
    )
    await made.save()
    return made


def _listed(versions: list[TextVersion]) -> list[dict[str, Any]]:
    return [{"lang": v.language, "role": v.role, "n": v.n, "sha256": v.sha256} for v in versions]
