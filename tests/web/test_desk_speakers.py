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


def whole_of(html: str) -> str:
    """The one mail on the page, as it is read."""
    [text] = re.findall(r'<pre class="mail-text"[^>]*>\n(.*?)</pre>', html, re.DOTALL)
    return unescape(text)


def masked(text: str) -> str:
    """Without the secret of the link."""
    return re.sub(r"/speakers/[^>]+>", "", text)
