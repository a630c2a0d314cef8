"""Signed mails, checked by a verifier of somebody else (dkimpy) with a name server of our own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import dkim as verifier
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as some

from summit_service import dkim, settings
from summit_service.mail import sender_domain, streams
from summit_service.mail.delivery import deliver_due
from summit_service.mail.smtp import Server, Smtp
from summit_service.settings import SettingsError
from tests.dns_server import name_server
from tests.mail.letters import invitation, know_letters, letter, post
from tests.postbox import Postbox
from tests.smtp_server import smtp_server

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SIGNER = dkim.Signer("network.example", "mail2026", KEY)


def pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, plain)


def is_valid(content: bytes, *, signer: dkim.Signer = SIGNER) -> bool:
    """Whether a receiver believes the signature, by a name server that has this key."""

    def names(name: bytes, timeout: float = 5) -> bytes | None:
        asked = name.decode().rstrip(".")
        known = f"{signer.selector}._domainkey.{signer.domain}"
        return f"v=DKIM1; k=rsa; p={signer.public}".encode() if asked == known else None

    return bool(verifier.verify(content, dnsfunc=names))


@pytest.fixture
def signing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that signs."""
    know_letters()
    path = tmp_path / "dkim.pem"
    path.write_bytes(pem(KEY))
    monkeypatch.setenv("SUMMIT_DKIM_KEY_FILE", str(path))
    monkeypatch.setenv("SUMMIT_DKIM_SELECTOR", "mail2026")
    settings.current.cache_clear()


async def test_every_mail_is_signed_and_believed(signing: None, postbox: Postbox, now: datetime) -> None:
    await post(invitation(to_name="Emp@thies Humanisation des soins"), now=now)
    await post(letter(to_name="東京共感医療研究センター", stream=streams.NEWS), now=now)
    await post(letter(calendar="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", calendar_method="REQUEST"), now=now)

    await postbox.deliver(now)

    contents = [envelope.content for envelope in postbox.envelopes]
    assert len(contents) == 3
    assert [is_valid(content) for content in contents] == [True] * 3
    assert all(max(map(len, content.split(b"\r\n"))) <= 998 for content in contents)
    assert b"list-unsubscribe:list-unsubscribe-post" in contents[1].replace(b"\r\n\t ", b"")


async def test_signature_outlives_the_way_through_a_server(
    signing: None, database: object, now: datetime
) -> None:
    words = "First line\n.\n..two dots\n  spaces at the end   \n\n\n"
    await post(letter(context={"title": "A dot", "words": words}), now=now)

    async with smtp_server() as server:
        sink = Smtp(Server.from_url(server.url), hello="here.example")
        await deliver_due(now, sink)
        await sink.close()

    [content] = server.raw
    assert b"spaces at the end" in content
    assert is_valid(content)


async def test_changed_mail_is_not_believed(signing: None, postbox: Postbox, now: datetime) -> None:
    await post(invitation(), now=now)
    await postbox.deliver(now)
    content = postbox.envelopes[0].content
    other = dkim.Signer("network.example", "mail2026", rsa.generate_private_key(65537, 2048))

    changed = [
        content.replace(b"/sign/", b"/evil/"),
        content.replace(b"\r\nSubject: ", b"\r\nSubject: Not "),
        content.replace(b"\r\nTo: ", b"\r\nFrom: Somebody <x@evil.example>\r\nTo: "),
    ]

    assert all(one != content for one in changed)
    assert [is_valid(one) for one in changed] == [False] * 3
    assert not is_valid(content, signer=other)


LINES = some.text(some.characters(codec="utf-8", exclude_characters="\r\n\x00"), max_size=40)


@given(
    some.lists(LINES, max_size=6),
    some.text(some.characters(codec="ascii", min_codepoint=32, max_codepoint=126)),
)
@hypothesis_settings(max_examples=60, deadline=None)
def test_any_body_and_subject_is_signed_as_others_read_it(lines: list[str], subject: str) -> None:
    head = f"From: a@network.example\r\nTo: b@members.example\r\nSubject: x{subject}\r\n\t y \r\nDate: now\r\n\r\n"
    # as SMTP sends it, with an end to the last line: a blank at the end of one without an end is read in two ways
    content = head.encode() + "\r\n".join([*lines, ""]).encode()

    assert is_valid(dkim.sign(content, SIGNER, now=NOW))


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"KEY_FILE": "missing.pem"}, ["SUMMIT_DKIM_SELECTOR", "SUMMIT_DKIM_KEY_FILE"]),
        ({"KEY_FILE": "text.pem", "SELECTOR": "mail"}, ["SUMMIT_DKIM_KEY_FILE"]),
        ({"KEY_FILE": "curve.pem", "SELECTOR": "mail"}, ["SUMMIT_DKIM_KEY_FILE"]),
        ({"KEY_FILE": "good.pem", "SELECTOR": "mail", "DOMAIN": "other.example"}, ["SUMMIT_DKIM_DOMAIN"]),
        ({"KEY_FILE": "good.pem", "SELECTOR": "no good"}, ["SUMMIT_DKIM_SELECTOR"]),
    ],
)
def test_faults_of_the_settings_are_told_at_the_start(
    tmp_path: Path, given: dict[str, str], named: list[str]
) -> None:
    (tmp_path / "text.pem").write_text("no key")
    (tmp_path / "curve.pem").write_bytes(pem(ec.generate_private_key(ec.SECP256R1())))
    (tmp_path / "good.pem").write_bytes(pem(KEY))
    environ = {f"SUMMIT_DKIM_{name}": value for name, value in given.items()}
    environ |= {
        "SUMMIT_VAR_DIR": str(tmp_path),
        "SUMMIT_DKIM_KEY_FILE": str(tmp_path / given["KEY_FILE"]),
    }

    with pytest.raises(SettingsError) as refusal:
        settings.from_environment(environ)

    assert [fault.split(":")[0] for fault in refusal.value.faults] == named


def test_key_is_in_no_text_of_the_settings(signing: None) -> None:
    assert "Private" not in repr(settings.current())
    assert settings.current().dkim is not None


async def test_doctor_compares_the_key_in_dns_with_ours() -> None:
    name = "mail2026._domainkey.network.example"
    told = []
    for texts in ({name: [f"v=DKIM1; k=rsa; p={SIGNER.public}"]}, {name: ["v=DKIM1; p=AAAA"]}):
        async with name_server(texts) as resolver:
            found = await sender_domain.examine(
                envelope_domain="network.example",
                from_domain="network.example",
                selector="mail2026",
                key=SIGNER.public,
                resolver=resolver,
            )
            told.append((found[1].is_well, found[1].sentence))

    assert told == [
        (True, f"{name} has a key."),
        (False, f"The key at {name} is not the one in SUMMIT_DKIM_KEY_FILE."),
    ]
