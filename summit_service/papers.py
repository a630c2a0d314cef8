"""What every letter and certificate has: who writes and where they are reached, and the page that checks the paper."""

from __future__ import annotations

from summit_service import qr, settings


def head(title: str) -> dict[str, str]:
    """The title, and who writes: the network, its address for answers, its pages, who is responsible."""
    current = settings.current()
    return {
        "title": title,
        "network": current.network_name,
        "answers": current.mail_reply_to,
        "home": current.base_url,
        "imprint": current.imprint,
    }


def seal(kind: str, code: str) -> dict[str, str]:
    """The number of a paper and the address that says whether it is valid, also as a QR code (SVG)."""
    address = f"{settings.current().base_url}/{kind}/{code}"
    return {"code": code, "check": address, "qr": qr.drawing(address)}
