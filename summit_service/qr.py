"""QR codes (ISO/IEC 18004): as a picture for a page, as a drawing for a PDF."""

from __future__ import annotations

import io

import segno


def picture(text: str, *, scale: int = 5, error: str = "m") -> str:
    """A `data:` address for the source of an image: dark on white also in a dark page, with the quiet zone of four."""
    return str(segno.make(text, error=error).svg_data_uri(scale=scale, border=4, light="white"))


def drawing(text: str, *, border: int = 2) -> str:
    """An SVG for white paper, whose own margin is a part of the quiet zone."""
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", border=border, xmldecl=False, svgns=True)
    return out.getvalue().decode()
