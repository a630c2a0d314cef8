"""A member who is one person reads right: on their page, in mails, below a statement, in the lists."""

from __future__ import annotations

import httpx

from summit_service.members import actions as members
from summit_service.members.rules import ROLES
from summit_service.statements import actions, reading_copy
from summit_service.statements import queries as statements
from tests import factories
from tests.clients import Clock, sign_in
from tests.factories_pictures import make_picture
from tests.factories_statements import give_answer, link_to, make_member, make_open
from tests.postbox import Postbox, text_of


async def test_individual_is_never_called_an_organisation(
    client: httpx.AsyncClient, clock: Clock, postbox: Postbox
) -> None:
    desk = await factories.secretariat()
    alone = await factories.make_organisation(
        "Professor Jodi Halpern",
        slug="halpern",
        kind="individual",
        parent="Berkeley",
        contact_name="Jodi Halpern",
    )
    other = await make_member("Centre for Kindness", signatory="Ana Ruiz")
    await members.add_person(
        name="Jodi Halpern",
        email="jodi@people.example",
        organisation="halpern",
        roles=list(ROLES)[:2],
        actor=desk,
        now=clock.now,
    )
    await members.set_logo("halpern", make_picture(), alt="", actor=desk, now=clock.now)
    (invitation,) = await postbox.deliver(clock.now)
    statement = await make_open(desk, now=clock.now)
    await give_answer(await link_to(statement, alone, now=clock.now), now=clock.now, name="Jodi Halpern")
    await give_answer(await link_to(statement, other, now=clock.now), now=clock.now)
    clock.advance(days=21)
    await actions.close(statement.slug, actor=desk, now=clock.now)
    published = await actions.publish(statement.slug, actor=desk, now=clock.now)

    page = (await client.get("/organisations/halpern")).text
    lines = (await client.get(f"/statements/{statement.slug}")).text
    text_set = await statements.text_set_of(published)
    assert text_set is not None
    text = (await statements.texts_of(text_set))[0]
    paper = (await reading_copy.copy_data(published, text)).decode()
    listed = (await client.get("/organisations.json")).json()["items"]
    table = (await client.get("/organisations.csv")).text

    assert "in your own right" in " ".join(text_of(invitation).split())
    assert "added you to" not in text_of(invitation).split("Why you got")[0]
    assert "A member of the network in their own right" in page
    assert "Works at" in page
    assert "Key contact" not in page
    assert "Their next events" in page
    assert "Its " not in page
    assert "<b>Professor Jodi Halpern</b>, a member in their own right" in lines
    assert "<b>Centre for Kindness</b>, signed by Ana Ruiz" in lines
    assert "Professor Jodi Halpern, a member in their own right" in paper
    logos = {one["slug"]: one["logo"] for one in listed}
    assert "/logos/" in logos["halpern"]
    assert logos[other.slug] == ""
    assert table.splitlines()[0].endswith(",standing,logo")
    await sign_in(client, desk, now=clock.now)
    assert "The picture of Professor Jodi Halpern" in (await client.get("/organisations/halpern/logo")).text
