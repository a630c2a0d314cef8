"""A picture from elsewhere becomes a logo: looked at before it is decoded, scaled, and written anew."""

from __future__ import annotations

import hashlib
import struct
import warnings
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from summit_service.errors import Invalid

LARGEST_FILE = 2_000_000
"""Bytes."""
MOST_PIXELS = 12_000_000
SMALLEST = 16
"""Pixels on each side."""
BOX = (480, 240)
"""Width and height in which every logo fits; it is never enlarged."""
FORMATS = ("PNG", "JPEG", "WEBP")
UNREADABLE = "This file cannot be read as a picture. Open it, save it again as PNG or JPEG, and send that."


@dataclass(frozen=True, slots=True)
class Picture:
    """A logo as it is kept; `digest` is the SHA-256 of `data`, in hexadecimal."""

    data: bytes
    media_type: str
    width: int
    height: int

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def logo_of(data: bytes) -> Picture:
    """The picture within 480 by 240 pixels, without anything that stood in the file besides it.

    Takes PNG, JPEG and WebP. Raises Invalid for `file`: empty, too large, SVG, another kind, animated, too many
    pixels (found before they are decoded), too small, or broken. Works for some tenths of a second: run it in a thread.
    """
    _check_bytes(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(BytesIO(data), formats=FORMATS) as opened:
                _check_size(opened)
                is_photo = opened.format not in {"PNG", "WEBP"}
                return _written(_scaled(opened), is_photo=is_photo)
        except UnidentifiedImageError:
            raise _unknown(data) from None
        except Image.DecompressionBombError:
            raise _too_many_pixels() from None
        except (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, struct.error):
            raise _refused(UNREADABLE) from None


def _check_bytes(data: bytes) -> None:
    if not data:
        raise _refused("Choose a file first.")
    if len(data) > LARGEST_FILE:
        raise _refused(
            f"This file has {len(data) / 1_000_000:.1f} MB; a logo may have {LARGEST_FILE // 1_000_000} MB."
        )


def _check_size(opened: Image.Image) -> None:
    width, height = opened.size
    if width * height > MOST_PIXELS:
        raise _too_many_pixels()
    if min(width, height) < SMALLEST:
        raise _refused(
            f"This picture has {width} by {height} pixels; a logo needs {SMALLEST} on each side at least."
        )
    if opened.format in {"PNG", "WEBP"} and getattr(opened, "is_animated", False):
        raise _refused("This picture moves. Save one still picture of it, and send that.")


def _scaled(opened: Image.Image) -> Image.Image:
    """Upright, in RGB or RGBA, and small enough; what stood beside the pixels (EXIF, comments, profiles) is left."""
    upright = ImageOps.exif_transpose(opened)
    has_alpha = "A" in upright.getbands() or "transparency" in upright.info
    if upright.mode.startswith("I"):
        upright = upright.convert("I").point(lambda value: value / 256).convert("L")
    plain = upright.convert("RGBA" if has_alpha else "RGB")
    plain.thumbnail(BOX, Image.Resampling.LANCZOS)
    plain.info.clear()
    return plain


def _written(picture: Image.Image, *, is_photo: bool) -> Picture:
    """A photograph as WebP; a drawing without any loss, as PNG or WebP, whichever is smaller."""
    if is_photo:
        data, media_type = _bytes_of(picture, "WEBP", quality=88, method=4), "image/webp"
    else:
        png = _bytes_of(picture, "PNG", optimize=True)
        webp = _bytes_of(picture, "WEBP", lossless=True, method=4)
        data, media_type = (png, "image/png") if len(png) <= len(webp) else (webp, "image/webp")
    return Picture(data, media_type, *picture.size)


def _bytes_of(picture: Image.Image, kind: str, **options: int) -> bytes:
    target = BytesIO()
    picture.save(target, kind, **options)
    return target.getvalue()


def _unknown(data: bytes) -> Invalid:
    if b"<svg" in data[:4_096].lower():
        return _refused(
            "An SVG file can carry programs and links to elsewhere, so none is taken. "
            "Export it as PNG, 480 pixels wide or more."
        )
    return _refused("This is no PNG, JPEG or WebP file. Save your logo as one of them.")


def _too_many_pixels() -> Invalid:
    most = f"{MOST_PIXELS // 1_000_000} million"
    return _refused(f"This picture has more than {most} pixels. Scale it down to 2,000 by 1,000 or less.")


def _refused(sentence: str) -> Invalid:
    return Invalid.one("file", sentence)
