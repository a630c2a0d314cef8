"""Pictures for tests."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import Image


def make_picture(
    kind: str = "PNG", size: tuple[int, int] = (40, 20), mode: str = "RGB", color: Any = 0, **options: Any
) -> bytes:
    """A picture of one colour."""
    target = BytesIO()
    Image.new(mode, size, color).save(target, kind, **options)
    return target.getvalue()
