"""A programme in our own form, as the API and the download have it."""

from __future__ import annotations

import json

from summit_service.errors import Invalid


def read_json(data: bytes) -> object:
    """The value of a JSON file in UTF-8; raises Invalid that says where it breaks off."""
    try:
        value: object = json.loads(data.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except UnicodeDecodeError as fault:
        raise Invalid.one(
            "", f"The file is not in UTF-8 (byte {fault.start + 1}). Save it as UTF-8."
        ) from fault
    except json.JSONDecodeError as fault:
        where = f"line {fault.lineno}, column {fault.colno}"
        raise Invalid.one("", f"The file is not JSON: {fault.msg} at {where}.") from fault
    except (ValueError, RecursionError) as fault:
        raise Invalid.one("", "The file is not JSON that can be used here.") from fault
    return value


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")
