"""What a file is is found in its bytes."""

from __future__ import annotations

import struct
import tracemalloc
import zipfile
import zlib
from io import BytesIO

import pytest

from summit_service.errors import Invalid
from summit_service.resources import files

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def packed(*parts: str, mimetype: str = "") -> bytes:
    """A ZIP file with these parts."""
    held = BytesIO()
    with zipfile.ZipFile(held, "w") as writing:
        if mimetype:
            writing.writestr("mimetype", mimetype)
        for part in parts:
            writing.writestr(part, "x")
    return held.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (PDF, "../../Guide für alle.exe", "Guide-fr-alle.pdf"),
        (PDF, "", "file.pdf"),
        (b"\x89PNG\r\n\x1a\n....", "a.html", "a.png"),
        (b"\xff\xd8\xff\xe0....", 'x"\r\nSet-Cookie: a.jpg', "x-Set-Cookie-a.jpg"),
        (packed("[Content_Types].xml", "word/document.xml"), "Plan.docx", "Plan.docx"),
        (packed("[Content_Types].xml", "xl/workbook.xml"), "Plan.docx", "Plan.xlsx"),
        (packed("content.xml", mimetype="application/vnd.oasis.opendocument.text"), "Plan", "file.odt"),
        (packed("a.xhtml", mimetype="application/epub+zip"), "C:\\books\\b.epub", "b.epub"),
    ],
)
def test_file_is_called_by_what_it_is(data: bytes, name: str, expected: str) -> None:
    assert files.checked(data, name).name == expected


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html><script>alert(1)</script>",
        b"MZ\x90\x00",
        b"%PDF-1.7 without its end",
        b"PK\x03\x04 broken",
        packed("evil.js"),
        packed("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
        packed("[Content_Types].xml", "word/document.xml", "word/VBAPROJECT.BIN"),
        packed("[Content_Types].xml", "xl/workbook.xml", "xl/macrosheets/sheet1.xml"),
        packed("scripts/python/a.py", mimetype="application/vnd.oasis.opendocument.text"),
        packed("x", mimetype="text/html"),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
)
def test_file_of_another_kind_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid):
        files.checked(data, "guide.pdf")


def test_file_that_is_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(Invalid, match="larger than 10 MB"):
        files.checked(PDF + b"0" * files.LARGEST, "guide.pdf")


def test_part_that_lies_about_its_length_is_not_unpacked() -> None:
    claimed, bomb = b"application/epub+zip".ljust(40), b"application/epub+zip".ljust(40_000_000)
    data = lying(bomb, length=len(claimed), check=zlib.crc32(claimed))
    tracemalloc.start()

    kind = files.checked(data, "book.epub").media_type
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert kind == "application/epub+zip"
    assert peak < 2_000_000


def lying(content: bytes, *, length: int, check: int) -> bytes:
    """A ZIP file with this `mimetype`, packed, that says it is so long."""
    packing = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = packing.compress(content) + packing.flush()
    told = struct.pack("<HHHHHLLLHH", 20, 0, 8, 0, 0, check, len(body), length, 8, 0)
    first = b"PK\x03\x04" + told + b"mimetype" + body
    entry = b"PK\x01\x02" + struct.pack("<H", 20) + told + struct.pack("<HHHLL", 0, 0, 0, 0, 0) + b"mimetype"
    end = struct.pack("<HHHHLLH", 0, 0, 1, 1, len(entry), len(first), 0)
    return first + entry + b"PK\x05\x06" + end
