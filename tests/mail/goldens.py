"""One mail of each kind as it is sent: `golden/KIND.json` goes in, `golden/KIND.txt` is what its reader gets.

A new kind needs both: write the JSON by hand (the values that its function in `mails.py` makes), then run
`python -m tests.mail.goldens`, and read what it has written as the person who will get it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import msgspec

from summit_service import settings
from summit_service.mail import render, streams
from summit_service.mail.outbox import LinkSpec, Mail
from summit_service.mail.tables import OutboxMessage
from summit_service.templating import templates_dir
from tests.postbox import html_of, parsed, text_of

FOLDER = Path(__file__).parent / "golden"
KINDS = sorted(path.name for path in (templates_dir() / "email").iterdir() if path.name != "_base")
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TOKEN = "TOKEN" + "x" * 38
HREF = re.compile(r'href="([^"]+)"')


def sample(kind: str) -> Mail:
    """The mail of that kind, without a database."""
    given: dict[str, Any] = json.loads((FOLDER / f"{kind}.json").read_text(encoding="utf-8"))
    given["links"] = {name: msgspec.convert(link, LinkSpec) for name, link in given["links"].items()}
    return Mail(kind=kind, dedupe_key=f"golden:{kind}", **given)


def message_of(mail: Mail) -> EmailMessage:
    """As its reader's program takes it apart."""
    row = OutboxMessage(
        id=1,
        kind=mail.kind,
        recipient_name=mail.to_name,
        recipient_email=mail.to_email,
        language=mail.language,
        context=json.dumps(dict(mail.context)),
        in_reply_to=mail.in_reply_to,
        message_id="fedcba9876543210fedcba9876543210",
        calendar=mail.calendar,
        calendar_method=mail.calendar_method,
        stream=mail.stream,
    )
    specs: Mapping[str, LinkSpec] = {**mail.links, **streams.link(row)}
    base = settings.current().base_url
    links = {name: base + spec.path.replace("{token}", TOKEN) for name, spec in specs.items()}
    return parsed(render.envelope(row, links=links, settings=settings.current(), now=NOW).content)


def links_of(message: EmailMessage) -> list[str]:
    """Where the HTML leads, each address once."""
    return list(dict.fromkeys(address.replace("&amp;", "&") for address in HREF.findall(html_of(message))))


def transcript(message: EmailMessage) -> str:
    """Headers, parts, the whole text, and where the HTML leads."""
    headers = "".join(f"{name}: {value}\n" for name, value in message.items())
    parts = "".join(f"- {part.get_content_type()}\n" for part in message.walk())
    links = "".join(f"- {address}\n" for address in links_of(message))
    return f"{headers}\n{parts}\n{text_of(message)}\nLinks of the HTML:\n{links}"


def main() -> None:
    """Write what each mail looks like now."""
    for kind in KINDS:
        if (FOLDER / f"{kind}.json").exists():
            (FOLDER / f"{kind}.txt").write_text(transcript(message_of(sample(kind))), encoding="utf-8")
        else:
            print(f"{kind} has no golden/{kind}.json")


if __name__ == "__main__":
    main()
