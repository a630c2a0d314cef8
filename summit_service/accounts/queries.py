"""Reads about people and the secrets they come with."""

from __future__ import annotations

from datetime import datetime

from piccolo.query.functions import Lower

from summit_service import tokens
from summit_service.accounts.addresses import email_key
from summit_service.accounts.tables import ApiToken, Login, Person

LOGIN = "login"
API_TOKEN = "api_token"  # noqa: S105 - the purpose of a token, not one


async def person_by_email(email: str) -> Person | None:
    """The person with this address, whatever its case; None when there is none or they have left."""
    return (
        await Person.objects()
        .where(Lower(Person.email) == email_key(email), Person.ended_at.is_null())
        .first()
    )


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
