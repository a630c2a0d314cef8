"""Secrets and what is kept of them."""

from __future__ import annotations

import io
import logging

from summit_service import logs, tokens


def test_token_is_43_characters_of_256_bits() -> None:
    token = tokens.mint()

    assert len(token) == 43
    assert tokens.is_well_formed(token)
    assert tokens.mint() != token


def test_fingerprint_differs_by_purpose() -> None:
    token = tokens.mint()

    assert tokens.fingerprint("sign", token) != tokens.fingerprint("sign_in", token)
    assert token not in tokens.fingerprint("sign", token)


def test_log_masks_links_and_tokens() -> None:
    token = tokens.mint()

    assert logs.mask(f"GET /sign/{token}/review?x=1") == "GET /sign/…/review?x=1"
    assert logs.mask("/registrations/short") == "/registrations/…"
    assert logs.mask(f"Bearer {token}") == "Bearer …"


def test_log_line_of_a_library_is_masked() -> None:
    token = tokens.mint()
    root = logging.getLogger()
    before = root.handlers[:]
    try:
        logs.configure("json")
        stream = io.StringIO()
        root.handlers[0].setStream(stream)  # type: ignore[attr-defined]

        logging.getLogger("some.library").warning("fetched %s", f"/feeds/{token}.ics")
        logs.logger("web").info("request", path=f"/sign/{token}")
        try:
            raise ValueError(f"bad {token}")
        except ValueError:
            logs.logger("web").exception("fault")
    finally:
        root.handlers[:] = before

    assert token not in stream.getvalue()
    assert stream.getvalue().count("…") >= 3
