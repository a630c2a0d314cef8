"""A logo from elsewhere: what is refused and why, and that nothing but the pixels is left of what is taken."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from summit_service.errors import Invalid
from summit_service.members import pictures
from tests.factories_pictures import make_picture

SECRET = "52 degrees north"


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


def bomb(width: int, height: int) -> bytes:
    """The head of a PNG that promises so many pixels, and a little data."""
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\0" * 1_000)),
        (b"IEND", b""),
    ]
    chunks = [
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "Choose a file first"),
        (b"\0" * 2_000_001, "may have 2 MB"),
        (b'<?xml version="1.0"?><SVG onload="x()"/>', "SVG file can carry programs"),
        (make_picture("GIF"), "no PNG, JPEG or WebP"),
        (b"%PDF-1.7", "no PNG, JPEG or WebP"),
        (bomb(4_000, 4_000), "more than 12 million pixels"),
        (bomb(60_000, 60_000), "more than 12 million pixels"),
        (make_picture(size=(400, 15)), "400 by 15 pixels"),
        (make_picture(size=(300, 300))[:-40], "cannot be read as a picture"),
        (bomb(300, 300), "cannot be read as a picture"),
        (
            make_picture(save_all=True, append_images=[Image.new("RGB", (40, 20), "red")]),
            "This picture moves",
        ),
    ],
)
def test_what_cannot_be_a_logo_is_refused_in_words(data: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said) as refused:
        pictures.logo_of(data)

    assert set(refused.value.by_field()) == {"file"}


def test_photograph_is_upright_scaled_and_tells_nothing_of_its_place() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = SECRET
    given = (
        make_picture("JPEG", (300, 2_000), color="red", exif=exif, comment=SECRET.encode()) + SECRET.encode()
    )

    made = pictures.logo_of(given)

    assert (made.media_type, made.width, made.height) == ("image/webp", 480, 72)
    assert SECRET.encode() not in made.data
    shown = opened(made.data)
    assert (shown.size, dict(shown.getexif()), "icc_profile" in shown.info) == ((480, 72), {}, False)


@pytest.mark.parametrize(
    ("kind", "mode", "color", "pixel"),
    [
        ("PNG", "RGBA", (10, 20, 30, 0), 0),
        ("PNG", "LA", (200, 128), 128),
        ("PNG", "P", 0, None),
        ("PNG", "1", 1, None),
        ("WEBP", "RGBA", (10, 20, 30, 128), 128),
        ("JPEG", "CMYK", (0, 0, 0, 0), None),
        ("JPEG", "L", 255, None),
    ],
)
def test_every_usual_kind_is_taken_and_is_never_enlarged(
    kind: str, mode: str, color: Any, pixel: int | None
) -> None:
    options: dict[str, Any] = {"lossless": True} if kind == "WEBP" else {}

    made = pictures.logo_of(make_picture(kind, mode=mode, color=color, **options))
    shown = opened(made.data)

    assert shown.size == (made.width, made.height) == (40, 20)
    assert shown.format is not None
    assert made.media_type == f"image/{shown.format.lower()}"
    if pixel is not None:
        assert shown.convert("RGBA").getpixel((5, 5))[3] == pixel  # type: ignore[index]


def test_grey_of_sixteen_bits_keeps_its_shade() -> None:
    made = pictures.logo_of(make_picture(mode="I;16", color=0x8000))

    assert opened(made.data).convert("L").getpixel((5, 5)) == 128
