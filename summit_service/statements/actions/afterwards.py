"""After publication: an erratum is attached, another statement takes its place, a member withdraws by letter."""

from __future__ import annotations

import secrets
from datetime import datetime

from summit_service import db, markup, settings, tokens
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.accounts.tables import Person
from summit_service.errors import Conflict, Invalid, NotFound
from summit_service.members import queries as members
from summit_service.statements import bundle, evidence, letters, mails, queries, rules, since, texts
from summit_service.statements.actions import dispatching, evidencing, ledger, recording
from summit_service.statements.tables import Response, SigningRequest, Statement
from summit_service.statements.tallying import SIGNING, WITHDRAWN

SAID = "{organisation} has withdrawn its signature, and the secretariat has recorded it: {note}"


async def add_erratum(slug: str, *, actor: Actor, now: datetime, text: str) -> Statement:
    """Attach a correction to a published statement; the text that was signed stays as it is."""
    check_secretariat(actor)
    said = markup.many_lines(
        text, field="text", longest=rules.LONGEST_REASON, name="The erratum", required=True
    )
    async with db.transaction():
        statement = await _published(slug)
        await ledger.append(statement, "erratum", {"text": evidence.nfc(said)}, now=now, actor=actor)
        await evidencing.reissue(statement, now=now)
    return statement


async def supersede(slug: str, *, actor: Actor, now: datetime, by: str) -> Statement:
    """Say that another published statement has taken the place of this one, once and for good."""
    check_secretariat(actor)
    async with db.transaction():
        statement = await _published(slug)
        if since.of(await bundle.latest(statement))["superseded_by"]:
            raise Conflict("Another statement has taken its place already.", code="superseded")
        found = await Statement.objects().where(Statement.slug == by, Statement.state == "published").first()
        if found is None or found.id == statement.id:
            raise Invalid.one("by", "Choose another statement that is published.")
        if since.of(await bundle.latest(found))["superseded_by"]:
            raise Invalid.one("by", "Another statement has taken the place of that one already.")
        address = f"{settings.current().base_url}/statements/{found.slug}"
        facts = {"address": address, "title": evidence.nfc(found.title)}
        await ledger.append(statement, "superseded", facts, now=now, actor=actor)
        await evidencing.reissue(statement, now=now)
    return statement


async def record_withdrawal(
    slug: str, *, actor: Actor, now: datetime, organisation: str, note: str
) -> Response:
    """Record that a member has withdrawn its signature by a letter; it and its main contact are told by mail.

    By its own link a signatory does this without us; this is for when that link has ended.
    """
    check_secretariat(actor)
    reason = markup.many_lines(
        note, field="note", longest=rules.LONGEST_NOTE, name="The reason", required=True
    )
    now = now.replace(microsecond=now.microsecond // 1000 * 1000)
    async with db.transaction():
        statement = await _published(slug)
        request, answer = await _standing_signature(statement, organisation)
        said = SAID.format(organisation=answer.organisation_name, note=reason)
        given = recording.Given(
            request_id=request.id,
            organisation_id=request.organisation,
            organisation=answer.organisation_name,
            signatory=answer.signatory_name,
            kind=WITHDRAWN,
            capacity=answer.capacity,
            text_set_sha256=answer.text_set_sha256,
            attestation_sha256=texts.sha256(evidence.nfc(said)),
            nonce_hash=tokens.fingerprint("form", secrets.token_hex(32)),
            method="recorded_by_secretariat",
            late=True,
        )
        kept = await recording.keep(statement, given, {"sentence": evidence.nfc(said)}, now=now, actor=actor)
        await _tell(statement, request, kept, now=now)
        await evidencing.reissue(statement, now=now)
    return kept


async def _published(slug: str) -> Statement:
    statement = await queries.locked(slug)
    if statement.state != "published":
        raise Conflict("This is possible for a published statement alone.", code="not_published")
    return statement


async def _standing_signature(statement: Statement, slug: str) -> tuple[SigningRequest, Response]:
    answers = await queries.answers_of(statement, with_late=True)
    organisation = await members.organisation_by_slug(slug) if slug else None
    for request in await queries.requests_of(statement):
        answer = answers.get(request.id)
        if organisation and request.organisation == organisation.id and answer and answer.kind in SIGNING:
            return request, answer
    raise Invalid.one("organisation", "Choose a member whose signature stands.")


async def _tell(statement: Statement, request: SigningRequest, kept: Response, *, now: datetime) -> None:
    """The signatory, unless they have left or are erased and so have no address any more, and the main contact."""
    person = await Person.objects().where(Person.id == request.person).first()
    organisation = await members.organisation_by_id(request.organisation)
    if person is None or organisation is None:
        raise NotFound("There is no such member.")
    zone = letters.zone_of(person, organisation, statement)
    due: list[dispatching.Due] = []
    if person.ended_at is None:
        receipt = mails.signing_receipt(statement, request, person, kept, zone=zone)
        due.append((receipt, organisation.id))
    contact = await members.main_contact_of(organisation)
    if contact is not None and contact.email.casefold() != person.email.casefold():
        due.append((mails.signing_notice(statement, contact, kept, zone=zone), organisation.id))
    await dispatching.dispatch(statement, due, now=now)
