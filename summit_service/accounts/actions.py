"""Signing in and out, and what people change about their own account."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from summit_service import db, journal, links, markup, tokens, zones
from summit_service.accounts import mails, queries, rules
from summit_service.accounts.actor import OPERATOR, Actor, check_signed_in
from summit_service.accounts.addresses import email_address
from summit_service.accounts.tables import ApiToken, Login, Person
from summit_service.errors import Gone, NotFound
from summit_service.mail import outbox

LINK_ENDED = "This link has been used or its time is over. Ask for a new one; it comes at once."
LINK_UNKNOWN = (
    "We do not know this link. It may have been cut off; copy the whole of it, or ask for a new one."
)


async def request_sign_in(email: str, *, next_path: str, now: datetime) -> None:
    """Mail a sign-in link to whoever has this address; nothing else tells whether somebody has.

    Raises Invalid for what is not an address.
    """
    address = email_address(email)
    async with db.transaction():
        person = await db.for_update(queries.person_with(address)).first()
        mails_so_far = await queries.sign_in_mails_to(person.id if person else 0, since=now - rules.LINK_LIFE)
        if person is not None and rules.may_be_mailed(mails_so_far):
            await outbox.add(mails.sign_in(person, next_path=next_path, now=now), now=now)


async def check_sign_in_link(token: str, *, now: datetime) -> None:
    """Raises NotFound for a link we never sent and Gone for one that is used or too old; changes nothing."""
    _live(await queries.sign_in_link(token), now=now)


async def sign_in(token: str, *, agent: str, now: datetime) -> str:
    """Use a mailed link up and open a login; gives the cookie's secret. Raises NotFound or Gone."""
    async with db.transaction():
        link = _live(await queries.sign_in_link(token), now=now)
        if not await links.use_up(link, now=now):
            raise Gone(LINK_ENDED)
        person = await queries.person_by_id(int(link.subject))
        if person is None:
            raise Gone(LINK_ENDED)
        return await _open_login(person, agent=agent, now=now)


def _live(link: links.Link | None, *, now: datetime) -> links.Link:
    if link is None:
        raise NotFound(LINK_UNKNOWN)
    if not links.is_live(link, now=now):
        raise Gone(LINK_ENDED)
    return link


async def _open_login(person: Person, *, agent: str, now: datetime) -> str:
    token = tokens.mint()
    login = Login(
        person=person.id,
        token_hash=queries.login_hash(token),
        agent=rules.browser(agent),
        created_at=now,
        expires_at=now + rules.LOGIN_LIFE,
    )
    await login.save()
    return token


async def sign_out(token: str, *, now: datetime) -> None:
    """End the login of this cookie's secret, if there is one."""
    theirs = (Login.token_hash == queries.login_hash(token)) & Login.ended_at.is_null()
    async with db.transaction():
        await Login.update({Login.ended_at: now}).where(theirs)


async def lock_out(person_id: int, *, now: datetime) -> None:
    """End every login, API token and sign-in link of a person, and stop those on their way.

    In the caller's transaction. Their rights are another matter: somebody who still has a role signs in anew.
    """
    db.current_transaction()
    await Login.update({Login.ended_at: now}).where((Login.person == person_id) & Login.ended_at.is_null())
    await ApiToken.update({ApiToken.ended_at: now}).where(
        (ApiToken.person == person_id) & ApiToken.ended_at.is_null()
    )
    await links.end_all(queries.SIGN_IN, subject=str(person_id), reason="locked_out", now=now)
    await outbox.stop(
        f"person:{person_id}", reason="This access has ended.", kinds=[queries.SIGN_IN], now=now
    )


async def erase(person: Person, *, instead: str, now: datetime) -> None:
    """Blank the account, and let its logins, tokens and ways in go; in the caller's transaction.

    The number stays: other rows say with it that somebody did something. The address is free for a new account.
    """
    await lock_out(person.id, now=now)
    await Login.delete().where(Login.person == person.id)
    await ApiToken.delete().where(ApiToken.person == person.id)
    blank: dict[Any, Any] = {
        Person.name: instead,
        Person.email: f"erased-{person.id}",
        Person.timezone: None,
        Person.language: "en",
        Person.ended_at: now,
    }
    await person.update_self(blank)


async def end_login(login_id: int, *, actor: Actor, now: datetime) -> None:
    """Sign one of the actor's browsers out; raises NotFound for somebody else's."""
    check_signed_in(actor)
    mine = (Login.id == login_id) & (Login.person == actor.person_id) & Login.ended_at.is_null()
    async with db.transaction():
        ended = await Login.update({Login.ended_at: now}).where(mine).returning(Login.id)
    if not ended:
        raise NotFound("This browser is signed out already.")


async def end_other_logins(kept_token: str, *, actor: Actor, now: datetime) -> None:
    """Sign every browser of the actor out but the one with this cookie."""
    check_signed_in(actor)
    others = (Login.person == actor.person_id) & (Login.token_hash != queries.login_hash(kept_token))
    async with db.transaction():
        await Login.update({Login.ended_at: now}).where(others & Login.ended_at.is_null())


async def change_own_details(*, name: str, timezone: str, actor: Actor, now: datetime) -> None:
    """Keep the actor's own name and time zone (empty: none chosen)."""
    check_signed_in(actor)
    clean = markup.one_line(name, field="name", longest=200, name="Your name")
    place = zones.zone(timezone).key if timezone else None
    async with db.transaction():
        await Person.update({Person.name: clean, Person.timezone: place}).where(Person.id == actor.person_id)
        await journal.note("person.renamed", actor, actor.person_id, now=now)


async def create_api_token(name: str, *, actor: Actor, now: datetime) -> str:
    """A secret with which a program acts for the actor; given this one time."""
    check_signed_in(actor)
    clean = markup.one_line(name, field="name", longest=80, name="The token's name")
    async with db.transaction():
        await db.for_update(Person.objects().where(Person.id == actor.person_id)).first()
        rules.check_can_have_token(len(await queries.api_tokens_of(actor.person_id or 0)))
        await journal.note("person.token_made", actor, actor.person_id, now=now, detail=clean)
        return await _keep_token(actor.person_id or 0, clean, now=now)


async def create_api_token_for(email: str, *, now: datetime, name: str = "command line") -> str:
    """A token made by the operator for the person with this address; raises NotFound when there is nobody."""
    async with db.transaction():
        person = await queries.person_by_email(email)
        if person is None:
            raise NotFound(f"Nobody has the address {email}. Add them first with `summit person add`.")
        await journal.note(
            "person.token_made", OPERATOR, person.id, now=now, subject=person.id, detail=f"for {person.name}"
        )
        return await _keep_token(person.id, name, now=now)


async def _keep_token(person_id: int, name: str, *, now: datetime) -> str:
    token = tokens.mint()
    row = ApiToken(
        person=person_id, name=name, token_hash=tokens.fingerprint(queries.API_TOKEN, token), created_at=now
    )
    await row.save()
    return token


async def end_api_token(token_id: int, *, actor: Actor, now: datetime) -> None:
    """Make one of the actor's API tokens open nothing from now on; raises NotFound for somebody else's."""
    check_signed_in(actor)
    mine = (ApiToken.id == token_id) & (ApiToken.person == actor.person_id) & ApiToken.ended_at.is_null()
    async with db.transaction():
        ended = await ApiToken.update({ApiToken.ended_at: now}).where(mine).returning(ApiToken.id)
        if ended:
            await journal.note("person.token_ended", actor, actor.person_id, now=now)
    if not ended:
        raise NotFound("This token has been ended already.")
