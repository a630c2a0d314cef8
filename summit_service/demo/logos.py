"""Two logos of the demo, drawn here: a shape and two letters, so that nobody's real mark is used."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

from PIL import Image, ImageDraw

from summit_service.accounts.actor import OPERATOR
from summit_service.members import actions
from summit_service.members import queries as members

SIZE = (240, 120)
DRAWN = (("the-stoneygate-centre-for-empathic-healthcare", "#1F6B4F"), ("", "#8A3B2E"))
"""The organisation's address (empty: the last by name that is not a person) and the colour."""


async def load_logos(now: datetime) -> None:
    """One for the member whose page the demo shows first, one for another."""
    others = [one.slug for one in await members.all_members() if one.kind != "individual"]
    for slug, colour in DRAWN:
        wanted = slug or others[-1]
        if wanted in others:
            await actions.set_logo(wanted, drawn(colour), alt="", actor=OPERATOR, now=now)


def drawn(colour: str) -> bytes:
    """Two circles that meet, as PNG."""
    picture = Image.new("RGB", SIZE, "#FFFFFF")
    pen = ImageDraw.Draw(picture)
    pen.ellipse((20, 15, 110, 105), fill=colour)
    pen.ellipse((90, 15, 180, 105), outline=colour, width=10)
    pen.rectangle((200, 15, 214, 105), fill=colour)
    held = BytesIO()
    picture.save(held, "PNG")
    return held.getvalue()
