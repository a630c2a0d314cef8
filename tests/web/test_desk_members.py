"""What the desk says of members for whom nobody could sign: the first by name, the rest as a number."""

from __future__ import annotations

import httpx

from summit_service.members.waiting import MOST
from tests import factories
from tests.clients import Clock, sign_in
from tests.factories_statements import make_member


async def test_members_without_a_signatory_are_named_and_then_counted(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    await make_member("Signed for")
    for number in range(MOST + 2):
        await factories.make_organisation(f"Place {number:02}", slug=f"place-{number:02}")
    await sign_in(client, await factories.secretariat(), now=clock.now)

    desk = (await client.get("/desk")).text

    assert "Place 00 has nobody who could sign a statement." in desk
    assert 'href="/organisations/place-00/people"' in desk
    assert "Place 11 has" not in desk
    assert "Signed for has nobody" not in desk
    assert "2 more members have nobody who could sign a statement." in desk
