"""The secretariat asks somebody else of an organisation, where whoever was asked cannot answer or does not."""

from __future__ import annotations

from datetime import datetime

from summit_service import db, links
from summit_service.accounts.actor import Actor, check_secretariat
from summit_service.accounts.addresses import email_key
from summit_service.accounts.tables import Person
from summit_service.errors import Conflict, Invalid
from summit_service.members import queries as members
from summit_service.statements import deadlines, instead, letters, queries, rules
from summit_service.statements.actions import dispatching, ledger, readdressing
from summit_service.statements.tables import SigningRequest


async def ask_instead(
    slug: str, *, organisation: str, email: str, actor: Actor, now: datetime
) -> SigningRequest:
    """Ask another signatory or alternate of the organisation; the links that were mailed before end.

    Raises NotFound where it was not asked, Gone once signing is over, Conflict when it has answered, and Invalid for
    somebody who is not named for it.
    """
    check_secretariat(actor)
    async with db.transaction():
        statement = await queries.locked(slug)
        rules.check_open(statement.state, deadlines.end_of(statement), now=now)
        found = await instead.request_of(statement, organisation)
        answer = (await queries.answers_of(statement)).get(found.request.id)
        if answer is not None and not letters.is_taken_off(answer):
            raise Conflict(f"{found.organisation.name} has answered.", code="answered")
        person = next((one for one in found.others if email_key(one.email) == email_key(email)), None)
        if person is None:
            raise Invalid.one("person", "Choose one of those who are named for the organisation.")
        before = await Person.objects().where(Person.id == found.request.person).first()
        request = found.request
        await links.end_all(letters.PURPOSE, subject=str(request.id), reason=letters.DELEGATED, now=now)
        asks = await readdressing.readdress(statement, request, found.organisation, person, now=now)
        facts = {"organisation_id": found.organisation.id, "by": "secretariat"}
        await ledger.append(statement, "delegated", facts, now=now, actor=actor)
        contact = await members.main_contact_of(found.organisation)
        who = [before if before is not None and before.ended_at is None else None, contact]
        tells = readdressing.told(
            statement, request, found.organisation, who, by="The secretariat", but=person
        )
        await dispatching.dispatch(statement, [asks, *tells], now=now)
    return request
