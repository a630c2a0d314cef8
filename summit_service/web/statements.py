"""Pages: the statements that the public may know of, and the routes of all that concerns statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from litestar import MediaType, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service import qr, settings, zones
from summit_service.accounts.actor import Actor
from summit_service.errors import NotFound
from summit_service.statements import (
    board,
    bundle,
    citing,
    comments,
    deadlines,
    paragraphs,
    queries,
    reading,
    rules,
    since,
    texts,
    translations,
    version_rules,
)
from summit_service.statements.counting import rule_in_words
from summit_service.statements.tables import Statement, TextVersion
from summit_service.summits import queries as summits
from summit_service.templating import country_name
from summit_service.web import statements_evidence as evidence
from summit_service.web import (
    statements_pdf,
)
from summit_service.web.layout import page

OPEN = ("signing", "closed", "adopted")


@get("/statements")
async def statements(
    request: Request[Any, Any, Any], actor: NamedDependency[Actor], database_now: NamedDependency[datetime]
) -> Response[str]:
    """What is published, and what is being signed; members see what is discussed too."""
    rows = [row for row in await queries.all_statements() if _is_listed(row, actor)]
    return page(
        request,
        "statements/list.html",
        actor=actor,
        published=[row for row in rows if row.state == "published"],
        under_way=[
            (row, deadlines.progress(row, now=database_now)) for row in rows if row.state != "published"
        ],
    )


@get("/statements/{slug:str}")
async def statement(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    actor: NamedDependency[Actor],
    database_now: NamedDependency[datetime],
) -> Response[str]:
    """The text and its signatories; before publication the public is told where it stands, and no more.

    `?beside=fr` sets the French text beside the first one; a language that there is none of changes nothing.
    """
    found = await _findable(slug, actor)
    view = await board.view_of(found, actor, now=database_now)
    is_readable = queries.can_read(found, actor)
    counting = await _texts(view) if is_readable else []
    others = await reading.others_beside(found, counting, actor) if counting else []
    beside = next(
        (t for t in [*counting[1:], *others] if t.language == request.query_params.get("beside")), None
    )
    shown = [counting[0], beside] if beside else counting
    is_fixed = found.state not in rules.WRITABLE
    translated = [text for text in others if text.role == "courtesy"] if is_fixed else []
    manifest = await bundle.latest(found)
    after = since.of(manifest)
    shown_page = page(
        request,
        "statements/statement.html",
        actor=actor,
        noindex=found.state != "published" or beside is not None,
        view=view,
        statement=found,
        progress=deadlines.progress(found, now=database_now),
        origin=await origin_of(found),
        rule=await rule_in_words(found),
        is_readable=is_readable,
        texts=[(text, paragraphs.numbered(text.canonical)) for text in shown],
        counting=counting,
        beside=beside,
        choices=[text for text in [*counting[1:], *others] if text is not beside],
        marks=_marks(shown),
        translated=translated,
        signed_in=translations.languages(counting) if counting else "",
        have_pdf=await statements_pdf.have_fonts([*counting, *translated], names=_printed(view, after))
        if is_fixed
        else set(),
        countries=_by_country(view.signatures) if found.state == "published" else [],
        after=after,
        for_themselves=await queries.own_lines(found) if found.state == "published" else frozenset(),
        chain_head=bundle.head_of(manifest) if manifest else "",
        withdrawn={one["signature"]: one["withdrew_at"] for one in after["withdrew"]},
        day_of=lambda at: zones.short_day(datetime.fromisoformat(at).date()),
        has_comments=is_readable and await _has_comments(found, actor),
        code=texts.code_word(view.text_set.sha256) if view.text_set else "",
        citation=_citation(found),
        qr=_qr(found),
    )
    if found.state != "published" or actor.is_signed_in:
        return shown_page
    return evidence.conditional(request, shown_page)


async def _has_comments(found: Statement, actor: Actor) -> bool:
    """Whether an organisation of theirs has said something about it."""
    return bool(actor.represents and await comments.told(found, organisations=actor.represents))


@get("/statements/{slug:str}/{name:str}")
async def text_file(
    request: Request[Any, Any, Any],
    slug: FromPath[str],
    name: FromPath[str],
    actor: NamedDependency[Actor],
) -> Response[Any]:
    """`statement.en.txt`: the very bytes whose SHA-256 is signed; and the other files of the bundle."""
    found = await _findable(slug, actor)
    answer = await _file(found, name, actor)
    return evidence.conditional(request, answer) if found.state == "published" else answer


async def _file(found: Statement, name: str, actor: Actor) -> Response[bytes]:
    if not queries.can_read(found, actor):
        raise NotFound("The text is not public yet.")
    text_set = await queries.text_set_of(found)
    signed = await queries.texts_of(text_set) if text_set else []
    for text in signed:
        if name == f"statement.{text.language}.txt":
            return evidence.as_file(name, text.canonical.encode(), media_type=MediaType.TEXT)
        if name == f"statement.{text.language}.pdf":
            return await statements_pdf.reading_copy(found, text)
    if name.startswith("translation."):
        return await _translation_file(found, name)
    if name == "cite.bib" and found.published_at is not None:
        return evidence.as_file(name, _bibtex(found, signed).encode(), media_type="application/x-bibtex")
    return await evidence.bundle_file(found, name)


async def _translation_file(found: Statement, name: str) -> Response[bytes]:
    signed, others = await translations.of_fixed(found)
    for text in others:
        if name == translations.file_name(text, "txt"):
            return evidence.as_file(name, translations.plain(found, text, signed), media_type=MediaType.TEXT)
        if name == translations.file_name(text, "pdf"):
            return await statements_pdf.translation(found, text, signed)
    raise NotFound("There is no such translation of this statement.")


async def _findable(slug: str, actor: Actor) -> Statement:
    found = await queries.statement_by_slug(slug)
    if not _is_listed(found, actor):
        raise NotFound("There is no statement at this address.")
    return found


def _is_listed(row: Statement, actor: Actor) -> bool:
    return row.state in queries.PUBLIC_STATES or queries.can_read(row, actor)


async def _texts(view: board.View) -> list[TextVersion]:
    if view.text_set is not None and view.state not in rules.WRITABLE:
        return await queries.texts_of(view.text_set)
    return [view.text] if view.text else []


def _marks(shown: Sequence[TextVersion]) -> dict[str, list[tuple[str, str]]]:
    """By language, what a reader of texts beside each other is told of each."""
    found = {text.language: [(version_rules.ROLE_WORDS[text.role], "plain")] for text in shown}
    for text in shown:
        if version_rules.is_behind(text, shown):
            found[text.language].append(("Behind its original", "wait"))
    return found


async def origin_of(found: Statement) -> tuple[str, str]:
    """The summit that a statement comes from, in words, with the address of its page once it is announced."""
    if found.edition is None:
        return "", ""
    edition = await summits.edition_of(found.edition)
    if edition is None or edition.announced_at is None:
        return f"the summit of {found.edition}", ""
    return edition.title, f"/summits/{edition.year}"


def _address(found: Statement) -> str:
    return f"{settings.current().base_url}/statements/{found.slug}"


def _citation(found: Statement) -> str:
    if found.published_at is None:
        return ""
    network, on = settings.current().network_name, found.published_at.date()
    return citing.in_words(title=found.title, network=network, published_on=on, url=_address(found))


def _bibtex(found: Statement, signed: Sequence[TextVersion]) -> str:
    return citing.bibtex(
        slug=found.slug,
        title=found.title,
        network=settings.current().network_name,
        published_on=found.published_at.date(),
        url=_address(found),
        sha256={f"statement.{text.language}.txt": text.sha256 for text in signed},
    )


def _qr(found: Statement) -> str:
    """For a reader with the page on paper or on another screen."""
    if found.state != "published":
        return ""
    return qr.picture(f"{_address(found)}/verify", scale=4)


def _printed(view: board.View, after: Mapping[str, Any]) -> list[str]:
    """Whatever stands in the PDF besides the text and in words of others."""
    names = [view.statement.title]
    if view.statement.state == "published":
        names += [
            name for one in view.signatures for name in (one.organisation, one.name)
        ] + view.no_objection
        names += [name for one in after["joined"] for name in (one["organisation"], one["signatory"])]
        names += [one["text"] for one in after["errata"]]
    return names


def _by_country(signatures: list[queries.Signature]) -> list[tuple[str, list[queries.Signature]]]:
    ordered = sorted(signatures, key=lambda line: country_name(line.country))
    groups = groupby(ordered, key=lambda line: line.country)
    return [(country_name(code) if code else "International", list(lines)) for code, lines in groups]


ROUTES: list[Any] = [
    statements,
    statement,
    text_file,
]
