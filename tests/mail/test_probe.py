"""What `summit doctor` says of the mail server and of the sender's domain, each thing by itself."""

from __future__ import annotations

import ssl
from dataclasses import replace
from datetime import datetime

import pytest

from summit_service import doctor, settings
from summit_service.errors import Invalid
from summit_service.mail import probe, sender_domain
from summit_service.mail.smtp import Server
from tests.dns_server import name_server
from tests.mail.letters import row_of
from tests.postbox import Postbox
from tests.servers import free_port
from tests.smtp_server import Fault, smtp_server

GOOD = {
    "network.example": ["some-verification=1", "v=spf1 include:_spf.mail.example -all"],
    "key1._domainkey.network.example": ["v=DKIM1; k=rsa; p=MIIB" + "A" * 300],
    "_dmarc.network.example": ["v=DMARC1; p=quarantine; rua=mailto:d@network.example"],
}


def server(url: str) -> Server:
    return Server.from_url(url)


async def told(found: Server, tls: ssl.SSLContext | None = None) -> list[tuple[str, bool]]:
    return [(step.what, step.is_well) for step in await probe.steps(found, hello="here.example", tls=tls)]


async def test_probe_tells_connection_tls_and_login_apart_and_sends_nothing(
    tls: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    there, here = tls
    async with smtp_server(user="sam", password="right", tls=there) as post:
        good = Server("smtp+starttls", "127.0.0.1", post.port, "sam", "right")

        answers = [
            await told(good, here),
            await told(replace(good, password="wrong"), here),
            await told(good, ssl.create_default_context()),
            await told(replace(good, port=free_port()), here),
        ]

        assert post.raw == []
    assert answers == [
        [("connect", True), ("TLS", True), ("log in", True)],
        [("connect", True), ("TLS", True), ("log in", False)],
        [("connect", True), ("TLS", False)],
        [("connect", False)],
    ]


async def test_probe_never_says_the_password() -> None:
    async with smtp_server(user="sam", password="right") as post:
        post.faults["EHLO"] = Fault(reply="554 5.7.1 go away")
        steps = await probe.steps(
            server(f"smtp://sam:hidden-word@127.0.0.1:{post.port}"), hello="here.example"
        )

    assert "go away" in steps[-1].sentence
    assert "hidden-word" not in repr(steps)


async def test_sender_domain_with_everything_in_order() -> None:
    async with name_server(GOOD) as resolver:
        found = await sender_domain.examine(
            envelope_domain="network.example",
            from_domain="network.example",
            selector="key1",
            resolver=resolver,
        )

    assert [(record.what, record.is_well) for record in found] == [
        ("SPF", True),
        ("DKIM", True),
        ("DMARC", True),
    ]
    assert "include:_spf.mail.example" in found[0].sentence
    assert "quarantine" in found[2].sentence


@pytest.mark.parametrize(
    ("texts", "well"),
    [
        ({}, [False, False, False]),
        (GOOD | {"network.example": ["v=spf1 -all", "v=spf1 mx -all"]}, [False, True, True]),
        (GOOD | {"network.example": ["v=spf1 +all"]}, [False, True, True]),
        (GOOD | {"key1._domainkey.network.example": ["v=DKIM1; p="]}, [True, False, True]),
        (GOOD | {"_dmarc.network.example": ["v=DMARC1; p=none", "v=DMARC1; p=reject"]}, [True, True, False]),
    ],
)
async def test_sender_domain_with_a_fault_says_which(texts: dict[str, list[str]], well: list[bool]) -> None:
    async with name_server(texts) as resolver:
        found = await sender_domain.examine(
            envelope_domain="network.example",
            from_domain="network.example",
            selector="key1",
            resolver=resolver,
        )

    assert [record.is_well for record in found] == well


async def test_sender_domain_below_one_with_a_policy_is_covered_by_it() -> None:
    async with name_server(GOOD) as resolver:
        found = await sender_domain.examine(
            envelope_domain="mail.network.example",
            from_domain="mail.network.example",
            selector="",
            resolver=resolver,
        )

    assert [record.is_well for record in found] == [False, None, True]
    assert "_dmarc.network.example" in found[2].sentence


async def test_doctor_calls_a_silent_name_server_unknown_and_not_ill(
    database: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender_domain, "SECONDS", 0.2)
    async with smtp_server() as post, name_server(None) as resolver:
        current = replace(settings.current(), smtp_url=post.url)

        findings = await doctor.examine(current, resolver=resolver)

    about_dns = [finding for finding in findings if finding.what in ("sender, SPF", "sender, DMARC")]
    assert [finding.sentence for finding in about_dns] == ["DNS did not answer, so this is not known."] * 2
    assert all(finding.is_well and not finding.is_known for finding in about_dns)
    assert ("mail server, connect", True) in [(finding.what, finding.is_well) for finding in findings]


async def test_doctor_sends_a_test_mail_only_when_asked(postbox: Postbox, now: datetime) -> None:
    number = await doctor.queue_test_mail("operator@network.example", now=now)
    [message] = await postbox.deliver(now)

    assert str(message["Subject"]) == "Test mail of Empathy in Healthcare Network"
    assert (await row_of(number)).state == "accepted"
    with pytest.raises(Invalid):
        await doctor.queue_test_mail("nobody", now=now)
