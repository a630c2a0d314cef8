"""How a signatory's name is printed: corrected by the link between the end of signing and publication."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import uuid4

from summit_service import db, markup
from summit_service.errors import Fault, Gone, Invalid, NotFound
from summit_service.members import queries as members
from summit_service.statements import counting, evidence, letters, line_mails, queries, rules
from summit_service.statements.actions import dispatching, ledger
from summit_service.statements.tables import Response, ResponsePrivate, Statement
from summit_service.visitor import Visitor

NO_LINK = "This link opens nothing."


async def correct_line(
    token: str,
    *,
    printed: str,
    text_set_sha256: str,
    confirmed: bool,
    visitor: Visitor,
    agent: str,
    now: datetime,
) -> Response:
    """Have the name printed otherwise; the answer, its capacity and the count stay. Sent twice, it is one correction.

    Raises Invalid when something is missing, Gone when it is too soon or too late, Conflict for another text.
    """
    now = now.replace(microsecond=now.microsecond // 1000 * 1000)
    name = _checked(printed, confirmed=confirmed)
    async with db.transaction():
        found = await letters.letter_of(token, now=now)
        if found is None:
            raise NotFound(NO_LINK)
        statement = await queries.locked_by_id(found.statement.id)
        found = await letters.letter_of(token, now=now)
        if found is None:
            raise NotFound(NO_LINK)
        if found.answer is None or not await counting.can_correct(found):
            raise Gone(
                "The printed name can be corrected from the end of signing until publication.", code="closed"
            )
        rules.check_same_text(text_set_sha256, found.text_set.sha256)
        if name != found.printed:
            await _keep(statement, found, name, visitor=visitor, agent=agent, now=now)
    return found.answer


def _checked(printed: str, *, confirmed: bool) -> str:
    faults: list[Fault] = []
    name = ""
    try:
        name = markup.one_line(printed, field="printed", longest=200, name="The name", required=True)
    except Invalid as fault:
        faults.extend(fault.faults)
    if not confirmed:
        faults.append(Fault("confirmed", "Tick the box to say that you mean it."))
    if faults:
        raise Invalid(faults)
    return evidence.nfc(name.strip())


async def _keep(
    statement: Statement, found: letters.Letter, name: str, *, visitor: Visitor, agent: str, now: datetime
) -> None:
    """The entry in the chain, what is private behind its commitment, and the mails about it."""
    answer = found.answer
    if answer is None:
        raise NotFound(NO_LINK)
    record, salt = uuid4().hex, secrets.token_hex(32)
    private = {
        "email": evidence.nfc(found.person.email),
        "address": visitor.address,
        "address_source": visitor.source,
        "agent": evidence.nfc("".join(c if c.isprintable() else " " for c in agent))[:300],
        "before": found.printed,
    }
    facts = {
        "record": record,
        "of": answer.record_id,
        "organisation_id": found.organisation.id,
        "signatory": name,
        "text_set": found.text_set.sha256,
        "commitment": evidence.commitment(salt, private),
    }
    await ledger.append(statement, queries.CORRECTED, facts, now=now)
    await ResponsePrivate.insert(ResponsePrivate(record_id=record, salt=salt, private=evidence.jcs(private)))
    told = {found.person.email.casefold(): (found.person.name, found.person.email, "signatory")}
    contact = await members.main_contact_of(found.organisation)
    if contact is not None:
        told.setdefault(contact.email.casefold(), (contact.name, contact.email, "contact"))
    due = []
    for to_name, to_email, side in told.values():
        mail = line_mails.line_corrected(
            statement, answer, record, names=(found.printed, name), to=(to_name, to_email), side=side, now=now
        )
        due.append((mail, found.organisation.id))
    await dispatching.dispatch(statement, due, now=now)
