"""Besides answering: handing on, the wrong person, another day, and taking an answer back."""

from __future__ import annotations

from datetime import datetime, timedelta

import httpx

from summit_service import links
from summit_service.journal.tables import JournalNote, JournalWords
from summit_service.members.tables import Organisation, Role
from summit_service.statements import actions, disputes, queries
from summit_service.statements.tables import Response, Statement
from tests.clients import bearer, sign_in
from tests.factories import give_role, make_person, secretariat
from tests.factories_statements import board_of, dump_tables, give_answer, link_to, make_member, make_open
from tests.postbox import Postbox, link_in, text_of
from tests.web.test_signing import FILLED, hidden, reviewed


async def asked(now: datetime, postbox: Postbox) -> tuple[Statement, Organisation, str, int]:
    """One request, its link's path as it was mailed, and the id of an alternate."""
    member = await make_member(
        "Centre for Kindness",
        signatory="Ana Ruiz",
        contact_name="Hanna Head",
        contact_email="head@kind.example",
    )
    alternate = await make_person("Alva Alternate")
    await give_role(alternate, "alternate", organisation=member)
    statement = await make_open(await secretariat(), now=now)
    path = link_in((await postbox.deliver(now))[0], "/sign/")
    return statement, member, path, alternate.id


async def test_forms_that_are_sent_empty_change_nothing(
    client: httpx.AsyncClient, now: datetime, postbox: Postbox
) -> None:
    _, _, path, _ = await asked(now, postbox)
    before = await dump_tables()

    page = await client.get(f"{path}/others")
    sent = [await client.post(f"{path}/{name}") for name in ("delegation", "wrong-person", "reminder")]
    stranger = await client.post(f"{path}/delegation", data={"person": "99999"})

    assert "Alva Alternate" in page.text
    assert {answer.status_code for answer in (*sent, stranger)} == {422}
    assert await dump_tables() == before


async def test_alternate_answers_at_once_and_old_links_end(
    client: httpx.AsyncClient, now: datetime, postbox: Postbox
) -> None:
    statement, _, path, alternate = await asked(now, postbox)

    done = await client.post(f"{path}/delegation", data={"person": str(alternate)})
    old = await client.get(path)
    paper = await client.get(f"{path}/text.pdf")
    mails = {str(mail["To"]): mail for mail in await postbox.deliver(now)}
    new = next(mail for to, mail in mails.items() if "Alva" in to)
    answer = await give_answer(link_in(new, "/sign/").removeprefix("/sign/"), now=now)
    again = await client.post(f"{link_in(new, '/sign/')}/delegation", data={"person": str(alternate)})

    assert done.status_code == 303
    assert old.status_code == 410
    assert (paper.status_code, paper.headers["Location"]) == (303, path)
    assert "Somebody else answers now" in old.text
    assert not any(word in old.text for word in ("Alva", "Ana Ruiz", "Centre for Kindness"))
    assert len(mails) == 3
    assert answer.signatory_name == "Alva Alternate"
    assert again.status_code == 409
    assert len(await queries.requests_of(statement)) == 1


async def test_question_is_handed_on_once(client: httpx.AsyncClient, now: datetime, postbox: Postbox) -> None:
    _, _, path, alternate = await asked(now, postbox)
    await client.post(f"{path}/delegation", data={"person": str(alternate)})
    new = next(mail for mail in await postbox.deliver(now) if "Alva" in str(mail["To"]))
    second = link_in(new, "/sign/")

    refused = await client.post(f"{second}/delegation", data={"name": "Zed", "email": "z@kind.example"})

    assert refused.status_code == 409
    assert "handed on once already" in refused.text


