"""The mails that an announcement becomes, and the marked text that is read before."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import uuid4

from markupsafe import Markup

from summit_service import markup
from summit_service.announcements import audiences, rules
from summit_service.announcements.audiences import Reader
from summit_service.announcements.rules import Text
from summit_service.announcements.tables import Announcement
from summit_service.mail.outbox import Mail
from summit_service.markup_text import to_mail_text

WHY = {
    audiences.MEMBERS: "you are the main contact of {organisation}, a member of the network.",
    audiences.REPRESENTATIVES: "you represent {organisation}, a member of the network.",
    audiences.UNANSWERED: "you are asked to answer for {organisation}.",
    audiences.DELEGATES: "you are registered for {summit}.",
}
# Characters that nobody types: nothing in a text can pass for a mark of ours.
OPENS, CLOSES = "\ue000", "\ue001"


def about(announcement: Announcement) -> str:
    """What its mails are about where they are about nothing else."""
    return f"announcement:{announcement.id}"


def announcement(row: Announcement, reader: Reader, *, leaves_at: datetime) -> Mail:
    """The mail to one reader."""
    return Mail(
        kind="announcement",
        to_name=reader.name,
        to_email=reader.email,
        about=reader.about or about(row),
        dedupe_key=f"announcement:{row.id}:{reader.email.lower()}",
        context=_context(row, reader),
        stream=audiences.stream_of(row.audience),
        due_at=leaves_at,
        is_repeatable=False,
    )


def test_mail(row: Announcement, reader: Reader, *, name: str, email: str) -> Mail:
    """The same to who has written it; it cannot be stopped, because it was asked for."""
    context = _context(row, reader)
    return Mail(
        kind="announcement",
        to_name=name,
        to_email=email,
        about=reader.shown_about or about(row),
        dedupe_key=f"announcement_test:{row.id}:{uuid4().hex}",
        context=context | {"subject": f"Test: {context['subject']}"},
    )


def _context(row: Announcement, reader: Reader) -> dict[str, str]:
    values = reader.values
    filled = rules.fill(row.body, values, write=rules.escaped)
    return {
        "subject": rules.fill(row.subject, values),
        "text": to_mail_text(filled),
        "markdown": filled,
        "why": WHY[row.audience].format_map(_Known(values)),
    }


class _Known(dict[str, str]):
    """The values of a reader; what is not known is said in general words."""

    def __missing__(self, key: str) -> str:
        return {"organisation": "your organisation", "summit": "a summit"}.get(key, "")


def marked(text: Text, reader: Reader) -> tuple[Markup, Markup]:
    """Subject and text as HTML for the preview, with `mark` around what came from placeholders."""
    text = Text(*(part.replace(OPENS, "").replace(CLOSES, "") for part in (text.subject, text.body)))
    subject = rules.fill(text.subject, reader.values, write=lambda value: f"{OPENS}{value}{CLOSES}")
    body = rules.fill(
        text.body,
        reader.values,
        write=lambda value: f"{OPENS}{rules.escaped(value) or 'nothing known'}{CLOSES}",
    )
    return _with_marks(str(Markup.escape(subject))), _with_marks(markup.to_html(body))


def _with_marks(html: str) -> Markup:
    found = re.sub(f"{OPENS}([^{OPENS}{CLOSES}]*){CLOSES}", r"<mark>\1</mark>", html)
    return Markup(found.replace(OPENS, "").replace(CLOSES, ""))  # noqa: S704 - escaped or sanitised above
