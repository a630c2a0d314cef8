"""Giving an organisation a logo, and taking it away."""

from __future__ import annotations

import asyncio
import base64
from datetime import datetime

from summit_service import db, journal, markup
from summit_service.accounts.actor import Actor, check_manages
from summit_service.errors import Fault, Invalid, NotFound
from summit_service.members import pictures, queries
from summit_service.members.tables import Organisation, OrganisationLogo


async def set_logo(slug: str, data: bytes, *, alt: str, actor: Actor, now: datetime) -> None:
    """Show this picture from now on, in place of an earlier one; without a file only the words change.

    Raises NotFound, NotAllowed, or Invalid for `file` and `alt`.
    """
    found = await queries.organisation_by_slug(slug)
    if found is None:
        raise NotFound("There is no such organisation.")
    check_manages(actor, found.id)
    words = ""
    faults: list[Fault] = []
    try:
        words = markup.one_line(alt, field="alt", longest=200, name="What it shows", required=False)
        words = words or f"Logo of {found.name}"
    except Invalid as fault:
        faults += fault.faults
    picture = await _picture(data, faults, is_needed=not await _has_logo(found))
    if faults:
        raise Invalid(faults)
    async with db.transaction():
        await db.for_update(Organisation.objects().where(Organisation.id == found.id)).first()
        await _write(found, picture, words, now=now)
        await journal.note("organisation.logo_set", actor, slug, found.name, now=now)


async def remove_logo(slug: str, *, actor: Actor, now: datetime) -> None:
    """Show no logo any more; raises NotFound or NotAllowed. Nothing happens where there is none."""
    async with db.transaction():
        found = await db.for_update(Organisation.objects().where(Organisation.slug == slug)).first()
        if found is None:
            raise NotFound("There is no such organisation.")
        check_manages(actor, found.id)
        mine = OrganisationLogo.organisation == found.id
        if await OrganisationLogo.exists().where(mine):
            await OrganisationLogo.delete().where(mine)
            await journal.note("organisation.logo_removed", actor, slug, found.name, now=now)


async def _picture(data: bytes, faults: list[Fault], *, is_needed: bool) -> pictures.Picture | None:
    if not data and not is_needed:
        return None
    try:
        return await asyncio.to_thread(pictures.logo_of, data)
    except Invalid as fault:
        faults += fault.faults
        return None


async def _has_logo(organisation: Organisation) -> bool:
    return await OrganisationLogo.exists().where(OrganisationLogo.organisation == organisation.id)


async def _write(
    organisation: Organisation, picture: pictures.Picture | None, words: str, *, now: datetime
) -> None:
    mine = OrganisationLogo.organisation == organisation.id
    if picture is None:
        await OrganisationLogo.update({OrganisationLogo.alt: words}).where(mine)
        return
    await OrganisationLogo.delete().where(mine)
    row = OrganisationLogo(
        organisation=organisation.id,
        digest=picture.digest,
        media_type=picture.media_type,
        width=picture.width,
        height=picture.height,
        alt=words,
        body=base64.b64encode(picture.data).decode(),
        created_at=now,
    )
    await row.save()
