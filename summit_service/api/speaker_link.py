"""JSON: what is kept of a speaker or chair beside the programme, by the link of their mails."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import delete, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service.own_data import speaker as own_data

TAGS = ["One’s own data as a speaker"]


@get("/speakers/{token:str}", tags=TAGS, summary="What is kept of you as a speaker")
async def show_speaker(token: FromPath[str], now: NamedDependency[datetime]) -> dict[str, Any]:
    """Address, what you were told and when, your sessions, our mails to you. `token` is the last part of the link."""
    return (await own_data.held(token, now=now)).data


@delete("/speakers/{token:str}", tags=TAGS, summary="Erase it")
async def erase_speaker(token: FromPath[str], now: NamedDependency[datetime]) -> None:
    """Erase your address and all that goes with it at once; released programmes and contributions stay."""
    await own_data.erase_speaker(token, now=now)


ROUTES = [show_speaker, erase_speaker]
