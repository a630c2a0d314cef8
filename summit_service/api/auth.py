"""The bearer token of an API request to an actor."""

from __future__ import annotations

from typing import Any

from litestar import Request

from summit_service import tokens
from summit_service.accounts import queries as accounts
from summit_service.accounts.actor import Actor
from summit_service.errors import NotSignedIn
from summit_service.members import queries as members


async def provide_actor(request: Request[Any, Any, Any]) -> Actor:
    """Who asks; the public where no token is given. Raises NotSignedIn for a token that opens nothing."""
    header = request.headers.get("Authorization", "")
    if not header:
        return Actor(via="api")
    scheme, _, token = header.partition(" ")
    person = None
    if scheme.lower() == "bearer" and tokens.is_well_formed(token.strip()):
        person = await accounts.person_of_api_token(token.strip())
    if person is None:
        raise NotSignedIn(
            "This token opens nothing: it is unknown, or it was ended. Make a new one on your page."
        )
    return await members.actor_of(person, via="api")
