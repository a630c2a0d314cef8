"""Reads about people and the secrets they come with."""

from __future__ import annotations

from datetime import datetime

from piccolo.query.functions import Lower
from piccolo.query.methods.objects import Objects

from summit_service import caseless, links, tokens
from summit_service.accounts.addresses import email_key
from summit_service.accounts.tables import ApiToken, Login, Person
from summit_service.mail.tables import OutboxMessage

LOGIN = "login"
API_TOKEN = "api_token"  # noqa: S105 - the purpose of a token, not one
SIGN_IN = "sign_in"


async def person_by_email(email: str) -> Person | None:
    """The person with this address, whatever its case; None when there is none or they have left."""
    return await person_with(email).first()


def person_with(email: str) -> Objects[Person]:
    """The same as a query, so that an action can lock the row."""
    return Person.objects().where(Lower(Person.email) == email_key(email), Person.ended_at.is_null())


async def person_by_id(person_id: int) -> Person | None:
    """The person of that id, unless they have left."""
    return await Person.objects().where((Person.id == person_id) & Person.ended_at.is_null()).first()


async def person_of_login(token: str, *, now: datetime) -> Person | None:
    """Who is signed in with this cookie's secret."""
    login = await Login.objects().where(Login.token_hash == tokens.fingerprint(LOGIN, token)).first()
    if login is None or login.ended_at is not None or login.expires_at <= now:
        return None
    return await person_by_id(login.person)


async def person_of_api_token(token: str) -> Person | None:
    """Whom a program with this bearer token acts for."""
    row = await ApiToken.objects().where(ApiToken.token_hash == tokens.fingerprint(API_TOKEN, token)).first()
    if row is None or row.ended_at is not None:
        return None
    return await person_by_id(row.person)


async def sign_in_link(token: str) -> links.Link | None:
    """The row of a mailed sign-in link, whatever its state."""
    return await links.find(SIGN_IN, token)


async def sign_in_mails_to(person_id: int, *, since: datetime) -> int:
    """How many sign-in mails this person was to get since then, whatever became of them."""
    about = (OutboxMessage.about == f"person:{person_id}") & (OutboxMessage.kind == SIGN_IN)
    return int(await OutboxMessage.count().where(about & (OutboxMessage.created_at > since)))


async def logins_of(person_id: int, *, now: datetime) -> list[Login]:
    """The browsers in which this person is signed in, the newest first."""
    live = (Login.person == person_id) & Login.ended_at.is_null() & (Login.expires_at > now)
    return list(await Login.objects().where(live).order_by(Login.id, ascending=False))


async def api_tokens_of(person_id: int) -> list[ApiToken]:
    """The API tokens of this person that open something, the newest first."""
    live = (ApiToken.person == person_id) & ApiToken.ended_at.is_null()
    return list(await ApiToken.objects().where(live).order_by(ApiToken.id, ascending=False))


async def ids_of_people_called(words: str, *, limit: int = 200) -> list[int]:
    """The people whose name or address has these words, also those who have left."""
    wanted = words.strip()
    rows = Person.select(Person.id).where(
        caseless.has(Person.name, wanted) | caseless.has(Person.email, wanted)
    )
    return [row["id"] for row in await rows.order_by(Person.id).limit(limit)]


def login_hash(token: str) -> str:
    """The hash by which the login of this cookie's secret is kept."""
    return tokens.fingerprint(LOGIN, token)
