"""Reading a bundle strictly: the zip as its publisher makes it, a directory, JSON in its one canonical form."""

from __future__ import annotations

import json
import re
import struct
import unicodedata
import zlib
from pathlib import Path
from typing import Any

import rfc8785

LOCAL = struct.Struct("<4s5H3I2H")
CENTRAL = struct.Struct("<4s6H3I5H2I")
END = struct.Struct("<4s4H2IH")
VERSION, DAY, MODE = 20, 0x21, 0o100644 << 16
LARGEST = 64_000_000


class Invalid(Exception):
    """The bundle is not what its publisher made, or contradicts itself; the sentence says where."""


class Incomplete(Exception):
    """A file that is needed is not there."""


def read_bundle(path: Path) -> dict[str, bytes]:
    """The files of a zip or a directory by name; raises Incomplete when there is nothing at `path`."""
    if path.is_dir():
        inside = sorted(path.iterdir())
        if any(not entry.is_file() for entry in inside):
            raise Invalid("A bundle has no directories in it.")
        return {entry.name: _bytes_of(entry) for entry in inside}
    if not path.is_file():
        raise Incomplete(f"There is no bundle at {path}.")
    return read_zip(_bytes_of(path))


def _bytes_of(path: Path) -> bytes:
    if path.stat().st_size > LARGEST:
        raise Invalid(f"{path.name} is larger than any bundle.")
    return path.read_bytes()


def read_zip(data: bytes) -> dict[str, bytes]:
    """The files of a zip whose every byte is as the publisher writes it: stored, sorted, without times.

    Anything else (a comment, an attribute, a second entry of one name) could hide something: Invalid.
    """
    files: dict[str, bytes] = {}
    at = 0
    while data[at : at + 4] == b"PK\x03\x04":
        if at + LOCAL.size > len(data):
            raise Invalid("The zip is cut off.")
        header = LOCAL.unpack_from(data, at)
        start = at + LOCAL.size + header[9]
        name = data[at + LOCAL.size : start].decode("latin-1")
        if name in files or start + header[7] > len(data):
            raise Invalid("The zip is cut off, or names a file twice.")
        files[name] = data[start : start + header[7]]
        at = start + header[7]
    if not files or zip_of(files) != data:
        raise Invalid("This is not a zip as the publisher makes it. A bundle that was unpacked can be given.")
    return files


def zip_of(files: dict[str, bytes]) -> bytes:
    """The one zip that these files make."""
    body, index = b"", b""
    for name in sorted(files):
        data, raw = files[name], name.encode("latin-1")
        facts = (0, 0, 0, DAY, zlib.crc32(data), len(data), len(data), len(raw), 0)
        place = (0, 0, 0, MODE, len(body))
        index += CENTRAL.pack(b"PK\x01\x02", 3 << 8 | VERSION, VERSION, *facts, *place) + raw
        body += LOCAL.pack(b"PK\x03\x04", VERSION, *facts) + raw + data
    count = len(files)
    return body + index + END.pack(b"PK\x05\x06", 0, 0, count, count, len(index), len(body), 0)


def canonical_json(data: bytes, name: str) -> Any:
    """The value, when the bytes are its RFC 8785 form: no byte order mark, no key twice, no float, NFC."""
    try:
        value = json.loads(data.decode("utf-8"), parse_float=_no_float, parse_constant=_no_float)
        is_canonical = rfc8785.dumps(value) == data
    except (ValueError, RecursionError, rfc8785.CanonicalizationError) as fault:
        raise Invalid(f"{name} cannot be read: it is not canonical JSON.") from fault
    if not is_canonical or not unicodedata.is_normalized("NFC", data.decode("utf-8")):
        raise Invalid(f"{name} is not in its canonical form.")
    return value


def _no_float(_: str) -> Any:
    raise ValueError("a float")


def check_shape(value: Any, shape: Any, where: str) -> None:
    """Raises Invalid unless `value` has exactly the parts of `shape`.

    A shape is a type, a pattern for a whole string, a dict of shapes, a list of one shape, or a tuple of alternatives.
    """
    if isinstance(shape, tuple):
        _check_any(value, shape, where)
    elif isinstance(shape, dict):
        if not isinstance(value, dict) or set(value) != set(shape):
            raise Invalid(f"{where} does not have exactly the parts {', '.join(sorted(shape))}.")
        for key, part in shape.items():
            check_shape(value[key], part, f"{where}/{key}")
    elif isinstance(shape, list):
        if not isinstance(value, list):
            raise Invalid(f"{where} is not a list.")
        for number, part in enumerate(value):
            check_shape(part, shape[0], f"{where}/{number}")
    elif isinstance(shape, re.Pattern):
        if not isinstance(value, str) or not shape.fullmatch(value):
            raise Invalid(f"{where} is not written as it should be.")
    elif type(value) is not shape:
        raise Invalid(f"{where} is of the wrong kind.")
    elif shape is int and value < 0:
        raise Invalid(f"{where} is below zero.")


def _check_any(value: Any, shapes: tuple[Any, ...], where: str) -> None:
    faults = []
    for shape in shapes:
        try:
            return check_shape(value, shape, where)
        except Invalid as fault:
            faults.append(fault)
    raise faults[-1]
