"""A draft of an announcement, so that the desk has something to read before it is sent."""

from __future__ import annotations

from datetime import datetime

from summit_service.accounts.actor import OPERATOR
from summit_service.announcements import actions, audiences

SUBJECT = "Demonstration: the call for contributions is open"
BODY = """\
The call for contributions to the next summit is open, and **{{organisation}}** is warmly invited to take part.

- Send an oral, a poster or a workshop from [the page of the summit](https://network.example/summits).
- If you would rather host a session, answer this mail.

This is a draft of the demonstration. Nobody in {{country|your country}} gets it before you press the button."""


async def load_draft(now: datetime) -> None:
    """To all members; it leaves only when somebody sends it."""
    await actions.write(subject=SUBJECT, body=BODY, audience=audiences.MEMBERS, actor=OPERATOR, now=now)
