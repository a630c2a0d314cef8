"""Pages: the bundle of a published statement, its files, and the page that checks them in the browser."""

from __future__ import annotations

import hashlib
from typing import Any

from litestar import MediaType, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from summit_service import settings
from summit_service.accounts.actor import Actor
from summit_service.errors import NotFound
from summit_service.statements import bundle, publisher, queries
from summit_service.statements.files import STAMP
from summit_service.statements.tables import Statement
from summit_service.web.layout import page

KINDS = {
    ".pdf": "application/pdf",
    ".tsr": "application/timestamp-reply",
    ".pem": "application/x-pem-file",
    ".zip": "application/zip",
    "json": "application/json",
    ".sig": "application/octet-stream",
}


@get("/statements/{slug:str}/verify")
async def check_page(
    request: Request[Any, Any, Any], slug: FromPath[str], actor: NamedDependency[Actor]
) -> Response[str]:
    """Checked by the reader's own browser, or by hand with openssl."""
    found = await queries.statement_by_slug(slug)
    manifest = await bundle.latest(found) if found.state == "published" else None
    if manifest is None:
        raise NotFound("There is nothing to check before the statement is published.")
    files = await bundle.files_of(found)
    return page(
        request,
        "statements/verify.html",
        actor=actor,
        statement=found,
        manifest=manifest,
        manifests=await bundle.manifests_of(found),
        files=sorted(files),
        is_stamped=STAMP in files,
        is_stamp_awaited=settings.current().tsa_url is not None,
        texts=sorted(name for name in files if name.startswith("statement.") and name.endswith(".txt")),
    )


@get("/statements/keys.json")
async def keys() -> Response[bytes]:
    """Every key that has signed here, and until when; compare the fingerprint with what you have from elsewhere."""
    return as_file(
        "keys.json", publisher.keys_json(settings.current()).encode(), media_type="application/json"
    )


async def bundle_file(statement: Statement, name: str, *, n: int = 0) -> Response[bytes]:
    """`bundle.zip`, or one file of it, of the newest manifest or the n-th; raises NotFound before publication."""
    if statement.state != "published":
        raise NotFound("There is no such file of this statement.")
    files = await bundle.files_of(statement, n=n)
    if name == "bundle.zip":
        files = {name: bundle.zipped(files)}
    if name not in files:
        raise NotFound("There is no such file of this statement.")
    return as_file(name, files[name], media_type=KINDS.get(name[-4:], MediaType.TEXT))


def as_file(name: str, data: bytes, *, media_type: str) -> Response[bytes]:
    """Bytes to be saved under their name."""
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=media_type, headers=headers)


def conditional(request: Request[Any, Any, Any], answer: Response[Any]) -> Response[Any]:
    """The same answer with an ETag of its bytes; 304 for who has them already (RFC 9110, section 13)."""
    content = answer.content if isinstance(answer.content, bytes) else str(answer.content).encode()
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    known = {part.strip().removeprefix("W/") for part in request.headers.get("If-None-Match", "").split(",")}
    if tag in known or "*" in known:
        return Response(None, status_code=304, headers={"ETag": tag, "Cache-Control": "no-cache"})
    answer.headers.update({"ETag": tag, "Cache-Control": "no-cache"})
    return answer


ROUTES: list[Any] = [check_page, keys]