async def test_somebody_new_answers_when_the_main_contact_has_confirmed(
    client: httpx.AsyncClient, now: datetime, postbox: Postbox
) -> None:
    statement, member, path, _ = await asked(now, postbox)

    proposed = await client.post(
        f"{path}/delegation", data={"name": "Nora New", "email": "nora@kind.example"}
    )
    (asking,) = await postbox.deliver(now)
    confirm = link_in(asking, "/delegations/")
    still = await client.get(path)
    before = await dump_tables()
    page = await client.get(confirm)
    bare = await client.post(confirm, data={"choice": "confirm"})
    unchanged = await dump_tables() == before
    yes = await client.post(confirm, data={"choice": "confirm", "sure": "yes"})
    twice = await client.post(confirm, data={"choice": "refuse", "sure": "yes"})
    new = next(mail for mail in await postbox.deliver(now) if "nora@kind.example" in str(mail["To"]))
    answer = await give_answer(link_in(new, "/sign/").removeprefix("/sign/"), now=now)

    assert (proposed.status_code, still.status_code, bare.status_code) == (303, 200, 422)
    assert "head@kind.example" in str(asking["To"])
    assert "nora@kind.example" in page.text
    assert unchanged
    assert (yes.status_code, twice.status_code) == (303, 409)
    assert answer.signatory_name == "Nora New"
    noted = await JournalNote.objects().where(JournalNote.verb == "organisation.role_confirmed")
    words = await JournalWords.objects().where(JournalWords.note.is_in([one.id for one in noted]))
    assert [one.face for one in noted] == ["link"]
    assert ["Hanna Head" in one.private for one in words] == [True]
    assert (await client.get(path)).status_code == 410
    await sign_in(client, await secretariat(), now=now)
    board = await client.get(f"/desk/statements/{statement.slug}")
    people = await client.get(f"/organisations/{member.slug}/people")
    of_them = await client.get(f"/desk/organisations/{member.slug}")
    told = "onfirmed by Hanna Head, main contact, by a link in a mail, "
    assert [page.text.count(told) for page in (board, people, of_them)] == [1, 1, 1]
    by_program = await client.get(
        f"/api/v1/statements/{statement.slug}", headers=await bearer(await secretariat(), now=now)
    )
    (line,) = by_program.json()["requests"]
    word = {"by": "Hanna Head", "standing": "contact", "via": "link", "at": now.isoformat()}
    assert line["confirmed"] == word


async def test_delegate_who_had_been_proposed_already_can_sign_once_confirmed(
    client: httpx.AsyncClient, now: datetime, postbox: Postbox
) -> None:
    _, member, path, _ = await asked(now, postbox)
    nora = await make_person("Nora New", email="nora@kind.example")
    role = await give_role(nora, "alternate", organisation=member)
    await role.update_self({Role.is_proposed: True})
    await client.post(f"{path}/delegation", data={"name": "Nora New", "email": "nora@kind.example"})
    confirm = link_in((await postbox.deliver(now))[0], "/delegations/")

    await client.post(confirm, data={"choice": "confirm", "sure": "yes"})

    new = next(mail for mail in await postbox.deliver(now) if "nora@kind.example" in str(mail["To"]))
    assert (await client.get(link_in(new, "/sign/"))).status_code == 200
    after = await Role.objects().get(Role.id == role.id)
    assert after is not None
    assert (after.is_proposed, after.confirmed_name, after.confirmed_by) == (False, "Hanna Head", None)


async def test_refused_by_the_main_contact_nothing_changes(
    client: httpx.AsyncClient, now: datetime, postbox: Postbox
) -> None:
    _, _, path, _ = await asked(now, postbox)
    await client.post(f"{path}/delegation", data={"name": "Nora New", "email": "nora@kind.example"})
    confirm = link_in((await postbox.deliver(now))[0], "/delegations/")

    await client.post(confirm, data={"choice": "refuse", "sure": "yes"})

    assert (await client.get(path)).status_code == 200
    assert await postbox.deliver(now) == []
    assert "Nothing has changed" in (await client.get(confirm)).text


async def test_main_contact_is_asked_about_the_last_who_was_named_and_about_five_at_most(
    client: httpx.AsyncClient, now: datetime, postbox: Postbox
) -> None:
    _, _, path, _ = await asked(now, postbox)

    named = [
        await client.post(f"{path}/delegation", data={"name": f"Nora {n}", "email": f"n{n}@kind.example"})
        for n in range(6)
    ]
    mails = await postbox.deliver(now)

    assert [one.status_code for one in named] == [303, 303, 303, 303, 303, 409]
    assert "was asked about 5 people already" in named[-1].text
    assert [("head@kind.example" in str(mail["To"]), "Nora 4" in text_of(mail)) for mail in mails] == [
        (True, True)
    ]


async def test_wrong_person_gets_no_more_reminders_and_the_desk_a_task(
    client: httpx.AsyncClient, now: datetime, postbox: Postbox
) -> None:
    statement, _, path, _ = await asked(now, postbox)
    secretary = await secretariat()

    told = await client.post(f"{path}/wrong-person", data={"wrong": "yes", "words": "Ask Lena."})
    reminded = await actions.remind(statement.slug, actor=secretary, now=now + timedelta(days=2))
    await sign_in(client, secretary, now=now)
    desk = await client.get("/desk")

    assert told.status_code == 303
    assert reminded.skipped == (("Centre for Kindness", "says that we ask the wrong person"),)
    assert "Ask Lena." in desk.text
    assert (await client.get(path)).status_code == 200


