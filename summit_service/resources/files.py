"""Which files a resource may carry, judged by their bytes and never by their name."""

from __future__ import annotations

import base64
import hashlib
import re
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO

from summit_service.errors import Invalid, NotFound
from summit_service.resources.tables import ResourceFile

LARGEST = 10_000_000
"""Bytes."""
LONGEST_STEM = 80
MOST_PARTS = 20_000
LONGEST_MIMETYPE = 100
MACRO_PART = re.compile(
    r"(^|/)vbaproject\.bin$|^xl/macrosheets/|^basic/script-lc\.xml$|^scripts/python/", re.IGNORECASE
)
"""Programs find their parts in any case, and so do we."""
UNREADABLE = "We hand out no such files. Send PDF, Word, PowerPoint, Excel, OpenDocument, EPUB, PNG or JPEG."
MACROS = (
    "This file has macros in it, which mail servers and readers refuse. Save it without them, and send that."
)
OPEN_XML = {
    "word/document.xml": ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "ppt/presentation.xml": (
        "pptx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    "xl/workbook.xml": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
BY_MIMETYPE = {
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.presentation": "odp",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/epub+zip": "epub",
}
WORDS = {
    "pdf": "PDF",
    "png": "PNG picture",
    "jpg": "JPEG picture",
    "docx": "Word",
    "pptx": "PowerPoint",
    "xlsx": "Excel",
    "odt": "OpenDocument text",
    "odp": "OpenDocument presentation",
    "ods": "OpenDocument spreadsheet",
    "epub": "EPUB",
}


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be handed out: a name of our making with the ending of what it is, and its type."""

    name: str
    media_type: str
    digest: str
    data: bytes


@dataclass(frozen=True, slots=True)
class FileView:
    """What is shown of a file; `size` in bytes."""

    name: str
    media_type: str
    size: int
    digest: str

    @property
    def words(self) -> str:
        """Its kind and size: `PDF, 1.2 MB`."""
        kind = WORDS.get(self.name.rpartition(".")[2], "File")
        size = (
            f"{self.size / 1_000_000:.1f} MB" if self.size >= 100_000 else f"{max(self.size // 1000, 1)} kB"
        )
        return f"{kind}, {size}"


def checked(data: bytes, name: str) -> Checked:
    """The file with its type found in its bytes; raises Invalid for `file`."""
    if not data:
        raise Invalid.one("file", "Choose a file.")
    if len(data) > LARGEST:
        raise Invalid.one("file", f"The file is larger than {LARGEST // 1_000_000} MB. Link to it instead.")
    ending, media_type = _kind_of(data)
    stem = re.sub(r"[^\w.-]+", "-", name.replace("\\", "/").rpartition("/")[2].rpartition(".")[0]).strip("-.")
    ascii_stem = stem.encode("ascii", "ignore").decode().strip("-.")[:LONGEST_STEM] or "file"
    return Checked(f"{ascii_stem}.{ending}", media_type, hashlib.sha256(data).hexdigest(), data)


def _kind_of(data: bytes) -> tuple[str, str]:
    """Ending and media type, by the marks at the beginning (and end) of the format."""
    if data.startswith(b"%PDF-") and b"%%EOF" in data[-2_048:]:
        return "pdf", "application/pdf"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png", "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg", "image/jpeg"
    if data.startswith(b"PK\x03\x04"):
        return _packed_kind(data)
    raise Invalid.one("file", UNREADABLE)


def _packed_kind(data: bytes) -> tuple[str, str]:
    """Office files are ZIP; only the list of parts is read, and the beginning of one short part."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            parts = frozenset(packed.namelist())
            if len(parts) > MOST_PARTS:
                raise Invalid.one("file", UNREADABLE)
            if any(MACRO_PART.search(part) for part in parts):
                raise Invalid.one("file", MACROS)
            if "[Content_Types].xml" in parts:
                found = next((kind for part, kind in OPEN_XML.items() if part in parts), None)
                if found is not None:
                    return found
            named = _mimetype(packed) if "mimetype" in parts else ""
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, zlib.error) as fault:
        raise Invalid.one("file", UNREADABLE) from fault
    if named in BY_MIMETYPE:
        return BY_MIMETYPE[named], named
    raise Invalid.one("file", UNREADABLE)


def _mimetype(packed: zipfile.ZipFile) -> str:
    """What OpenDocument and EPUB say of themselves; nothing where that part is no short one.

    Its length is what the file claims and need not be true: so no more is unpacked than may be there.
    """
    part = packed.getinfo("mimetype")
    is_plain = part.compress_type in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
    if not is_plain or part.file_size > LONGEST_MIMETYPE:
        return ""
    with packed.open(part) as reading:
        return reading.read(LONGEST_MIMETYPE).decode("ascii", "replace").strip()


async def files_of(resource_ids: list[int]) -> dict[int, FileView]:
    """The files of these resources, by the resource's id; one query, without their bytes."""
    if not resource_ids:
        return {}
    table = ResourceFile
    rows = await table.select(table.resource, table.name, table.media_type, table.size, table.digest).where(
        table.resource.is_in(resource_ids)
    )
    return {
        row["resource"]: FileView(row["name"], row["media_type"], row["size"], row["digest"]) for row in rows
    }


async def content_of(resource_id: int) -> Checked:
    """The file with its bytes; raises NotFound where there is none."""
    row = await ResourceFile.objects().where(ResourceFile.resource == resource_id).first()
    if row is None:
        raise NotFound("This resource has no file any more.")
    return Checked(row.name, row.media_type, row.digest, base64.b64decode(row.body))
