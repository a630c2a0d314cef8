"""Which app a request for a feed comes from."""

from __future__ import annotations

import pytest

from summit_service.feeds.rules import app_of


@pytest.mark.parametrize(
    ("agent", "app"),
    [
        ("Google-Calendar-Importer", "Google Calendar"),
        ("Mac+OS+X/10.15 (19A583) CalendarAgent/930", "Apple Calendar on a Mac"),
        ("iOS/17.5 (21F79) dataaccessd/1.0", "Apple Calendar on an iPhone or iPad"),
        ("Mozilla/5.0 (X11; rv:128.0) Gecko/20100101 Thunderbird/128.2", "Thunderbird"),
        ("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0)", "Outlook"),
        ("Microsoft.Exchange/15.20", "Outlook on the web"),
        ("Mozilla/5.0 (Windows NT 10.0) Firefox/140", "A browser"),
        ("Radicale<script>/3", "Radicale"),
        ("", "An unnamed program"),
        ("<b>", "An unnamed program"),
    ],
)
def test_app_is_known_by_what_it_calls_itself(agent: str, app: str) -> None:
    assert app_of(agent) == app