async def test_board_says_what_signatories_told_us_besides_answering(
    client: httpx.AsyncClient, now: datetime, postbox: Postbox
) -> None:
    statement, member, path, alternate = await asked(now, postbox)
    desk = await secretariat()
    await sign_in(client, desk, now=now)
    day = str((now + timedelta(days=5)).date())

    async def remarks() -> list[str]:
        page = await client.get(f"/desk/statements/{statement.slug}")
        [line] = await board_of(statement, now=now)
        assert all(remark in page.text for remark in line.remarks)
        return line.remarks

    nothing = await remarks()
    await client.post(f"{path}/reminder", data={"day": day})
    await client.post(f"{path}/delegation", data={"name": "Nora New", "email": "nora@people.example"})
    await client.post(f"{path}/wrong-person", data={"wrong": "yes", "words": "Ask Lena."})
    told = await remarks()
    await client.post(f"{path}/delegation", data={"person": str(alternate)})
    handed_on = await remarks()
    answer = await give_answer(await link_to(statement, member, now=now), now=now)
    ends = now + timedelta(days=30)
    subject = f"{answer.record_id}:signatory"
    token = await links.issue(disputes.PURPOSE, subject=subject, now=now, expires_at=ends)
    await actions.raise_dispute(token, reason="Not me.", confirmed=True, now=now)

    assert nothing == []
    assert told == [
        "Says that we ask the wrong person: “Ask Lena.”",
        "Nora New is named to answer; the main contact has not confirmed it yet.",
        "Wants to be reminded on Saturday 7 March 2026, 09:00 UTC.",
    ]
    assert handed_on == ["Handed on by Ana Ruiz."]
    assert await remarks() == ["Handed on by Ana Ruiz.", "This answer is disputed."]


async def test_reminder_comes_on_the_day_that_was_asked_for(
    client: httpx.AsyncClient, now: datetime, postbox: Postbox
) -> None:
    statement, _, path, _ = await asked(now, postbox)
    secretary = await secretariat()
    day = (now + timedelta(days=5)).date()

    late = await client.post(f"{path}/reminder", data={"day": str((now + timedelta(days=50)).date())})
    kept = await client.post(f"{path}/reminder", data={"day": str(day)})
    by_hand = await actions.remind(statement.slug, actor=secretary, now=now + timedelta(days=3))
    early = await actions.remind_as_wished(now + timedelta(days=4))
    due = await actions.remind_as_wished(now + timedelta(days=6))
    again = await actions.remind_as_wished(now + timedelta(days=8))
    sent = await postbox.deliver(now + timedelta(days=6))

    assert (late.status_code, kept.status_code) == (422, 303)
    assert by_hand.reminded == ()
    assert (early, due, again) == (0, 1, 0)
    assert [str(mail["Subject"])[:9] for mail in sent] == ["Reminder:"]


async def test_answer_that_is_taken_back_is_none_and_brings_no_reminder(
    client: httpx.AsyncClient, now: datetime, postbox: Postbox
) -> None:
    statement, _, path, _ = await asked(now, postbox)
    first = hidden(await client.get(path))
    early = await client.post(f"{path}/review", data=first | {"choice": "withdrawn"})
    await client.post(f"{path}/answer", data=await reviewed(client, path) | FILLED)

    second = await reviewed(client, path, "withdrawn")
    taken = await client.post(f"{path}/answer", data=second | FILLED)
    page = await client.get(path)
    reminded = await actions.remind(statement.slug, actor=await secretariat(), now=now + timedelta(days=2))
    closed = await actions.close(
        statement.slug, actor=await secretariat(), now=now + timedelta(days=3), note="It is time."
    )

    assert (early.status_code, taken.status_code) == (422, 303)
    assert "You have taken your answer back" in page.text
    assert reminded.reminded == ()
    assert [row.kind for row in await Response.objects().order_by(Response.id)] == ["signed", "withdrawn"]
    assert '"signed": 0' in str(closed.tally)
    assert '"unanswered": 1' in str(closed.tally)
    assert any("You have taken your answer back" in text_of(m) for m in await postbox.deliver(now))
