"""A statement as a PDF and as a citation: who may have it, and that opening a signing link changes nothing."""

from __future__ import annotations

import hashlib
import io
from datetime import datetime, timedelta
from typing import Any

import httpx
from pypdf import PdfReader

from summit_service.statements import actions, queries, texts
from tests.clients import bearer, client, clock, service_settings, sign_in
from tests.factories import secretariat
from tests.factories_statements import (
    TEXT,
    dump_tables,
    give_answer,
    link_to,
    make_draft,
    make_member,
    make_open,
)

__all__ = ["client", "clock", "service_settings"]


def words_of(answer: httpx.Response) -> str:
    """The words of all pages, in order."""
    pages = PdfReader(io.BytesIO(answer.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


async def test_published_statement_has_a_pdf_with_its_signatories(
    client: httpx.AsyncClient, now: datetime
) -> None:
    desk = await secretariat()
    member = await make_member("Centre for Kindness", country="FR")
    opened = await make_open(desk, now=now)
    await give_answer(await link_to(opened, member, now=now), now=now)
    await actions.close(opened.slug, actor=desk, now=now + timedelta(days=1), note="It is time.")
    await actions.publish(opened.slug, actor=desk, now=now + timedelta(days=1))

    answer = await client.get(f"/statements/{opened.slug}/statement.en.pdf")
    page = await client.get(f"/statements/{opened.slug}")

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    words = words_of(answer)
    assert "Time to listen A joint statement of the" in words
    assert "1 We ask hospitals to plan time to listen. 2 Patients who are heard" in words
    assert "Signed by France • Centre for Kindness, signed by Signatory of Centre" in words
    assert f"/statements/{opened.slug}/verify" in words
    assert f"/statements/{opened.slug}/statement.en.pdf" in page.text


async def test_pack_for_the_board_says_what_is_asked_and_what_changed(
    client: httpx.AsyncClient, now: datetime
) -> None:
    desk = await secretariat()
    member = await make_member("Centre for Kindness")
    opened = await make_open(desk, now=now)
    await give_answer(await link_to(opened, member, now=now), now=now)
    await actions.rework(opened.slug, actor=desk, now=now)
    await actions.add_version(
        opened.slug,
        actor=desk,
        now=now,
        text=TEXT.replace("plan time", "set time aside") + "\n\nA third one.",
    )
    await actions.freeze(opened.slug, actor=desk, now=now)
    await actions.open_for_signing(
        opened.slug, actor=desk, now=now, closes_at="2026-03-22T09:00", timezone="Etc/UTC"
    )
    token = await link_to(await queries.statement_by_slug(opened.slug), member, now=now)
    before = await dump_tables()

    letter = await client.get(f"/sign/{token}")
    answer = await client.get(f"/sign/{token}/text.pdf")
    wrong = await client.get("/sign/wrong/text.pdf")
    public = await client.get(f"/statements/{opened.slug}/statement.en.pdf")

    assert f'href="/sign/{token}/text.pdf"' in letter.text
    text_set = await queries.text_set_of(await queries.statement_by_slug(opened.slug))
    assert text_set is not None
    assert (answer.status_code, wrong.status_code, public.status_code) == (200, 404, 404)
    words = words_of(answer)
    assert "asks Centre for Kindness for an answer by" in words
    assert texts.code_word(text_set.sha256) in words
    assert "Your signature is for this text, word for word." in words
    assert "What has changed since the text that you had signed" in words
    assert "1 paragraph was changed and 1 is new" in words
    assert "Paragraph 3 is new. A third one." in words
    assert "1 We ask hospitals to set time aside to listen." in words
    assert token not in answer.content.decode("latin-1")
    assert "Signed by" not in words
    assert answer.headers["Cache-Control"] == "no-store"
    assert await dump_tables() == before


async def test_pdf_in_a_script_without_a_font_is_told(client: httpx.AsyncClient, now: datetime) -> None:
    desk = await secretariat()
    member = await make_member("Centre for Kindness")
    opened = await make_open(desk, now=now, text="漢字", title="A title")
    await sign_in(client, desk, now=now)

    answer = await client.get(f"/statements/{opened.slug}/statement.en.pdf")
    letter = await client.get(f"/sign/{await link_to(opened, member, now=now)}")

    assert answer.status_code == 404
    assert "we have no font for" in answer.text
    assert "There is no PDF of this text for your board" in letter.text
    assert "text.pdf" not in letter.text


async def test_published_statement_can_be_cited(client: httpx.AsyncClient, now: datetime) -> None:
    desk = await secretariat()
    member = await make_member("Centre for Kindness")
    opened = await make_open(desk, now=now)
    early = await client.get(f"/statements/{opened.slug}/cite.bib")
    await give_answer(await link_to(opened, member, now=now), now=now)
    await actions.close(opened.slug, actor=desk, now=now + timedelta(days=1), note="It is time.")
    await actions.publish(opened.slug, actor=desk, now=now + timedelta(days=1))

    page = await client.get(f"/statements/{opened.slug}")
    bib = await client.get(f"/statements/{opened.slug}/cite.bib")

    assert early.status_code == 404
    assert f"Time to listen. 3 March 2026. http://127.0.0.1:8000/statements/{opened.slug}" in page.text
    assert 'class="qr" src="data:image/svg+xml' in page.text
    assert bib.text.startswith(f"@misc{{{opened.slug},")
    assert "year = {2026}" in bib.text
    text = (await client.get(f"/statements/{opened.slug}/statement.en.txt")).content
    assert f"statement.en.txt {hashlib.sha256(text).hexdigest()}" in bib.text


async def test_desk_reads_what_no_font_shows_before_it_is_published(
    client: httpx.AsyncClient, now: datetime
) -> None:
    desk = await secretariat()
    head = await bearer(desk, now=now)
    await make_member("병원", signatory="Ana Ruiz")
    member = await make_member("Centre for Kindness", signatory="Bo Chen")
    opened = await make_open(desk, now=now, title="A title")
    await actions.add_version(
        opened.slug, text="আগে শুনি।", language="bn", role="courtesy", actor=desk, now=now
    )
    await give_answer(await link_to(opened, member, now=now), now=now)
    await actions.close(opened.slug, actor=desk, now=now, note="It is time.")
    await sign_in(client, desk, now=now)
    address = f"/desk/statements/{opened.slug}"

    pages = [await client.get(address), await client.get(f"{address}/publication")]
    told = (await client.get(f"/api/v1/statements/{opened.slug}", headers=head)).json()["without_pdf"]
    await actions.publish(opened.slug, actor=desk, now=now)
    after = await client.get(address)

    for page in pages:
        assert "There will be no PDF of the text in Bangla: no font here shows its script." in page.text
        assert "There will be no PDF at all: no font here shows “병원”." in page.text
    assert [sentence.split(":")[0] for sentence in told] == [
        "There will be no PDF of the text in Bangla",
        "There will be no PDF at all",
    ]
    assert "There will be no PDF" not in after.text


async def test_page_offers_no_pdf_where_a_name_has_no_font(client: httpx.AsyncClient, now: datetime) -> None:
    desk = await secretariat()
    member = await make_member("병원", signatory="Ana Ruiz")
    opened = await make_open(desk, now=now, title="A title")
    letter = await client.get(f"/sign/{await link_to(opened, member, now=now)}")
    await give_answer(await link_to(opened, member, now=now), now=now)
    await actions.close(opened.slug, actor=desk, now=now, note="It is time.")
    await actions.publish(opened.slug, actor=desk, now=now)

    page = await client.get(f"/statements/{opened.slug}")
    pdf = await client.get(f"/statements/{opened.slug}/statement.en.pdf")

    assert "There is no PDF of this text for your board" in letter.text
    assert "statement.en.pdf" not in page.text
    assert "There is no PDF of the English text" in page.text
    assert pdf.status_code == 404


async def test_languages_are_read_beside_each_other(client: httpx.AsyncClient, now: datetime) -> None:
    desk = await secretariat()
    member = await make_member("Centre for Kindness")
    draft = await make_draft(desk, now=now)
    courtesy: Any = {"actor": desk, "now": now, "role": "courtesy"}
    await actions.add_version(draft.slug, text="Écoutons.", language="fr", **courtesy)
    await actions.add_version(draft.slug, actor=desk, now=now, text=TEXT + "\n\nA third one.")
    await actions.add_version(draft.slug, text="WHO: نطلب.\n\nثانيا.\n\nثالثا.", language="ar", **courtesy)
    await actions.freeze(draft.slug, actor=desk, now=now)
    opened = await actions.open_for_signing(
        draft.slug, actor=desk, now=now, closes_at="2026-03-22T09:00", timezone="Etc/UTC"
    )
    await actions.add_version(draft.slug, text="先倾听。", language="zh", **courtesy)
    await actions.add_version(draft.slug, text="আগে শুনি।", language="bn", **courtesy)
    await give_answer(await link_to(opened, member, now=now), now=now)
    early = await client.get(f"/statements/{draft.slug}/translation.fr.txt")
    address = f"/statements/{draft.slug}"
    hidden = await client.get(f"{address}?beside=fr")
    await actions.close(draft.slug, actor=desk, now=now + timedelta(days=1), note="It is time.")
    await actions.publish(draft.slug, actor=desk, now=now + timedelta(days=1))

    alone = await client.get(address)
    arabic = await client.get(f"{address}?beside=ar")
    french = await client.get(f"{address}?beside=fr")
    unknown = await client.get(f"{address}?beside=%22x")
    chinese = await client.get(f"{address}/translation.zh.pdf")
    bengali = await client.get(f"{address}/translation.bn.pdf")
    pdf = await client.get(f"{address}/translation.ar.pdf")
    plain = await client.get(f"{address}/translation.fr.txt")
    known = await client.get(f"{address}/translation.ar.pdf", headers={"If-None-Match": pdf.headers["ETag"]})
    told = (await client.get(f"/api/v1{address}")).json()["translations"]

    assert "Écoutons" not in hidden.text
    assert f'<a href="{address}?beside=fr">French</a>' in alone.text
    assert "نطلب" not in alone.text
    assert 'class="beside in-step"' in arabic.text
    assert '<div lang="ar" dir="rtl">' in arabic.text
    assert '<div lang="en" dir="auto">' in arabic.text
    assert "Behind its original" not in arabic.text
    assert 'class="beside"' in french.text
    assert "Behind its original" in french.text
    assert "and older than the text it translates" in french.text
    assert "statement.fr.txt" not in french.text
    assert 'content="noindex' in french.text
    assert unknown.text == alone.text
    assert f"{address}/translation.ar.pdf" in alone.text
    assert f"{address}/translation.zh.pdf" in alone.text
    assert f"{address}/translation.bn.pdf" not in alone.text
    assert "we have no font for a PDF of it" in alone.text
    assert (early.status_code, bengali.status_code, known.status_code) == (404, 404, 304)
    assert "先倾听。" in words_of(chinese)
    words = words_of(pdf)
    assert "A translation into Arabic, for reading only. What was signed is the text in English." in words
    assert "A joint statement of the" in words
    assert "The text in English is signed by" in words
    assert str(PdfReader(io.BytesIO(pdf.content)).root_object["/Lang"]) == "ar"
    assert (await client.get(f"{address}/translation.ar.pdf")).content == pdf.content
    assert plain.text.startswith("Time to listen\n\nA translation into French, for reading only.\n")
    assert "older than the text it translates" in plain.text
    assert plain.text.endswith("\n\nÉcoutons.\n")
    assert [(one["language"], one["is_behind"]) for one in told] == [
        ("ar", False),
        ("bn", False),
        ("fr", True),
        ("zh", False),
    ]
    assert told[0]["pdf"].endswith(f"{address}/translation.ar.pdf")
