"""What the desk says of members without a representative or signatory: the first by name, the rest as a number."""

from __future__ import annotations

import httpx

from summit_service.members.waiting import MOST
from tests import factories
from tests.clients import Clock, sign_in
from tests.factories_statements import make_member


async def test_members_without_anybody_are_named_and_then_counted(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    complete = await make_member("Signed for")
    await factories.representative_of(complete)
    for number in range(MOST + 2):
        place = await factories.make_organisation(f"Place {number:02}", slug=f"place-{number:02}")
        someone = await factories.make_person(f"Rep {number}", email=f"rep-{number}@members.example")
        await factories.give_role(someone, "representative", organisation=place)
    for number in range(MOST + 1):
        await factories.make_organisation(
            f"Quiet {number:02}", slug=f"quiet-{number:02}", standing="associate"
        )
    await make_member("Only a signatory")
    await factories.make_organisation("Left long ago", slug="left", standing="former")
    await sign_in(client, await factories.secretariat(), now=clock.now)

    desk = (await client.get("/desk")).text

    assert "Place 00 has nobody who could sign a statement." in desk
    assert 'href="/organisations/place-00/people"' in desk
    assert "Place 11 has" not in desk
    assert "Signed for has nobody" not in desk
    assert "2 more members have nobody who could sign a statement." in desk
    assert "Only a signatory has nobody who represents it." in desk
    assert 'href="/organisations/quiet-00/people"' in desk
    assert "Quiet 00 has nobody who could sign" not in desk
    assert "2 more members have nobody who represents them." in desk
    assert "Left long ago has nobody" not in desk
    assert desk.index("nobody who represents it") < desk.index("nobody who could sign")


async def test_key_contact_who_does_not_represent_a_member_is_told(
    client: httpx.AsyncClient, clock: Clock
) -> None:
    for name, contact, represented in (
        ("Well kept", "ANA@well.example", "ana@well.example"),
        ("Left behind", "gone@left.example", "new@left.example"),
        ("Unnamed", "", "any@unnamed.example"),
    ):
        place = await make_member(name, slug=name[:4].lower(), contact_email=contact)
        await factories.representative_of(place, email=represented)
    await factories.make_organisation("Empty", slug="empty", contact_email="nobody@empty.example")
    await sign_in(client, await factories.secretariat(), now=clock.now)

    desk = (await client.get("/desk")).text

    assert "Left behind has a key contact who does not represent it, so that somebody else confirms" in desk
    assert 'href="/organisations/left/people"' in desk
    others = [name for name in ("Well kept", "Unnamed", "Empty") if f"{name} has a key contact" in desk]
    assert others == []
