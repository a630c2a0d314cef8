"""What is new in best practice, as an Atom feed: an entry for each resource, with the filters of its list."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode

from markupsafe import escape

from summit_service import markup, settings
from summit_service.accounts.actor import PUBLIC
from summit_service.feeds import atom
from summit_service.feeds.stored import StoredCalendar
from summit_service.resources import queries
from summit_service.resources.queries import Filters, ResourceView
from summit_service.resources.rules import KINDS, LICENCES

MOST = 50
BEGAN_AT = datetime(2026, 1, 1, tzinfo=UTC)
"""What a list without entries was last updated at (RFC 4287, 4.2.15), so that it stays the same bytes."""


async def best_practice(filters: Filters, *, query: str) -> StoredCalendar:
    """The public resources that pass the filters, the newest first; `query` is how their list says the same."""
    found, _ = await queries.listed(filters, viewer=PUBLIC, limit=MOST)
    current, tail = settings.current(), f"?{query}" if query else ""
    body = atom.feed(
        [_entry(one) for one in found],
        feed_id=f"{current.base_url}/resources.atom{tail}",
        title=f"Best practice of {current.network_name}",
        url=f"{current.base_url}/resources{tail}",
        self_url=f"{current.base_url}/resources.atom{tail}",
        author=current.network_name,
        began_at=BEGAN_AT,
    )
    # Not when its entries were changed last: one that was withdrawn, or whose sharer has another name, is news, too.
    return StoredCalendar(body, await queries.changed_at() or BEGAN_AT)


def _entry(one: ResourceView) -> atom.Entry:
    base, details = settings.current().base_url, one.details
    words, _ = LICENCES[details.licence]
    url = f"{base}/resources?{urlencode({'organisation': one.organisation.slug})}"
    told = f"{KINDS[details.kind]}, shared by <a href='{escape(url)}'>{escape(one.organisation.name)}</a>."
    return atom.Entry(
        id=atom.tag_uri(base, one.created_at.year, f"resources/{one.slug}"),
        title=details.title,
        url=f"{base}/resources/{one.slug}",
        published_at=one.published_at or one.created_at,
        updated_at=max(one.changed_at, one.published_at or one.created_at),
        html=f"<p>{told}</p>{markup.to_html(details.summary)}<p>Licence: {escape(words)}</p>",
        author=one.organisation.name,
    )
