"""The mails about a draft: it is circulated, and what became of the comments on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from summit_service import links
from summit_service.mail.outbox import LinkSpec, Mail
from summit_service.statements import comment_rules, redline, redline_words, rules
from summit_service.statements.circulation import PURPOSE, Asked
from summit_service.statements.comments import Told
from summit_service.statements.holds import deadline_words
from summit_service.statements.tables import Statement, TextVersion
from summit_service.templating import language_name

LONGEST = 4_000
"""Characters of a redline in this mail; the page has the whole."""


def changes_in_words(before: Sequence[TextVersion], now: Sequence[TextVersion]) -> tuple[str, str]:
    """What changed since the texts that were circulated last, in a sentence and as a whole; empty the first time.

    Where several texts count as much as each other, each is told by its language.
    """
    earlier = {text.language: text for text in before}
    told = [
        (text.language, *_changes(earlier[text.language], text)) for text in now if text.language in earlier
    ]
    if len(told) == 1:
        return told[0][1:]
    summary = " ".join(f"{language_name(language)}: {words}" for language, words, _ in told)
    return summary, "\n\n".join(f"{language_name(language)}\n\n{whole}" for language, _, whole in told)


def _changes(old: TextVersion, new: TextVersion) -> tuple[str, str]:
    pieces = redline.compare(old.canonical, new.canonical)
    return redline_words.summary(pieces), redline_words.to_text(pieces, longest=LONGEST)


def comments_asked(
    statement: Statement, one: Asked, text: TextVersion, changes: tuple[str, str], *, n: int
) -> Mail:
    """To each representative and signatory: the draft, until when, and a link to comment. `n` is the entry's number."""
    zone = str(one.person.timezone or one.organisation.timezone or statement.closes_timezone)
    link = LinkSpec(
        purpose=PURPOSE,
        subject=one.subject(statement, n),
        path=links.PURPOSES[PURPOSE],
        expires_at=statement.closes_at + rules.RECEIPT_LIFE,
    )
    return Mail(
        kind="comments_asked",
        to_name=one.person.name,
        to_email=one.person.email,
        about=f"consultation:{statement.id}",
        dedupe_key=f"comments_asked:{statement.id}:{n}:{one.organisation.id}:{one.person.id}",
        context={
            "title": statement.title,
            "organisation": one.organisation.name,
            "closes": deadline_words(statement, zone),
            "version": text.n,
            "note": text.note,
            "summary": changes[0],
            "changes": changes[1],
            "why": f"you are a representative or signatory of {one.organisation.name}.",
        },
        links={"comment_url": link},
        language=one.person.language,
        expires_at=statement.closes_at,
    )


def comments_answered(statement: Statement, one: Asked, own: Sequence[Told]) -> Mail:
    """To each representative and signatory of an organisation that commented: what became of each comment, and why."""
    return Mail(
        kind="comments_answered",
        to_name=one.person.name,
        to_email=one.person.email,
        about=f"consultation:{statement.id}",
        dedupe_key=f"comments_answered:{statement.id}:{one.organisation.id}:{one.person.id}",
        context={
            "title": statement.title,
            "organisation": one.organisation.name,
            "comments": [_comment(told) for told in own],
            "path": f"/statements/{statement.slug}/comments",
            "why": f"you are a representative or signatory of {one.organisation.name}.",
        },
        language=one.person.language,
    )


def _comment(told: Told) -> dict[str, Any]:
    said, last = told.comment, told.disposition
    place = f"Paragraph {said.paragraph}" if said.paragraph else "The whole text"
    return {
        "place": f"{place} of version {told.version.n} ({told.version.language})",
        "quoted": said.quoted,
        "body": said.body,
        "wording": said.wording,
        "outcome": comment_rules.DISPOSITIONS[last.kind] if last else "",
        "reason": last.reason if last else "",
    }
