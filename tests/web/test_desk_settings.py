"""Settings changed at the desk: above the environment, for every process, with their history."""

from __future__ import annotations

import re
from datetime import datetime

import httpx
import pytest

from summit_service import db, doctor, settings
from summit_service.accounts.actor import OPERATOR
from summit_service.errors import Conflict, Invalid, NotFound
from summit_service.journal.tables import JournalWords
from summit_service.preferences import actions, queries, rules
from summit_service.preferences.tables import Preference
from tests import factories
from tests.clients import Clock, bearer, sign_in
from tests.postbox import Postbox, text_of


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("network_name", "", "Name of the network"),
        ("network_name", "x" * 121, "120 characters"),
        ("network_name", "two\nlines", "cannot be shown"),
        ("about", "y" * 601, "600"),
        ("mail_reply_to", "nobody", "not an e-mail address"),
        ("timezone", "Mars/Olympus", "not a time zone"),
        ("digest_hour", "24", "0 to 23"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence(name: str, typed: str, said: str) -> None:
    with pytest.raises(Invalid, match=said) as refused:
        rules.checked(rules.choice_of(name), typed)

    assert set(refused.value.by_field()) == {"value"}


def test_secrets_and_servers_are_no_settings_of_the_desk() -> None:
    for name in ("secret_key", "database_url", "smtp_url", "mail_from", "freeze_by_two"):
        with pytest.raises(NotFound):
            rules.choice_of(name)
    assert rules.overrides({"digest_hour": "7", "gone": "x", "about": None}) == {"digest_hour": 7}


async def test_changed_setting_holds_here_and_in_other_processes_until_it_is_given_back(
    database: db.Engine, now: datetime
) -> None:
    default = settings.current().network_name

    await actions.change("network_name", " Listening Network ", seen=0, actor=OPERATOR, now=now)
    assert settings.current().network_name == "Listening Network"
    assert settings.defaults().network_name == default
    settings.forget()
    assert settings.current().network_name == default
    await actions.take_up()
    assert settings.current().network_name == "Listening Network"
    with pytest.raises(Conflict):
        await actions.change("network_name", "Mine", seen=0, actor=OPERATOR, now=now)
    await actions.change("network_name", "Listening Network", actor=OPERATOR, now=now)
    assert await Preference.count() == 1
    [found] = [one for one in await doctor.examine(settings.current()) if one.what == "settings"]
    assert found.is_well
    assert "SUMMIT_NETWORK_NAME" in found.sentence
    await actions.change("mail_reply_to", "answers@listening.example", actor=OPERATOR, now=now)
    await actions.give_back("network_name", seen=1, actor=OPERATOR, now=now)

    assert settings.current().network_name == default
    assert [value for _, value in (await queries.shown())[0].changes] == [None, "Listening Network"]
    words = [row["private"] for row in await JournalWords.select(JournalWords.private)]
    assert "to “Listening Network”" in words[0]
    assert "back to its default" in words[-1]
    assert not any("answers@" in one for one in words)


async def test_page_previews_keeps_and_tells(client: httpx.AsyncClient, clock: Clock) -> None:
    token = await sign_in(client, await factories.secretariat(), now=clock.now)
    before = (await client.get("/calendar.ics")).text

    looked = await client.post(
        "/desk/settings/about",
        data={"csrf": token, "seen": "0", "value": "We <b>listen</b>.", "preview": "yes"},
    )
    assert "Nothing is saved yet." in looked.text
    assert looked.text.count("We &lt;b&gt;listen&lt;/b&gt;.") == 2
    assert await Preference.count() == 0
    wrong = await client.post(
        "/desk/settings/mail_reply_to", data={"csrf": token, "seen": "0", "value": "nobody"}
    )
    assert wrong.status_code == 422
    assert 'value="nobody"' in wrong.text
    assert re.search(r"nobody” is not an e-mail address", wrong.text)
    for name, value in (("about", "We listen."), ("network_name", "Listening Network")):
        kept = await client.post(f"/desk/settings/{name}", data={"csrf": token, "seen": "0", "value": value})
        assert kept.headers["location"] == f"/desk/settings?done={name}#{name}"
    late = await client.post("/desk/settings/about", data={"csrf": token, "seen": "0", "value": "I listen."})
    assert late.status_code == 409
    assert "I listen." in late.text

    home = (await client.get("/")).text
    assert "We listen." in home
    assert "<title>Listening Network" in home
    assert "Listening Network: events" in (await client.get("/calendar.ics")).text
    assert "Listening Network" not in before
    back = await client.post("/desk/settings/about/default", data={"csrf": token, "seen": "1"})
    assert back.status_code == 303
    assert settings.current().about == settings.ABOUT


async def test_settings_by_the_api_with_history_and_a_test_mail_that_bears_them(
    client: httpx.AsyncClient, clock: Clock, postbox: Postbox
) -> None:
    desk = await factories.secretariat(email="sam@people.example")
    head = await bearer(desk, now=clock.now)
    csrf = await sign_in(client, desk, now=clock.now)

    before = {
        one["name"]: one for one in (await client.get("/api/v1/settings", headers=head)).json()["items"]
    }
    wrong = await client.put("/api/v1/settings/timezone", json={"value": "Mars"}, headers=head)
    for name, value in (
        ("sender_name", "Ana of the Network"),
        ("imprint", "Empathy e.V., Weg 1, Bonn"),
        ("motto", "We hear."),
        ("join_about", "Come in."),
        ("timezone", "Asia/Tokyo"),
    ):
        done = await client.put(f"/api/v1/settings/{name}", json={"value": value, "seen": 0}, headers=head)
        assert done.status_code == 200, done.text
    late = await client.put("/api/v1/settings/motto", json={"value": "x", "seen": 0}, headers=head)
    home, join, log = [(await client.get(path)).text for path in ("/", "/join", "/desk/log")]
    sent = await client.post("/desk/settings/test-mail", data={"csrf": csrf})
    by_api = await client.post("/api/v1/settings/test-mail", headers=head)
    mail, _ = await postbox.deliver(clock.now)
    back = await client.post("/api/v1/settings/imprint/default", json={}, headers=head)
    emptied = await client.put("/api/v1/settings/sender_name", json={"value": ""}, headers=head)

    assert (before["motto"]["version"], before["imprint"]["value"]) == (0, "")
    assert (wrong.status_code, late.status_code, by_api.status_code) == (422, 409, 201)
    assert "We hear." in home
    assert "Empathy e.V., Weg 1, Bonn" in home
    assert "Come in." in join
    assert "18:00" in log
    assert sent.headers["Location"].startswith("/desk/mails/")
    assert str(mail["From"]).startswith("Ana of the Network <")
    assert "Empathy e.V., Weg 1, Bonn" in text_of(mail)
    assert back.json()["value"] == ""
    assert [one["value"] for one in back.json()["changes"]] == [None, "Empathy e.V., Weg 1, Bonn"]
    assert (emptied.status_code, emptied.json()["is_changed"]) == (200, True)
