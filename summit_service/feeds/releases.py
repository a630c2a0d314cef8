"""What has changed in a summit's programme, as an Atom feed: an entry for each release."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import escape

from summit_service import markup, settings
from summit_service.feeds import atom
from summit_service.feeds.stored import StoredCalendar
from summit_service.summits.queries import ReleaseChanges
from summit_service.summits.rules.changes import Change
from summit_service.summits.tables import Edition


def release_feed(edition: Edition, releases: Sequence[ReleaseChanges]) -> StoredCalendar:
    """The feed of these releases, the newest first; at least one."""
    base = f"{settings.current().base_url}/summits/{edition.year}"
    entries = [_entry(edition, base, release) for release in releases]
    last = releases[0].line.released_at
    body = atom.feed(
        entries,
        feed_id=atom.tag_uri(base, edition.year, f"summits/{edition.year}/releases"),
        title=f"Programme of {edition.title}: what has changed",
        url=f"{base}/programme/changes",
        self_url=f"{base}/programme/changes.atom",
        author=settings.current().network_name,
        began_at=last,
    )
    return StoredCalendar(body, last)


def _entry(edition: Edition, base: str, release: ReleaseChanges) -> atom.Entry:
    line = release.line
    return atom.Entry(
        id=atom.tag_uri(base, edition.year, f"summits/{edition.year}/releases/{line.number}"),
        title=f"Release {line.number}",
        url=f"{base}/programme?release={line.number}",
        published_at=line.released_at,
        updated_at=line.released_at,
        html=markup.to_html(line.note) + _list(release.changes),
    )


def _list(changes: Sequence[Change]) -> str:
    lines = "".join(f"<li>“{escape(change.title)}” {escape(change.sentence)}</li>" for change in changes)
    return f"<ul>{lines}</ul>" if lines else ""
