"""The desk's page of mails to speakers: each draft whole, and as it then arrives."""

from __future__ import annotations

import re
from datetime import datetime
from html import unescape

import httpx

from tests.clients import sign_in
from tests.factories import secretariat
from tests.factories_summits import make_edition, programme, release, session
from tests.postbox import Postbox, text_of

PAGE = "/desk/summits/2026/speakers"
ANA = "ana@hospital.example"


async def test_draft_is_shown_whole_kept_and_sent_as_it_was_shown(
    client: httpx.AsyncClient, postbox: Postbox, now: datetime
) -> None:
    await make_edition()
    people = [{"name": "Ana Ruiz"}]
    await release(programme(session("Listening", speakers=["Ana Ruiz"]), speakers=people), now=now)
    fields = {"csrf": await sign_in(client, await secretariat(), now=now), "release": "1"}
    fields["seen"] = seen_on((await client.get(PAGE)).text)
    faulty = await client.post(f"{PAGE}/addresses", data=fields | {"addresses": "Ana Ruiz; nobody"})
    await client.post(f"{PAGE}/addresses", data=fields | {"addresses": f"Ana Ruiz; {ANA}"})

    kept = await client.post(f"{PAGE}/mails", data=fields | {"do": "keep", f"note:{ANA}": "At *eight*."})
    shown = whole_of((await client.get(kept.headers["Location"])).text)
    stale = await client.post(
        f"{PAGE}/mails",
        data=fields | {"do": "send", "release": "2", "to": ANA, f"note:{ANA}": "Typed words."},
    )
    sent = await client.post(
        f"{PAGE}/mails", data=fields | {"do": "send", "to": ANA, f"note:{ANA}": "At *eight*."}
    )
    [mail] = await postbox.deliver(now)

    assert (faulty.status_code, "Line 1" in faulty.text, "Ana Ruiz; nobody" in faulty.text) == (
        422,
        True,
        True,
    )
    assert (stale.status_code, "Typed words." in stale.text, sent.status_code) == (409, True, 303)
    assert "At *eight*." in shown
    assert "/speakers/…>" in shown
    assert masked(text_of(mail)) == masked(shown)


async def test_old_box_of_addresses_keeps_nothing_and_shows_both_lists(
    client: httpx.AsyncClient, now: datetime
) -> None:
    await make_edition()
    csrf = {"csrf": await sign_in(client, await secretariat(), now=now)}
    first = {"addresses": f"Ana Ruiz; {ANA}\r\nBen Okoro; ben@hospital.example"}
    old = csrf | {"seen": seen_on((await client.get(PAGE)).text)}
    await client.post(f"{PAGE}/addresses", data=old | first)
    tab = csrf | {"seen": seen_on((await client.get(PAGE)).text)}
    await client.post(
        f"{PAGE}/addresses", data=tab | {"addresses": "Ben Okoro; ben@hospital.example\nCleo; c@x.example"}
    )

    typed = first["addresses"].replace("hospital.example\r", "clinic.example\r")
    answer = await client.post(f"{PAGE}/addresses", data=tab | {"addresses": typed})
    faulty = await client.post(f"{PAGE}/addresses", data=tab | {"addresses": "Ana Ruiz; nobody"})
    blind = await client.post(f"{PAGE}/addresses", data=csrf | {"addresses": typed})

    assert (answer.status_code, faulty.status_code, blind.status_code) == (409, 422, 409)
    assert "The addresses have changed since you opened them" in answer.text
    [box] = re.findall(r'<textarea id="addresses".*?>\n(.*?)</textarea>', answer.text, re.DOTALL)
    assert box == "Ben Okoro; ben@hospital.example\nCleo; c@x.example"
    assert lists_of(answer.text) == ["Ana Ruiz; ana@clinic.example", "Cleo; c@x.example"]
    assert seen_on(faulty.text) == tab["seen"] != seen_on(answer.text)


async def test_two_names_of_one_address_are_named_together_at_the_draft(
    client: httpx.AsyncClient, now: datetime
) -> None:
    await make_edition()
    people = [{"name": "Ana Ruiz"}, {"name": "Ben Okoro"}]
    await release(programme(session(speakers=["Ana Ruiz", "Ben Okoro"]), speakers=people), now=now)
    csrf = {"csrf": await sign_in(client, await secretariat(), now=now)}
    seen = {"seen": seen_on((await client.get(PAGE)).text)}

    alone = await client.post(f"{PAGE}/addresses", data=csrf | seen | {"addresses": f"Ana Ruiz; {ANA}"})
    shown = (await client.get(alone.headers["Location"])).text
    both = {"addresses": f"Ana Ruiz; {ANA}\nBen Okoro; {ANA.upper()}", "seen": seen_on(shown)}
    await client.post(f"{PAGE}/addresses", data=csrf | both)
    joined = (await client.get(PAGE)).text

    assert ("One mail for" in shown, "One mail for Ana Ruiz and Ben Okoro" in joined) == (False, True)


def seen_on(html: str) -> str:
    """The mark of the addresses that the page has."""
    [mark] = re.findall(r'name="seen" value="(\w+)"', html)
    return str(mark)


def lists_of(html: str) -> list[str]:
    """The lines that are only in what was typed, and those that are only there now."""
    return re.findall(
        r'<pre class="mail-text" tabindex="0" aria-labelledby="only-\w+">\n(.*?)</pre>', html, re.DOTALL
    )


def whole_of(html: str) -> str:
    """The one mail on the page, as it is read."""
    [text] = re.findall(r'<pre class="mail-text"[^>]*>\n(.*?)</pre>', html, re.DOTALL)
    return unescape(text)


def masked(text: str) -> str:
    """Without the secret of the link."""
    return re.sub(r"/speakers/[^>]+>", "", text)
